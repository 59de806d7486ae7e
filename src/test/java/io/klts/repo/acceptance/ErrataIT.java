package io.klts.repo.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.klts.repo.elf.TinyElf;
import java.io.IOException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real dnf and zypper find out which security updates a machine lacks, and take these alone. */
@ExtendWith({PublishedTree.Shared.class, PageTree.Shared.class})
class ErrataIT {

  private static final String ADVISORY = "KLTS-1.28.15-lts.2";
  private static final String FIXED = "1.28.15.lts.2-1";
  private static final String[] OLDER = {
    "install", "kubeadm-1.28.15-lts.1", "kubelet-1.28.15-lts.1", "kubectl-1.28.15-lts.1"
  };

  private static final Pattern ID = Pattern.compile("KLTS-[\\w.-]+");

  private static SortedSet<String> advisories(Outcome listing) {
    SortedSet<String> ids = new TreeSet<>();
    ID.matcher(listing.assertOk().out()).results().forEach(id -> ids.add(id.group()));
    return ids;
  }

  @Test
  void dnfListsWhatAppliesAndAppliesIt(PublishedTree tree) throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("klts.repo", tree.download("rpm/v1.28/klts.repo"));
      root.dnf(OLDER).assertOk();

      Outcome list = root.dnf("updateinfo", "list", "--security");
      assertThat(advisories(list)).containsExactly(ADVISORY);
      for (String name : List.of("kubeadm", "kubelet", "kubectl")) {
        assertThat(list.out())
            .containsPattern(ADVISORY + " +Moderate/Sec\\. +" + name + "-" + FIXED + "\\.x86_64");
      }
      root.dnf("updateinfo").assertOk().assertSays("1 Moderate Security notice(s)");
      Outcome info = root.dnf("updateinfo", "info", "--cve=CVE-2025-1767").assertOk();
      assertThat(info.out())
          .contains("Update ID: " + ADVISORY, "Type: security", "Severity: Moderate")
          .contains("CVEs: CVE-2024-9042", ": CVE-2025-1767", "Updated: 2026-04-14 00:00:00");
      assertThat(advisories(root.dnf("updateinfo", "list", "--cve=CVE-2021-25741"))).isEmpty();

