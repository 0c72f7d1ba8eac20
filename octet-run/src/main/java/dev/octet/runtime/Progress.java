package dev.octet.runtime;

/// Hears how far long work has come.
@FunctionalInterface
public interface Progress {
  /// Hears nothing.
  Progress NONE = (done, total) -> {};

  /// Tells how far the work has come.
  ///
  /// @param done units of work finished, at most `total`
  /// @param total units of work there are
  void update(long done, long total);
}
