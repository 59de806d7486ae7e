package io.klts.repo.site;

/**
 * How clients come to a tree.
 *
 * @param baseUrl where they find it, without a slash at its end
 * @param installer that they may begin with
 * @param page that people look at
 */
public record Site(String baseUrl, Installer installer, Page page) {}