      // An advisory of packages that are there: nothing else is upgraded, nothing is left.
      root.dnf("upgrade", "--cve=CVE-2025-1767").assertOk();
      assertThat(root.installed("kubelet")).isEqualTo(FIXED);
      assertThat(advisories(root.dnf("updateinfo", "list", "--security"))).isEmpty();
      root.dnf("upgrade", "--security").assertOk().assertSays("Nothing to do");
    }
  }

  @Test
  void dnfTakesSecurityUpdatesAlone(PublishedTree tree) throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("klts.repo", tree.download("rpm/v1.28/klts.repo"));
      root.dnf(OLDER).assertOk();
      root.dnf("upgrade", "--sec-severity=Critical")
          .assertOk()
          .assertSays("No security updates needed");
      assertThat(root.installed("kubelet")).isEqualTo("1.28.15.lts.1-1");
      root.dnf("upgrade-minimal", "--security").assertOk();
      for (String name : List.of("kubeadm", "kubelet", "kubectl")) {
        assertThat(root.installed(name)).isEqualTo(FIXED);
      }
      assertThat(advisories(root.dnf("updateinfo", "list", "--installed")))
          .containsExactly(ADVISORY);
    }
  }

  @Test
  void dnfKnowsWhatInstalledPackagesFix(PublishedTree tree) throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("klts.repo", tree.download("rpm/v1.18/klts.repo"));
      root.dnf("install", "kubectl").assertOk();
      assertThat(advisories(root.dnf("updateinfo", "list", "--installed")))
          .containsExactly("KLTS-1.18.20-lts.3");
      root.dnf("updateinfo", "list", "--installed", "--with-cve")
          .assertOk()
          .assertSays("CVE-2024-10220");
    }
  }

  /** In one step from before two fixes to where nothing is left. */
  @Test
  void whoMissedReleasesIsToldOfEachAndTakesTheNewest(PageTree tree) throws IOException {
    String[] old = {"install", "kubectl-1.18.20-lts.0"};
    String[] missed = {"KLTS-1.18.20-lts.1", "KLTS-1.18.20-lts.3"};
    try (DnfRoot dnf = new DnfRoot();
        ZypperRoot zypper = new ZypperRoot()) {
      dnf.addRepo("klts.repo", tree.download("rpm/v1.18/klts.repo"));
      dnf.dnf(old).assertOk();
      assertThat(advisories(dnf.dnf("updateinfo", "list", "--security"))).containsExactly(missed);
      dnf.dnf("upgrade", "--security").assertOk();
      assertThat(dnf.installed("kubectl")).isEqualTo("1.18.20.lts.3-1");
      assertThat(advisories(dnf.dnf("updateinfo", "list", "--security"))).isEmpty();

      zypper.addRepo("klts.repo", tree.download("rpm/v1.18/klts-zypper.repo"));
      zypper.refresh().assertOk();
      zypper.zypper(old).assertOk();
      assertThat(advisories(zypper.zypper("lp"))).containsExactly(missed);
      zypper.zypper("patch").assertOk();
      assertThat(zypper.installed("kubectl")).isEqualTo("1.18.20.lts.3-1");
      assertThat(advisories(zypper.zypper("lp"))).isEmpty();
      assertThat(zypper.zypper("patch-check").exit()).isZero();
    }
  }

  /** Nobody is told to take it. */
  @Test
  void aReleaseThatWasWithdrawnAppliesToNobody(PageTree tree) throws IOException {
    String[] old = {"install", "kubectl-1.20.15-lts.2"};
    try (DnfRoot dnf = new DnfRoot();
        ZypperRoot zypper = new ZypperRoot()) {
      dnf.addRepo("klts.repo", tree.download("rpm/v1.20/klts.repo"));
      dnf.dnf(old).assertOk();
      assertThat(advisories(dnf.dnf("updateinfo", "list", "--security"))).isEmpty();
      dnf.dnf("upgrade", "--security").assertOk().assertSays("Nothing to do");

      zypper.addRepo("klts.repo", tree.download("rpm/v1.20/klts-zypper.repo"));
      zypper.refresh().assertOk();
      zypper.zypper(old).assertOk();
      assertThat(advisories(zypper.zypper("lp", "--all"))).isEmpty();
      assertThat(zypper.zypper("patch-check").exit()).isZero();
    }
  }

  @Test
  void addonsHaveAdvisoriesOfTheirOwn() throws IOException {
    try (Sandbox box = new Sandbox();
        DnfRoot dnf = new DnfRoot();
        ZypperRoot zypper = new ZypperRoot()) {
      for (String program :
          List.of(
              "containerd-1.3.10/containerd",
              "containerd-1.3.10/ctr",
              "containerd-1.3.10/containerd-shim",
              "containerd-1.3.10/containerd-shim-runc-v1",
              "containerd-1.3.10/containerd-shim-runc-v2",
              "runc-1.0.2/runc")) {
        box.put("amd64", program, TinyElf.amd64());
      }
      box.publish("v1.18.20-lts.1").run().assertOk();
      dnf.addUnsigned("klts", box.tree.resolve("rpm/v1.18"));
      dnf.dnf("install", "containerd-1.3.10-lts.0").assertOk();
      assertThat(dnf.dnf("updateinfo", "list", "--security").assertOk().out())
          .contains("KLTS-containerd-1.3.10-lts.1 Important/Sec. containerd-1.3.10.lts.1-1.x86_64");
      dnf.dnf("upgrade", "--security").assertOk();
      assertThat(dnf.installed("containerd")).isEqualTo("1.3.10.lts.1-1");
      assertThat(advisories(dnf.dnf("updateinfo", "list", "--security"))).isEmpty();

      zypper.addUnsigned("klts", box.tree.resolve("rpm/v1.18"));
      zypper.zypper("install", "containerd-1.3.10-lts.0").assertOk();
      assertThat(advisories(zypper.zypper("lp"))).containsExactly("KLTS-containerd-1.3.10-lts.1");
      zypper.zypper("patch").assertOk();
      assertThat(zypper.installed("containerd")).isEqualTo("1.3.10.lts.1-1");
      assertThat(advisories(zypper.zypper("lp"))).isEmpty();
    }
  }

  /** Every line's advisories stand in the channel with everything; the newest line's is needed. */
  @Test
  void theChannelWithEverythingHasAllOfThem(PublishedTree tree) throws IOException {
    try (DnfRoot root = new DnfRoot()) {
      root.addRepo("klts.repo", tree.download("rpm/klts.repo"));
      root.dnf(OLDER).assertOk();
      assertThat(advisories(root.dnf("updateinfo", "list", "--security")))
          .containsExactly(ADVISORY, "KLTS-1.32.13-lts.1");
    }
  }

  @Test
  void zypperListsWhatAppliesAndAppliesIt(PublishedTree tree) throws IOException {
    try (ZypperRoot root = new ZypperRoot()) {
      root.addRepo("klts.repo", tree.download("rpm/v1.28/klts-zypper.repo"));
      root.refresh().assertOk();
      root.zypper(OLDER).assertOk();

      Outcome list = root.zypper("list-patches");
      assertThat(advisories(list)).containsExactly(ADVISORY);
      assertThat(list.out())
          .containsPattern(ADVISORY + " *\\| security *\\| moderate *\\| --- *\\| needed");
      assertThat(advisories(root.zypper("lp", "--cve=CVE-2025-1767"))).containsExactly(ADVISORY);
      assertThat(advisories(root.zypper("lp", "--cve=CVE-2021-25741"))).isEmpty();
      // 101: there are security patches.
      assertThat(root.zypper("patch-check").exit()).isEqualTo(101);

      root.zypper("patch", "--category=security").assertOk();
      for (String name : List.of("kubeadm", "kubelet", "kubectl")) {
        assertThat(root.installed(name)).isEqualTo(FIXED);
      }
      assertThat(root.zypper("patch-check").exit()).isZero();
      root.zypper("lp").assertOk().assertSays("No updates found");
    }
  }

  /** What upstream's packages lack is needed, too, once zypper takes both vendors for one. */
  @Test
  void zypperPatchesUpstreamsPackages(PublishedTree tree) throws IOException {
    var upstream = UpstreamStandIns.newRpms(Lab.folder("upstream"), "1.28.15");
    try (ZypperRoot root = new ZypperRoot()) {
      root.addUnsigned("upstream", upstream);
      root.zypper("install", "kubeadm", "kubelet", "kubectl").assertOk();
      root.addVendors("klts.conf", tree.download("rpm/klts-vendors.conf"));
      root.addRepo("klts.repo", tree.download("rpm/v1.28/klts-zypper.repo"));
      root.refresh().assertOk();
      assertThat(advisories(root.zypper("lp"))).containsExactly(ADVISORY);
      root.zypper("patch", "--cve=CVE-2025-1767").assertOk();
      assertThat(root.installed("kubelet")).isEqualTo(FIXED);
      assertThat(advisories(root.zypper("lp"))).isEmpty();
    }
    Lab.remove(upstream);
  }
}
