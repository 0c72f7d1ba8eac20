package dev.octet.torch.graph;

import java.util.Arrays;
import java.util.Optional;

/// A wish about a result's strides, numbered as in torch.export's JSON and in c10.
public enum TorchMemoryFormat {
  CONTIGUOUS(1, 0),
  CHANNELS_LAST(2, 2),
  CHANNELS_LAST_3D(3, 3),
  PRESERVE(4, 1);

  private final int jsonNumber;
  private final int c10Number;

  TorchMemoryFormat(int jsonNumber, int c10Number) {
    this.jsonNumber = jsonNumber;
    this.c10Number = c10Number;
  }

  public static Optional<TorchMemoryFormat> fromJson(long number) {
    return Arrays.stream(values()).filter(format -> format.jsonNumber == number).findFirst();
  }

  public int jsonNumber() {
    return jsonNumber;
  }

  /// Number in c10's `MemoryFormat`.
  public int c10Number() {
    return c10Number;
  }
}
