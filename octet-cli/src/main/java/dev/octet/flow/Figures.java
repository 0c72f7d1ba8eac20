package dev.octet.flow;

import java.util.Locale;

/// How numbers are written in reports: the same everywhere, whatever the user's locale.
final class Figures {
  private Figures() {}

  /// `36.41 KB`, with 1 KB = 1,024 bytes.
  static String kilobytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f KB", bytes / 1024.0);
  }

  /// `6.43 GB`, with 1 GB = 1,000,000,000 bytes.
  static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
  }

  /// `83.14 %` of a share from 0 to 1.
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  /// `0.0761 ms`.
  static String milliseconds(double ms) {
    return Double.isNaN(ms) ? "–" : String.format(Locale.ROOT, "%.4f ms", ms);
  }

  /// `41.3 dB`, `exact` for no difference at all, or `–` where there is no ratio.
  static String decibels(double db) {
    if (Double.isNaN(db)) {
      return "–";
    }
    return Double.isInfinite(db) && db > 0 ? "exact" : String.format(Locale.ROOT, "%.1f dB", db);
  }

  /// `-0.35 points`.
  static String points(double points) {
    return String.format(Locale.ROOT, "%+.2f", points);
  }
}
