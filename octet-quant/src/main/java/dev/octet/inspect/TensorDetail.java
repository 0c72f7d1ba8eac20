package dev.octet.inspect;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.numeric.QuantParams;
import java.util.List;
import java.util.Optional;

/// One tensor, looked at closely.
///
/// @param name its name in the model
/// @param source where it comes from
/// @param type such as `int8[64,32,3]`; `?` when nothing is known
/// @param quantization scale and zero point, when the tensor holds codes or stands for some
/// @param data its elements, when it is a constant
/// @param statistics of its real values (dequantized where it holds codes), when it is a constant
/// @param readers nodes that read it, as `Conv 'block1/conv' input 1`
public record TensorDetail(
    String name,
    Source source,
    String type,
    Optional<Quantization> quantization,
    Optional<DenseTensor> data,
    Optional<Statistics> statistics,
    List<String> readers) {
  public TensorDetail {
    readers = List.copyOf(readers);
  }

  /// Where a tensor comes from.
  public sealed interface Source {
    record Input() implements Source {
      @Override
      public String toString() {
        return "graph input";
      }
    }

    record Initializer() implements Source {
      @Override
      public String toString() {
        return "initializer";
      }
    }

    record ConstantNode(String node) implements Source {
      @Override
      public String toString() {
        return "Constant node '" + node + "'";
      }
    }

    record Computed(String node) implements Source {
      @Override
      public String toString() {
        return "computed by " + node;
      }
    }
  }

  /// Scale and zero point with the place they were found.
  ///
  /// @param scaleName value that holds the scale
  /// @param zeroPointName value that holds the zero point; empty where ONNX's default serves
  /// @param foundAt the node that applies them
  public record Quantization(
      QuantParams params, String scaleName, String zeroPointName, String foundAt) {}

  /// A summary of a constant's real values.
  ///
  /// @param elements how many
  /// @param zeros how many are exactly 0
  /// @param nonFinite how many are NaN or infinite; they are left out of the rest
  public record Statistics(
      long elements,
      long zeros,
      long nonFinite,
      double min,
      double max,
      double mean,
      double deviation) {}

  /// The real values, dequantized where the tensor holds codes; empty when it is no constant or
  /// holds neither floats nor codes.
  public Optional<float[]> realValues() {
    return data.flatMap(
        tensor ->
            tensor.dataType() == DataType.FLOAT
                ? Optional.of(tensor.toFloatArray())
                : quantization.map(found -> Constants.dequantize(tensor, found.params())));
  }

  public List<String> lines() {
    return InspectText.tensor(this);
  }

  @Override
  public String toString() {
    return String.join("\n", lines());
  }
}
