package dev.octet.data;

import dev.octet.ir.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/// The inputs of one run, and what they are known to show.
///
/// @param name where it came from, for messages: a file, an entry of an archive, a row of an array
/// @param inputs tensors by input name, exactly as one run takes them: a leading batch dimension is
///     there, and is normally 1
/// @param label index into [SampleSource#labels()]; empty when unlabelled
public record Sample(String name, Map<String, Tensor> inputs, OptionalInt label) {
  public Sample {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }

  /// A sample nothing is known about.
  public static Sample unlabelled(String name, Map<String, Tensor> inputs) {
    return new Sample(name, inputs, OptionalInt.empty());
  }

  /// One of the inputs.
  ///
  /// @throws IllegalArgumentException when the sample has none of this name
  public Tensor input(String input) {
    Tensor tensor = inputs.get(input);
    if (tensor == null) {
      throw new IllegalArgumentException(name + " has no input '" + input + "'");
    }
    return tensor;
  }
}
