package dev.octet.flow;

import dev.octet.runtime.Progress;

/// Hears which stage of a flow begins, and then how far it has come.
@FunctionalInterface
public interface Stages {
  /// Hears nothing.
  Stages SILENT = stage -> Progress.NONE;

  /// @param stage what is being done, in a few words: `calibrating`
  /// @return hears how far it has come
  Progress begin(String stage);
}
