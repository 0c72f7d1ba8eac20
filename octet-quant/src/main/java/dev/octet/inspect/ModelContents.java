package dev.octet.inspect;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.DataType;
import dev.octet.ir.ModelInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What is in a model.
///
/// @param info format version and provenance
/// @param opsets imported version by domain; ONNX's own domain is the empty string
/// @param metadata `metadata_props`
/// @param inputs values the caller feeds
/// @param outputs values the caller gets
/// @param operators how often each operator occurs, subgraphs included, most frequent first
/// @param nodes every node of the main graph, in order
/// @param constants initializers in file order, then `Constant` nodes in graph order; the main
///     graph's
/// @param storage what constants take, by element type
/// @param compute the operators that do most of the work, and which of them run on integers
/// @param warnings what looks unintended
public record ModelContents(
    ModelInfo info,
    Map<String, Integer> opsets,
    Map<String, String> metadata,
    List<Port> inputs,
    List<Port> outputs,
    List<OperatorCount> operators,
    List<NodeEntry> nodes,
    List<ConstantEntry> constants,
    List<StorageEntry> storage,
    Compute compute,
    List<Diagnostic> warnings) {
  public ModelContents {
    opsets = Collections.unmodifiableMap(new LinkedHashMap<>(opsets));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    operators = List.copyOf(operators);
    nodes = List.copyOf(nodes);
    constants = List.copyOf(constants);
    storage = List.copyOf(storage);
    warnings = List.copyOf(warnings);
  }

  /// A graph input or output.
  ///
  /// @param type such as `float[batch,1,8000]`; `?` when the model does not say
  public record Port(String name, String type) {}

  /// How often an operator occurs.
  ///
  /// @param domain empty for ONNX's own operators
  public record OperatorCount(String domain, String opType, int count) {}

  /// One node.
  ///
  /// @param inputs names of the values read, empty where an input is left out
  /// @param outputs names of the values computed, empty where an output is left out
  public record NodeEntry(
      String name, String domain, String opType, List<String> inputs, List<String> outputs) {
    public NodeEntry {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /// Where constant data lies.
  public enum Place {
    INITIALIZER,
    CONSTANT_NODE
  }

  /// What constant data is for.
  public enum Purpose {
    /// Numbers the model was trained to, as floats or codes.
    PARAMETER,
    /// Scales and zero points.
    GRID,
    /// Shapes, axes, indices.
    STRUCTURE
  }

  /// One constant.
  ///
  /// @param readers how many node inputs read it
  public record ConstantEntry(
      String name,
      Place place,
      Purpose purpose,
      DataType dataType,
      List<Long> dims,
      long bytes,
      int readers) {
    public ConstantEntry {
      dims = List.copyOf(dims);
    }

    public long elements() {
      return dims.stream().reduce(1L, Math::multiplyExact);
    }
  }

  /// All constants of one element type in one kind of place.
  public record StorageEntry(
      DataType dataType, Place place, int tensors, long elements, long bytes) {}

  /// The operators that multiply and add: convolutions and matrix products.
  ///
  /// @param nodes in graph order
  public record Compute(List<ComputeNode> nodes) {
    public Compute {
      nodes = List.copyOf(nodes);
    }

    /// Share of the multiplications that can run on integers, 0 to 1; 0 without any. Counts nodes
    /// where not every node's number of multiplications is known.
    public double quantizedShare() {
      boolean known =
          nodes.stream().allMatch(node -> node.multiplications().isPresent()) && !nodes.isEmpty();
      double total = 0;
      double quantized = 0;
      for (ComputeNode node : nodes) {
        double work = known ? node.multiplications().orElseThrow() : 1;
        total += work;
        quantized += node.quantized() ? work : 0;
      }
      return total == 0 ? 0 : quantized / total;
    }
  }

  /// One operator that multiplies and adds.
  ///
  /// @param quantized whether data and weight come as codes, dequantized right before or not at all
  /// @param multiplications for one sample (symbolic dimensions counted as 1); empty when shapes
  ///     are not known
  public record ComputeNode(
      String node, String opType, boolean quantized, OptionalLong multiplications) {}

  /// Elements of all constants that are parameters, in floats or codes.
  public long parameters() {
    return constants.stream()
        .filter(constant -> constant.purpose() == Purpose.PARAMETER)
        .mapToLong(ConstantEntry::elements)
        .sum();
  }

  /// Bytes of all constants.
  public long constantBytes() {
    return storage.stream().mapToLong(StorageEntry::bytes).sum();
  }

  /// The contents for people, without the lists of nodes and constants.
  public List<String> lines() {
    return InspectText.contents(this);
  }

  @Override
  public String toString() {
    return String.join("\n", lines());
  }
}
