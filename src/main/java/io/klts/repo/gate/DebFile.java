package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.klts.repo.blob.Blob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The members of a Debian package (deb(5)), in their order. */
record DebFile(List<Member> members) {

  private static final String MAGIC = "!<arch>\n";
  private static final int HEADER = 60;
  private static final int TAR_BLOCK = 512;
  private static final int LARGEST_CONTROL = 1 << 24;

  /** One file of the archive. */
  record Member(String name, long start, long size) {
    long end() {
      return start + size;
    }
  }

  static DebFile read(Blob blob) throws IOException {
    if (!new String(Slice.of(blob, 0, MAGIC.length()), US_ASCII).equals(MAGIC)) {
      throw new IOException("no ar archive");
    }
    List<Member> members = new ArrayList<>();
    for (long at = MAGIC.length(); at < blob.size(); ) {
      String header = new String(Slice.of(blob, at, HEADER), US_ASCII);
      Member member =
          new Member(
              header.substring(0, 16).strip().replaceFirst("/$", ""),
              at + HEADER,
              number(header.substring(48, 58).strip(), 10));
      if (!header.endsWith("`\n") || member.end() > blob.size()) {
        throw new IOException("an ar archive that is damaged");
      }
      members.add(member);
      at = member.end() + (member.size & 1);
    }
    return new DebFile(members);
  }

  /** The control paragraph in a member that is a gzipped tar archive. */
  static String control(Blob blob, Member member) throws IOException {
    if (member.size > LARGEST_CONTROL) {
      throw new IOException("a control archive of " + member.size + " bytes");
    }
    byte[] packed = Slice.of(blob, member.start, (int) member.size);
    byte[] tar;
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      tar = in.readNBytes(LARGEST_CONTROL);
    }
    for (int at = 0; at + TAR_BLOCK <= tar.length && tar[at] != 0; ) {
      String name = new String(tar, at, 100, US_ASCII).split("\0", 2)[0];
      String octal = new String(tar, at + 124, 12, US_ASCII).replace('\0', ' ').strip();
      long length = number(octal, 8);
      int start = at + TAR_BLOCK;
      if (length > tar.length - start) {
        break;
      }
      int size = (int) length;
      if (name.equals("./control") || name.equals("control")) {
        return new String(tar, start, size, UTF_8);
      }
      at = start + (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    }
    throw new IOException("no control paragraph");
  }

  private static long number(String text, int radix) throws IOException {
    try {
      long number = Long.parseLong(text, radix);
      if (number >= 0 && number <= Integer.MAX_VALUE * 4L) {
        return number;
      }
      throw new IOException("a member of " + text + " bytes");
    } catch (NumberFormatException e) {
      throw new IOException("an archive that is damaged", e);
    }
  }
}
