package dev.octet.plan;

import dev.octet.ir.DataType;
import dev.octet.numeric.QuantParams;
import dev.octet.stats.Range;
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
  /// @param key identity of this plan
  /// @param params its scale and zero point
  /// @param range the real range they were computed from
  /// @param origin where the range comes from
  /// @param readers who reads the dequantized form
  record Activation(
      String value, String key, QuantParams params, Range range, Origin origin, Readers readers)
      implements TensorPlan {}

  /// A computed value that is quantized to UINT8 while the model runs, its scale and zero point
  /// taken from the numbers of the moment as `DynamicQuantizeLinear` does. All its readers share
  /// the codes.
  ///
  /// @param value name of the value in the float model
  /// @param key identity of this plan
  /// @param element what the value holds; anything but FLOAT is converted before it is quantized,
  ///     because `DynamicQuantizeLinear` takes nothing else
  /// @param source where the value is a moved part of another and its codes are those codes moved:
  ///     key of that other's plan
  record Dynamic(String value, String key, DataType element, Optional<String> source)
      implements TensorPlan {}

  /// A value that the model itself dequantizes from codes: those that read it go on doing so, and
  /// what is computed from its scale can be.
  ///
  /// @param value name of the value in the float model
  /// @param key identity of this plan
  /// @param params scale and zero point that the model states
  /// @param range the real numbers that the codes can stand for
  record Dequantized(String value, String key, QuantParams params, Range range)
      implements TensorPlan {
    public Dequantized(String value, String key, QuantParams params) {
      this(value, key, params, reach(params));
    }
  }

  /// An activation's dequantized form, brought to other codes for some of its readers:
  /// `DQ(source) → Q(params) → DQ(params)`.
  ///
  /// @param value name of the value in the float model
  /// @param key identity of this plan
  /// @param source key of the activation that is converted
  /// @param params scale and zero point it is converted to
  /// @param range the real range they were computed from
  /// @param readers [Readers#ALL] when everybody who would read the source's dequantized form reads
  ///     this one's instead, [Readers#PLANNED] when only nodes that say so do
  record Conversion(
      String value, String key, String source, QuantParams params, Range range, Readers readers)
      implements TensorPlan {}

  /// Constant data stored as codes.
  ///
  /// @param value name of the constant in the float model
  /// @param key identity of this plan
  /// @param params scales and zero points
  /// @param factor what the values are multiplied with before they are quantized
  record Weight(String value, String key, QuantParams params, float factor) implements TensorPlan {}

  /// Constant data stored as INT32 codes with zero point 0 and the scale
  /// `scale(activation) · scale(weight)`.
  ///
  /// @param value name of the constant in the float model
  /// @param key identity of this plan
  /// @param activation key of the activation's plan
  /// @param weight key of the weight's plan
  /// @param factor what the values are multiplied with before they are quantized
  /// @param length number of codes; a constant of one number is spread
  record Bias(String value, String key, String activation, String weight, float factor, int length)
      implements TensorPlan {}

  /// Scales and zero points that are known before the model runs; a bias takes its own from others.
  default Optional<QuantParams> grid() {
    return switch (this) {
      case Activation activation -> Optional.of(activation.params);
      case Dequantized dequantized -> Optional.of(dequantized.params);
      case Conversion conversion -> Optional.of(conversion.params);
      case Weight weight -> Optional.of(weight.params);
      case Bias bias -> Optional.empty();
      case Dynamic dynamic -> Optional.empty();
    };
  }

  /// The real numbers that codes can stand for, on the first of their scales.
  static Range reach(QuantParams params) {
    double low = (params.type().qmin() - (double) params.zeroPoint(0)) * params.scale(0);
    double high = (params.type().qmax() - (double) params.zeroPoint(0)) * params.scale(0);
    return new Range(
        (float) Math.max(low, -Float.MAX_VALUE), (float) Math.min(high, Float.MAX_VALUE));
  }

  /// Who reads the dequantized form of an activation.
  enum Readers {
    /// Everybody, graph outputs included: the codes are what the producer's kernel computes.
    ALL,
    /// Only the nodes that say so; a float producer's other readers stay exact.
    PLANNED,
    /// As [#PLANNED], but each node that says so gets a pair of quantizing nodes of its own.
    DEDICATED
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
    return this
            instanceof
            Activation(var v, var k, var p, var r, Origin.SharedWith(String other), var w)
        ? Optional.of(other)
        : Optional.empty();
  }
}
