package io.klts.repo.compress;

/** How a stretch of a big file is best compressed. The caller knows what is in it. */
public enum Profile {
  /** Machine code for x86, 32 or 64 bits: its jump targets are made absolute first (BCJ). */
  X86(true, 4, 0, 0),

  /**
   * Machine code for 64-bit ARM, whose instructions are four bytes long. There is a BCJ filter for
   * it too, but xz on the distributions we serve is too old to read it.
   */
  ARM64(false, 2, 2, 2),

  /** Tables of numbers and addresses with texts between: the rest of a program. */
  DATA(false, 1, 3, 3),

  /** Anything else. */
  OTHER(false, 3, 0, 2);

  private final boolean x86;
  private final int literalContextBits;
  private final int literalPositionBits;
  private final int positionBits;

  Profile(boolean x86, int literalContextBits, int literalPositionBits, int positionBits) {
    this.x86 = x86;
    this.literalContextBits = literalContextBits;
    this.literalPositionBits = literalPositionBits;
    this.positionBits = positionBits;
  }

  Encoding encoding() {
    return Encoding.ofFile(x86, literalContextBits, literalPositionBits, positionBits);
  }
}
