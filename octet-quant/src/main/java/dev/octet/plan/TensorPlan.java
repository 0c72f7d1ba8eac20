package dev.octet.plan;

import dev.octet.numeric.QuantParams;
import dev.octet.stats.Range;
import java.util.Arrays;
import java.util.Optional;

/// How one tensor is stored as codes.
public sealed interface TensorPlan {
  /// Name of the value in the float model.
  String value();

  /// Identity of this plan within its [QuantizationPlan]. Usually the value's name; a constant read
  /// with different scales by different nodes has several plans (`b`, `b#2`).
  String key();

  /// A computed value or an element-wise constant: quantized to `params`, read back dequantized.
  ///
  /// @param value name of the value in the float model
  /// @param params its scale and zero point
  /// @param range the real range they were computed from
  /// @param origin where the range comes from
  record Activation(String value, QuantParams params, Range range, Origin origin)
      implements TensorPlan {
    @Override
    public String key() {
      return value;
    }
  }

  /// Constant data stored as codes.
  ///
  /// @param value name of the constant in the float model
  /// @param key identity of this plan
  /// @param params scales and zero points
  record Weight(String value, String key, QuantParams params) implements TensorPlan {}

  /// Constant data stored as INT32 codes with zero point 0.
  ///
  /// @param value name of the constant in the float model
  /// @param key identity of this plan
  /// @param scales one, or one for each channel
  /// @param factor what the values are multiplied with first
  /// @param length number of elements the codes are spread to, for a bias given as one number
  record Bias(String value, String key, float[] scales, float factor, int length)
      implements TensorPlan {
    public Bias {
      scales = scales.clone();
    }

    @Override
    public float[] scales() {
      return scales.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bias bias
          && value.equals(bias.value)
          && key.equals(bias.key)
          && Arrays.equals(scales, bias.scales)
          && Float.compare(factor, bias.factor) == 0
          && length == bias.length;
    }

    @Override
    public int hashCode() {
      return 31 * key.hashCode() + Arrays.hashCode(scales);
    }
  }

  /// Where an activation's parameters come from.
  sealed interface Origin {
    record Calibrated(CalibrationMethod method) implements Origin {
      @Override
      public String toString() {
        return method.toString();
      }
    }

    /// Stated in the scheme.
    record Stated() implements Origin {
      @Override
      public String toString() {
        return "stated";
      }
    }

    /// Given by the operator's definition.
    record Known() implements Origin {
      @Override
      public String toString() {
        return "by definition";
      }
    }

    /// Parameters of another value, shared.
    ///
    /// @param value that value, which has an origin of its own kind
    record SharedWith(String value) implements Origin {
      @Override
      public String toString() {
        return "as " + value;
      }
    }

    /// Computed from constant data.
    record Constant() implements Origin {
      @Override
      public String toString() {
        return "constant";
      }
    }
  }

  /// The value whose parameters an activation shares, if it does.
  default Optional<String> sharedWith() {
    return this instanceof Activation(var v, var p, var r, Origin.SharedWith(String other))
        ? Optional.of(other)
        : Optional.empty();
  }
}
