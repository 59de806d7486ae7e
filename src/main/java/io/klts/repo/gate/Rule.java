package io.klts.repo.gate;

import java.util.Locale;

/** What every publication keeps to, and the client that it would break otherwise. */
public enum Rule {
  NAMES(
      "names have letters, digits and `. _ ~ ^ -` only; no colon, no plus, nothing hidden",
      "object stores, proxies and Windows mirrors",
      "they change or refuse such names; `+` in a URL is a blank to some"),

  RPM_FORMAT(
      "version 4 of the format: a lead, a signature header and a main header with their regions",
      "rpm 6",
      "it refuses version 3"),
  RPM_COMPRESSOR(
      "the payload is compressed with xz or gzip",
      "EL 7 (rpm 4.11)",
      "it has no zstd: `unpacking of archive failed`"),
  RPM_STREAM(
      "an xz payload is one stream with nothing behind it",
      "every rpm",
      "rpm 4.18 passes `rpm -K`, then fails to install when streams are concatenated"),
  RPM_FILE_DIGESTS(
      "digests of files are SHA-256 (`FILEDIGESTALGO` 8)",
      "hosts in FIPS mode",
      "the missing tag means MD5: `cpio: Digest mismatch`"),
  RPM_HEADER_DIGEST(
      "`SHA256HEADER` is there and right", "hosts in FIPS mode", "`does not verify: no digest`"),
  RPM_PAYLOAD_DIGEST(
      "`PAYLOADDIGEST` is there, SHA-256 and right",
      "hosts in FIPS mode, rpm 6",
      "`does not verify: no digest`"),
  RPM_SIGNATURES(
      "signature tags 268 and 1002 are both there, RSA with SHA-256 or better, by the tree's primary key",
      "EL 7 yum (1002, no subkeys, RSA only), EL 9 (no SHA-1), rpm 6",
      "yum looks at 1002, everything since at 268; rpm below 4.13 cannot verify a subkey's"),
  RPM_VERSION(
      "kubeadm, kubelet and kubectl sort above upstream's `V-0` and `V-150500.1.1`",
      "yum, dnf, zypper",
      "a patched kubelet is replaced by upstream's unpatched one at the next upgrade"),

  DEB_MEMBERS(
      "`debian-binary`, `control.tar.gz`, then `data.tar.xz` or `data.tar.gz`, nothing else",
      "Ubuntu 16.04 to 20.04, Debian 10 and 11",
      "dpkg before 1.21.18 has no zstd"),
  DEB_STREAM(
      "an xz member is one stream with nothing behind it",
      "every dpkg",
      "dpkg 1.21 fails on concatenated streams: `tar subprocess returned error exit status 2`"),
  DEB_VERSION(
      "kubeadm, kubelet and kubectl sort above upstream's `V-00` and `V-1.1`",
      "apt",
      "a patched kubelet is replaced by upstream's unpatched one at the next upgrade"),
  XZ_DICTIONARY(
      "no xz block needs a dictionary of more than 64 MiB",
      "rpm, busybox",
      "rpm's decoder has 100 MiB at most; busybox says `corrupted data` above 64 MiB"),
  XZ_FILTERS(
      "xz blocks have no filter that came after xz 5.0, such as ARM64",
      "EL 7 to EL 9, Ubuntu up to 22.04",
      "their xz is older than 5.4"),

  REPODATA_GZIP(
      "rpm-md is gzip, one member; no databases, no other compression",
      "EL 7 yum",
      "it cannot read zstd: `Start tag expected`, and prefers a database to what we sign"),
  REPODATA_DIGESTS(
      "`repomd.xml` says SHA-256, and digests and sizes of the documents are right",
      "yum, dnf, zypper",
      "`Metadata file does not match checksum`; FIPS hosts take no other digest"),
  UPDATEINFO(
      "an advisory has an id of its own, a severity as dnf spells it, and packages that are in the channel",
      "dnf, zypper",
      "`Unknown/Sec.`; what is advised and not there is needed for ever and never comes"),
  REPOMD_SIGNED(
      "`repomd.xml` has its signature and the primary key beside it",
      "zypper, and yum and dnf with `repo_gpgcheck`",
      "zypper before 17.32.6 ignores `gpgkey=` and asks for `repomd.xml.key`"),

