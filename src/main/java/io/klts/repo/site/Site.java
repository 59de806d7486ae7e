package io.klts.repo.site;

/**
 * How clients come to a tree.
 *
 * @param baseUrl where they find it, without a slash at its end
 * @param installer that they may begin with
 */
public record Site(String baseUrl, Installer installer) {}
