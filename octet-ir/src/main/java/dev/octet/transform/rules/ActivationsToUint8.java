package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RewriteRule;
import dev.octet.transform.RuleOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Moves the codes of a quantized activation from INT8 to UINT8: every code and every zero point
/// grows by 128, so the numbers they stand for are the same to the last bit. ONNX Runtime has its
/// integer kernels on x86 for UINT8 activations.
///
/// The codes are followed through what only moves them to the `DequantizeLinear` nodes that read
/// them; codes that anything else reads, or callers see, stay as they are. Constants stay too:
/// weights are wanted as INT8. So do codes in blocks, for which there are no such kernels.
public final class ActivationsToUint8 implements RewriteRule {
  private static final int SHIFT = 128;

  /// Operators that give codes of their first input, or the largest of them.
  private static final Set<String> MOVING =
      Set.of(
          "Reshape",
          "Transpose",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Slice",
          "Gather",
          "Expand",
          "Identity",
          "MaxPool");

  @Override
  public String name() {
    return "activations-to-uint8";
  }

  @Override
  public String description() {
    return "INT8 codes of activations become UINT8 ones, exactly: integer kernels on x86 ask it.";
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {
    if (!node.is("QuantizeLinear")
        || node.input(2).flatMap(Value::dataType).filter(DataType.INT8::equals).isEmpty()
        || node.input(0).filter(Value::isConstant).isPresent()
        || node.attributes().containsKey("block_size")) {
      return RuleOutcome.noMatch();
    }
    Region region = new Region(context);
    Optional<String> obstacle = region.collect(node);
    if (obstacle.isPresent()) {
      return RuleOutcome.declined(obstacle.get(), node);
    }
    region.shift();
    return RuleOutcome.applied("codes moved to UINT8");
  }

  /// A `QuantizeLinear` with everything that reads its codes.
  private static final class Region {
    private final RewriteContext context;
    private final Set<Value> codes = new LinkedHashSet<>();
    private final List<Use> offsets = new ArrayList<>();
    private final Map<Value, Value> shifted = new LinkedHashMap<>();

    Region(RewriteContext context) {
      this.context = context;
    }

    /// What forbids the rewrite; empty for nothing.
    Optional<String> collect(Node quantize) {
      if (!addOffset(quantize, 2)) {
        return Optional.of("its zero point is computed in another way than by a Cast");
      }
      return follow(quantize.output(0));
    }

    private Optional<String> follow(Value value) {
      codes.add(value);
      if (value.isGraphOutput()) {
        return Optional.of("callers see its codes");
      }
      for (Use use : value.uses()) {
        Node reader = use.node();
        boolean first = use.index() == 0;
        if (first && reader.is("DequantizeLinear")) {
          if (reader.input(2).isEmpty() || !addOffset(reader, 2)) {
            return Optional.of(reader.describe() + " has no zero point that can be moved");
          }
        } else if (first && reader.is("Clip")) {
          if (!addOffset(reader, 1) || !addOffset(reader, 2)) {
            return Optional.of(reader.describe() + " has bounds that are computed");
          }
          Optional<String> obstacle = follow(reader.output(0));
          if (obstacle.isPresent()) {
            return obstacle;
          }
        } else if (first && MOVING.contains(reader.opType()) && reader.outputs().size() == 1) {
          Optional<String> obstacle = follow(reader.output(0));
          if (obstacle.isPresent()) {
            return obstacle;
          }
        } else {
          return Optional.of(reader.describe() + " reads its codes");
        }
      }
      return Optional.empty();
    }

    private boolean addOffset(Node node, int index) {
      offsets.add(new Use(node, index));
      return node.input(index)
          .filter(value -> context.constant(value).isPresent() || castOfFloats(value).isPresent())
          .isPresent();
    }

    private static Optional<Node> castOfFloats(Value value) {
      return value
          .producer()
          .filter(node -> node.is("Cast"))
          .filter(
              node -> node.input(0).flatMap(Value::dataType).equals(Optional.of(DataType.FLOAT)));
    }

    void shift() {
      for (Use use : offsets) {
        Value old = use.node().input(use.index()).orElseThrow();
        context
            .editor()
            .setInput(use.node(), use.index(), shifted.computeIfAbsent(old, this::shifted));
      }
      for (Value value : codes) {
        value
            .shape()
            .ifPresent(
                shape -> context.editor().setType(value, ValueType.tensor(DataType.UINT8, shape)));
      }
    }

    private Value shifted(Value offset) {
      GraphEditor editor = context.editor();
      Node reader = offset.uses().getFirst().node();
      Optional<DenseTensor> data = context.constant(offset);
      if (data.isPresent()) {
        return editor.addInitializer(reader.graph(), offset.name() + "_u8", moved(data.get()));
      }
      Node cast = castOfFloats(offset).orElseThrow();
      Value numbers = cast.input(0).orElseThrow();
      Value shift =
          editor.addInitializer(
              cast.graph(), offset.name() + "_shift", DenseTensor.scalar((float) SHIFT));
      Value sum = editor.newValue(offset.name() + "_u8", numbers.type().orElse(null));
      Node added = editor.insertAfter(cast, NodeSpec.of("Add").inputs(numbers, shift).outputs(sum));
      Value result =
          editor.newValue(
              offset.name() + "_u8",
              offset.shape().map(shape -> ValueType.tensor(DataType.UINT8, shape)).orElse(null));
      editor.insertAfter(
          added,
          NodeSpec.of("Cast")
              .inputs(sum)
              .attribute("to", Attribute.of(DataType.UINT8.onnxNumber()))
              .outputs(result));
      return result;
    }

    private static DenseTensor moved(DenseTensor codes) {
      byte[] bytes = new byte[Math.toIntExact(codes.elementCount())];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (codes.longAt(i) + SHIFT);
      }
      long[] dims = codes.dims().stream().mapToLong(Long::longValue).toArray();
      return DenseTensor.ofBytes(DataType.UINT8, bytes, dims);
    }
  }
}
