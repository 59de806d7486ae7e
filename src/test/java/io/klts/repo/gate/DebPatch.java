package io.klts.repo.gate;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Takes a deb apart and puts it together again. */
final class DebPatch {

  final Map<String, byte[]> members = new LinkedHashMap<>();

  DebPatch(byte[] deb) throws IOException {
    try (ArArchiveInputStream ar = new ArArchiveInputStream(new ByteArrayInputStream(deb))) {
      for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        members.put(member.getName(), ar.readAllBytes());
      }
    }
  }

  DebPatch rename(String from, String to) {
    members.put(to, members.remove(from));
    return this;
  }

  DebPatch twice(String name) {
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.writeBytes(members.get(name));
    twice.writeBytes(members.get(name));
    members.put(name, twice.toByteArray());
    return this;
  }

  DebPatch control(String from, String to) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteArrayInputStream packed = new ByteArrayInputStream(members.get("control.tar.gz"));
    try (TarArchiveInputStream in = new TarArchiveInputStream(new GZIPInputStream(packed));
        TarArchiveOutputStream out = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (TarArchiveEntry file = in.getNextEntry(); file != null; file = in.getNextEntry()) {
        byte[] content = new String(in.readAllBytes(), UTF_8).replace(from, to).getBytes(UTF_8);
        file.setSize(content.length);
        out.putArchiveEntry(file);
        out.write(content);
        out.closeArchiveEntry();
      }
    }
    members.put("control.tar.gz", bytes.toByteArray());
    return this;
  }

  byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ArArchiveOutputStream ar = new ArArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ar.putArchiveEntry(new ArArchiveEntry(member.getKey(), member.getValue().length));
        ar.write(member.getValue());
        ar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
