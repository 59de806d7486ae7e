package io.klts.repo.build;

import io.klts.repo.recipe.PackageSpec;
import java.nio.file.Path;

/** A package file and what it was made from. */
public record BuiltPackage(PackageSpec spec, Path file) {}
