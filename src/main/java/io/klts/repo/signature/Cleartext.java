package io.klts.repo.signature;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A text as the cleartext framework sees it (RFC 4880 7.1): lines without the blanks at their end
 * and without their line end. Bytes are kept, one character each, whatever their encoding is.
 */
record Cleartext(List<String> lines) {

  private static final String BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----";
  private static final String BEGIN_SIGNATURE = "-----BEGIN PGP SIGNATURE-----";
  private static final String END_SIGNATURE = "-----END PGP SIGNATURE-----";

  Cleartext {
    lines = List.copyOf(lines);
    if (lines.stream().anyMatch(line -> line.indexOf('\r') >= 0)) {
      throw new IllegalArgumentException("a line has a carriage return inside");
    }
  }

  /** A framed text taken apart. */
  record Framed(Cleartext text, String signature) {}

  static Cleartext of(byte[] text) {
    return new Cleartext(split(text));
  }

  /** What is hashed: lines joined by CR LF, the last line end is not part of it (7.1). */
  byte[] canonical() {
    return bytes(String.join("\r\n", lines));
  }

  /** The text as it comes out of the frame again, each line ended by LF. */
  byte[] plain() {
    return bytes(ended(lines));
  }

  /** Puts a text and its signature into the frame (7). The only hash we sign with is SHA-256. */
  byte[] frame(byte[] armoredSignature) {
    List<String> escaped = lines.stream().map(l -> l.startsWith("-") ? "- " + l : l).toList();
    return bytes(
        BEGIN
            + "\nHash: SHA256\n\n"
            + ended(escaped)
            + new String(armoredSignature, StandardCharsets.ISO_8859_1));
  }

  /**
   * Takes a frame apart. Strict, because apt and gpg have disagreed with each other on odd frames:
   * nothing before the begin, no headers but {@code Hash}, nothing after the end.
   */
  static Framed parse(byte[] content) throws IOException {
    List<String> all = split(content);
    int blank = all.indexOf("");
    int signature = all.indexOf(BEGIN_SIGNATURE);
    if (all.isEmpty() || !all.get(0).equals(BEGIN) || blank < 0 || signature < blank) {
      throw new IOException("expected a clearsigned text that begins with " + BEGIN);
    }
    if (!all.subList(1, blank).stream().allMatch(l -> l.startsWith("Hash: "))) {
      throw new IOException("a clearsigned text has headers other than Hash");
    }
    int end = all.indexOf(END_SIGNATURE);
    if (end < signature || !all.subList(end + 1, all.size()).stream().allMatch(String::isEmpty)) {
      throw new IOException("expected a clearsigned text to end with " + END_SIGNATURE);
    }
    return new Framed(
        unescaped(all.subList(blank + 1, signature)), ended(all.subList(signature, end + 1)));
  }

  private static Cleartext unescaped(List<String> escaped) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : escaped) {
      if (line.startsWith("-") && !line.startsWith("- ") && !line.equals("-")) {
        throw new IOException("a clearsigned text has a line with an unescaped dash: " + line);
      }
      lines.add(line.startsWith("-") ? line.substring(Math.min(2, line.length())) : line);
    }
    try {
      return new Cleartext(lines);
    } catch (IllegalArgumentException e) {
      throw new IOException("damaged clearsigned text: " + e.getMessage(), e);
    }
  }

  private static List<String> split(byte[] text) {
    List<String> lines = new ArrayList<>();
    String all = new String(text, StandardCharsets.ISO_8859_1);
    for (String line : all.split("\n", -1)) {
      int end = line.length();
      while (end > 0 && " \t\r".indexOf(line.charAt(end - 1)) >= 0) {
        end--;
      }
      lines.add(line.substring(0, end));
    }
    if (all.isEmpty() || all.endsWith("\n")) {
      lines.remove(lines.size() - 1); // what follows the last line end is not a line
    }
    return lines;
  }

  private static String ended(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  /** One byte for each character. */
  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
