package io.klts.repo.recipe;

import java.util.Arrays;
import java.util.Locale;

/** A moment at which a package runs a script. */
public enum Hook {
  PRE(Format.RPM),
  POST(Format.RPM),
  PREUN(Format.RPM),
  POSTUN(Format.RPM),
  POSTTRANS(Format.RPM),
  PREINST(Format.DEB),
  POSTINST(Format.DEB),
  PRERM(Format.DEB),
  POSTRM(Format.DEB);

  private final Format format;

  Hook(Format format) {
    this.format = format;
  }

  /** The format's own name for it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Hook of(Format format, String id) {
    return Arrays.stream(values())
        .filter(h -> h.format == format && h.id().equals(id))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("\"" + id + "\" is not a script of " + format));
  }
}
