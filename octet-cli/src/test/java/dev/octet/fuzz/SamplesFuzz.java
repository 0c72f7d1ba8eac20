package dev.octet.fuzz;

import dev.octet.data.InputStatistics;
import dev.octet.data.SampleOptions;
import dev.octet.data.SampleSources;
import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.runtime.TensorSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Bytes as samples for a model of one input. The first byte says which kind of file the others
/// are, so that one corpus serves all readers.
public final class SamplesFuzz {
  private static final List<String> ENDINGS = List.of("npy", "npz", "wav", "csv", "jsonl");
  private static final int LOOKED_AT = 16;

  private static final List<TensorSpec> INPUTS =
      List.of(
          new TensorSpec(
              "x", DataType.FLOAT, new Shape(List.of(new Dim.Symbol("N"), dim(1), dim(8)))));

  private SamplesFuzz() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    String ending = ENDINGS.get(Math.floorMod(bytes[0], ENDINGS.size()));
    Path file = FuzzedFile.of("x." + ending, Arrays.copyOfRange(bytes, 1, bytes.length));
    Path place = ending.equals("wav") ? Objects.requireNonNull(file.getParent()) : file;
    FuzzedFile.read(
        () ->
            InputStatistics.of(
                "the model",
                INPUTS,
                SampleSources.open(place, INPUTS, SampleOptions.DEFAULT),
                LOOKED_AT));
  }

  private static Dim dim(long size) {
    return new Dim.Known(size);
  }
}
