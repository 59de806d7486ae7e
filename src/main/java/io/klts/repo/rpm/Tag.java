package io.klts.repo.rpm;

/** Numbers of the RPM v4 format: header tags, signature tags, types, flags (rpmtag.h, rpmds.h). */
final class Tag {

  static final int REGION_SIGNATURES = 62;
  static final int REGION_IMMUTABLE = 63;
  static final int I18N_TABLE = 100;

  // The signature header.
  static final int RSA_HEADER = 268;
  static final int SHA1_HEADER = 269;
  static final int SHA256_HEADER = 273;
  static final int SIG_SIZE = 1000;
  static final int SIG_PGP = 1002;
  static final int SIG_MD5 = 1004;
  static final int SIG_PAYLOAD_SIZE = 1007;

  // The main header.
  static final int NAME = 1000;
  static final int VERSION = 1001;
  static final int RELEASE = 1002;
  static final int EPOCH = 1003;
  static final int SUMMARY = 1004;
  static final int DESCRIPTION = 1005;
  static final int BUILD_TIME = 1006;
  static final int BUILD_HOST = 1007;
  static final int SIZE = 1009;
  static final int VENDOR = 1011;
  static final int LICENSE = 1014;
  static final int PACKAGER = 1015;
  static final int GROUP = 1016;
  static final int URL = 1020;
  static final int OS = 1021;
  static final int ARCH = 1022;
  static final int PRE = 1023;
  static final int POST = 1024;
  static final int PREUN = 1025;
  static final int POSTUN = 1026;
  static final int FILE_SIZES = 1028;
  static final int FILE_MODES = 1030;
  static final int FILE_RDEVS = 1033;
  static final int FILE_MTIMES = 1034;
  static final int FILE_DIGESTS = 1035;
  static final int FILE_LINKTOS = 1036;
  static final int FILE_FLAGS = 1037;
  static final int FILE_USERS = 1039;
  static final int FILE_GROUPS = 1040;
  static final int SOURCE_RPM = 1044;
  static final int FILE_VERIFY_FLAGS = 1045;
  static final int PROVIDE_NAME = 1047;
  static final int REQUIRE_FLAGS = 1048;
  static final int REQUIRE_NAME = 1049;
  static final int REQUIRE_VERSION = 1050;
  static final int CONFLICT_FLAGS = 1053;
  static final int CONFLICT_NAME = 1054;
  static final int CONFLICT_VERSION = 1055;
  static final int RPM_VERSION = 1064;
  static final int CHANGELOG_TIME = 1080;
  static final int CHANGELOG_NAME = 1081;
  static final int CHANGELOG_TEXT = 1082;
  static final int PRE_PROG = 1085;
  static final int POST_PROG = 1086;
  static final int PREUN_PROG = 1087;
  static final int POSTUN_PROG = 1088;
  static final int OBSOLETE_NAME = 1090;
  static final int FILE_DEVICES = 1095;
  static final int FILE_INODES = 1096;
  static final int FILE_LANGS = 1097;
  static final int PROVIDE_FLAGS = 1112;
  static final int PROVIDE_VERSION = 1113;
  static final int OBSOLETE_FLAGS = 1114;
  static final int OBSOLETE_VERSION = 1115;
  static final int DIR_INDEXES = 1116;
  static final int BASE_NAMES = 1117;
  static final int DIR_NAMES = 1118;
  static final int PAYLOAD_FORMAT = 1124;
  static final int PAYLOAD_COMPRESSOR = 1125;
  static final int PAYLOAD_FLAGS = 1126;
  static final int PLATFORM = 1132;
  static final int POSTTRANS = 1152;
  static final int POSTTRANS_PROG = 1154;
  static final int FILE_DIGEST_ALGO = 5011;
  static final int RECOMMEND_NAME = 5046;
  static final int RECOMMEND_VERSION = 5047;
  static final int RECOMMEND_FLAGS = 5048;
  static final int SUGGEST_NAME = 5049;
  static final int SUGGEST_VERSION = 5050;
  static final int SUGGEST_FLAGS = 5051;
  static final int ENCODING = 5062;
  static final int PAYLOAD_DIGEST = 5092;
  static final int PAYLOAD_DIGEST_ALGO = 5093;
  static final int PAYLOAD_DIGEST_ALT = 5097;

  static final int TYPE_INT16 = 3;
  static final int TYPE_INT32 = 4;
  static final int TYPE_STRING = 6;
  static final int TYPE_BINARY = 7;
  static final int TYPE_STRING_ARRAY = 8;
  static final int TYPE_I18N_STRING = 9;

  static final int LESS = 1 << 1;
  static final int GREATER = 1 << 2;
  static final int EQUAL = 1 << 3;
  static final int PREREQ = 1 << 6;
  static final int INTERPRETER = 1 << 8;
  static final int SCRIPT_PRE = 1 << 9;
  static final int SCRIPT_POST = 1 << 10;
  static final int SCRIPT_PREUN = 1 << 11;
  static final int SCRIPT_POSTUN = 1 << 12;
  static final int RPMLIB = 1 << 24;

  static final int FILE_CONFIG = 1;
  static final int FILE_DOC = 1 << 1;
  static final int FILE_NOREPLACE = 1 << 4;
  static final int FILE_LICENSE = 1 << 7;
  static final int FILE_GHOST = 1 << 6;

  /** SHA-256 in the OpenPGP numbering that rpm uses for digests (RFC 4880 9.4). */
  static final int DIGEST_SHA256 = 8;

  private Tag() {}
}
