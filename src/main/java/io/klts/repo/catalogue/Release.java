package io.klts.repo.catalogue;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * One long-term support build of Kubernetes, or of an add-on.
 *
 * @param published the day of its publication, from which every date in its packages comes
 * @param fixes absent if nobody recorded them; empty for a rebuild without fixes
 */
public record Release(LtsVersion version, LocalDate published, Optional<List<Fix>> fixes) {}
