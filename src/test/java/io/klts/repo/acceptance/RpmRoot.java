package io.klts.repo.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A small machine with an rpm database. All it has is one package, {@code probe-base}: busybox,
 * this machine's glibc, a systemctl that writes down its calls, and the names that packages of a
 * Kubernetes node ask for, as the distribution spells them.
 */
abstract class RpmRoot extends Root {

  /** Whose names the base package provides. */
  enum Family {
    /** conntrack-tools also answers to conntrack; iproute is a name of its own. */
    ENTERPRISE_LINUX(
        "conntrack-tools conntrack iproute iproute-tc libseccomp shadow-utils"
            + " iptables-ebtables"),
    /** There is no name conntrack; iproute2 also answers to iproute. */
    OPENSUSE("conntrack-tools iproute2 iproute libseccomp2 shadow");

    private final String names;

    Family(String names) {
      this.names = names;
    }
  }

  RpmRoot(String name, Family family) throws IOException {
    super(Lab.folder(name));
    rpm("-i", Base.of(family).toString()).assertOk();
  }

  /** The base package: what a machine of the family has, for rpm. */
  static Path base(Family family) throws IOException {
    return Base.of(family);
  }

  /** Runs rpm on this root. */
  final Outcome rpm(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("rpm", "--root", folder().toString()));
    command.addAll(List.of(arguments));
    return Program.of(command).run();
  }

  /** The installed version and release of a package, such as {@code 1.28.15-150500.1.1}. */
  final String installed(String name) throws IOException {
    return rpm("-q", "--qf", "%{VERSION}-%{RELEASE}", name).assertOk().out();
  }

  /** Is a package of this name installed? */
  final boolean has(String name) throws IOException {
    return rpm("-q", name).exit() == 0;
  }

  /**
   * The base package, built once for each family; it is made anew when the machine's glibc changes.
   */
  private static final class Base {

    static synchronized Path of(Family family) throws IOException {
      String spec = spec(family);
      String glibc =
          Program.of("dpkg-query", "-W", "libc6", "busybox-static", "libseccomp2").run().out();
      String key = Integer.toHexString((spec + glibc).hashCode());
      return Lab.cached(
          "probe-base-%s-%s.rpm".formatted(family.name().toLowerCase(Locale.ROOT), key),
          target -> Files.move(RpmBuild.build(spec, target.resolveSibling("rpm")), target));
    }

    private static String spec(Family family) {
      return """
          Name: probe-base
          Version: 1
          Release: 1
          Summary: The least that packages of a Kubernetes node need
          License: Apache-2.0
          Vendor: probe
          Provides: /bin/sh systemd glibc util-linux coreutils
          Provides: iptables = 1.8.9 socat ethtool ebtables
          Provides: rtld(GNU_HASH)
          Provides: %s
          %%description
          The least that packages of a Kubernetes node need.
          %%install
          cd %%{buildroot}
          mkdir -p dev etc home proc root run sys tmp var/log var/tmp \\
            usr/bin usr/sbin usr/lib usr/lib64
          for d in bin sbin lib lib64; do ln -s usr/$d $d; done
          for program in $(busybox --list-full); do
            case ${program##*/} in rpm|rpm2cpio|dpkg|dpkg-deb) continue ;; esac
            ln -sf /usr/bin/busybox $program
          done
          rm usr/bin/busybox
          install -m 755 $(command -v busybox) usr/bin/busybox
          # Debian's loader looks for libraries under this name.
          multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
          ln -s ../lib64 usr/lib/$multiarch
          for library in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 \\
            libresolv.so.2 libseccomp.so.2; do
            install -m 755 /usr/lib/$multiarch/$library usr/lib64/$library
          done
          for loader in /lib64/ld-linux-* /lib/ld-linux-*; do
            if [ -e $loader ]; then install -m 755 $loader .$loader; fi
          done
          for program in iptables conntrack ethtool ebtables ip tc; do
            printf '#!/bin/sh\\n' >usr/sbin/$program.new
            chmod 755 usr/sbin/$program.new
            mv usr/sbin/$program.new usr/sbin/$program
          done
          cp usr/sbin/conntrack usr/bin/socat
          cat >usr/bin/systemctl <<'END'
          %sEND
          chmod 755 usr/bin/systemctl
          echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
          echo 'root:x:0:' >etc/group
          %%files
          /*
          %%dev(c, 1, 3) %%attr(0666, root, root) /dev/null
          """
          .formatted(family.names, SYSTEMCTL);
    }
  }
}