  RELEASE_FORMS(
      "`Release`, `Release.gpg` and `InRelease` are all there, with the same text",
      "old apt, mirror programs",
      "`apt-sync.py` wants `Release`; apt wants one of the signed forms"),
  RELEASE_HASHES(
      "`Release` lists SHA256 and neither MD5Sum, SHA1 nor SHA512",
      "apt",
      "weak sums are refused by newer apt; by-hash is asked under the strongest that is listed"),
  RELEASE_DATE(
      "`Date` is in UTC, in English, not in the future and not before the one that clients have",
      "apt",
      "`Release file … is not valid yet`; other zones are an error with `Valid-Until`; what is older"
          + " than before looks like an attack"),
  RELEASE_NAMES(
      "`Origin`, `Label`, `Suite` and `Codename` are what clients have",
      "apt",
      "`Repository … changed its 'Origin' value`: unattended updates stop until somebody says yes"),
  RELEASE_BY_HASH(
      "`Acquire-By-Hash: yes`, and each listed file is under `by-hash/SHA256/`, too",
      "apt",
      "an update in the middle of a publication ends in `Hash Sum mismatch`"),
  RELEASE_DIGESTS(
      "`Packages`, `.gz` and `.xz` are there, with the digests and sizes that `Release` lists",
      "apt",
      "`File has unexpected size … Mirror sync in progress?`"),

  SIGNATURE_FORM(
      "an armored signature is one block with a checksum, and has one signature for each key that the manifest names",
      "EL 7 (gpg 2.0, rpm 4.11), zypper",
      "gpg 2.0 fails on more than are needed, libzypp reads only the last; rpm 4.11 insists on the checksum"),
  SIGNATURE(
      "signatures of indexes are RSA with SHA-256 or better, by the primary keys that the manifest names, in its order, and right",
      "yum, dnf, zypper, apt",
      "`BADSIG`, `NO_PUBKEY`; EL 9 takes no SHA-1, EL 7 no subkey"),
  KEY_FORMS(
      "keys are there twice: `.gpg` binary and `.asc` armored, the same in both, and the file that definitions point to has all that sign",
      "Ubuntu 16.04 (apt 1.2), rpm, zypper",
      "apt chooses the parser by the ending: the wrong one is `NO_PUBKEY`; apt 1.2 has no armor"),
  KEY_STRENGTH(
      "the primary key is RSA of 3072 bits or more",
      "EL 7 (RSA only), Ubuntu 24.04, hosts with strict policies",
      "rpm 4.11 verifies neither EdDSA nor ECDSA"),
  KEY_SELF_SIGNATURE(
      "no self-signature or binding is by SHA-1 or older",
      "EL 9, Debian 13 (sqv)",
      "sqv refuses the key since February 2026"),

  TIMESTAMP(
      "`timestamp.asc` says serial and end of the manifest, and the digests of what clients begin with",
      "the installer, and whoever chooses among mirrors",
      "a mirror that is up to date looks as if it were another tree"),

  ORDER_STAGES(
      "packages and files named by digest come first, then indexes, then roots and signatures",
      "every client that comes during a publication",
      "a root that names what is not there yet: 404"),
  ORDER_REPOMD(
      "`repomd.xml.asc` comes immediately before `repomd.xml`",
      "yum, dnf, zypper",
      "the two are fetched one after the other: `Signature verification failed`"),
  ORDER_INRELEASE(
      "`InRelease` comes after `Release` and `Release.gpg`", "apt", "apt looks at it first"),

  REPO_CHECKS(
      "`.repo` files have `gpgcheck=1` and `repo_gpgcheck=1`",
      "yum, dnf",
      "otherwise unsigned packages or indexes are taken"),
  ZYPPER_CHECKS(
      "`.repo` files for zypper have `pkg_gpgcheck=1`",
      "zypper",
      "it installs unsigned packages of a signed repository silently"),
  APT_SIGNED_BY(
      "`.sources` have `Signed-By`, `.list` has `signed-by`",
      "apt",
      "without it every key of the machine may sign this repository"),
  RELEASEVER(
      "no definition has `$releasever`",
      "openEuler, Anolis, Kylin, Amazon Linux",
      "its value is `22.03LTS_SP1`, `2023.4.x` …: 404");

  private final String what;
  private final String breaks;
  private final String evidence;

  Rule(String what, String breaks, String evidence) {
    this.what = what;
    this.breaks = breaks;
    this.evidence = evidence;
  }

  /** How messages and the documentation name it: {@code rpm-format}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What must be so. */
  public String what() {
    return what;
  }

  /** The clients that break otherwise. */
  public String breaks() {
    return breaks;
  }

  /** How they break. */
  public String evidence() {
    return evidence;
  }
}
