package io.klts.repo.mirror;

import java.util.Optional;

/**
 * An accelerator for container images. Packages never go there.
 *
 * @param match the registry in whose place it is asked, such as {@code ghcr.io}
 * @param url host, and path if any, of the accelerator
 */
public record Registry(
    String name, String match, String url, Optional<String> area, int priority, boolean retired) {}
