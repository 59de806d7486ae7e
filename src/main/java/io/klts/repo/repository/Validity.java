package io.klts.repo.repository;

import java.time.Instant;

/**
 * From when on, and for how long, the indexes are good.
 *
 * @param asOf no index has an earlier date
 * @param validDays clients refuse or warn after so many days; 0 for no limit
 */
public record Validity(Instant asOf, int validDays) {

  /** What holds until somebody says otherwise: dates come from the releases alone. */
  public static final Validity UNLIMITED = new Validity(Instant.EPOCH, 0);

  /** Whether it says anything. */
  boolean isUnlimited() {
    return validDays == 0 && asOf.equals(Instant.EPOCH);
  }
}
