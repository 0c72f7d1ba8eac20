package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a `BatchNormalization` does at inference: `y = x·scale + shift` for each channel, with
/// `scale = gamma / sqrt(variance + epsilon)` and `shift = beta - mean·scale`, in double.
///
/// @param scale a factor for each channel
/// @param shift added to each channel
@SuppressWarnings("ArrayRecordComponent") // Handed from one rule to its own arithmetic, no further.
record BatchNorm(double[] scale, double[] shift) {
  /// First opset in which all forms of the operator mean inference unless told otherwise.
  static final int FIRST_OPSET = 7;

  /// Why a node does something else than [BatchNorm] says; `null` when it does just that.
  static @Nullable String obstacle(Node norm) {
    if (norm.intAttribute("training_mode", 0) != 0) {
      return "it is set to train";
    }
    if (norm.intAttribute("spatial", 1) == 0) {
      return "it normalizes every element by its own statistics";
    }
    for (int i = 1; i < norm.outputs().size(); i++) {
      Value statistics = norm.outputs().get(i);
      if (statistics != null && !statistics.isUnused()) {
        return "its statistics are read";
      }
    }
    return null;
  }

  /// Empty when the parameters are not all constant floating point of `channels` elements.
  static Optional<BatchNorm> of(Node norm, int channels, RewriteContext context) {
    DenseTensor[] parameters = new DenseTensor[4];
    for (int i = 0; i < parameters.length; i++) {
      Optional<DenseTensor> parameter =
          context
              .constantInput(norm, i + 1)
              .filter(tensor -> FloatTensors.supports(tensor.dataType()))
              .filter(tensor -> tensor.elementCount() == channels);
      if (parameter.isEmpty()) {
        return Optional.empty();
      }
      parameters[i] = parameter.get();
    }
    double epsilon = norm.floatAttribute("epsilon", 1e-5f);
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int channel = 0; channel < channels; channel++) {
      double gamma = parameters[0].doubleAt(channel);
      double beta = parameters[1].doubleAt(channel);
      double mean = parameters[2].doubleAt(channel);
      double variance = parameters[3].doubleAt(channel);
      scale[channel] = gamma / Math.sqrt(variance + epsilon);
      shift[channel] = beta - mean * scale[channel];
    }
    return Optional.of(new BatchNorm(scale, shift));
  }

  /// Whether every channel comes out a finite number.
  boolean isFinite() {
    for (int channel = 0; channel < scale.length; channel++) {
      if (!Double.isFinite(scale[channel]) || !Double.isFinite(shift[channel])) {
        return false;
      }
    }
    return true;
  }

  /// Whether nothing is added to any channel.
  boolean onlyScales() {
    for (double added : shift) {
      if (added != 0) {
        return false;
      }
    }
    return true;
  }
}
