package dev.octet.plan;

import java.util.Collection;
import java.util.List;

/// Suggestions for a name that nothing has.
public final class NearNames {
  private NearNames() {}

  /// The up to three names closest to `wanted` by edit distance, nearest first; only those that
  /// could be slips of the pen.
  public static List<String> of(String wanted, Collection<String> names) {
    return new Glob(wanted).near(names);
  }
}
