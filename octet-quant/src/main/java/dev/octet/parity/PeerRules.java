package dev.octet.parity;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import java.util.Optional;
import java.util.OptionalInt;

/// The peer's operator rules for QDQ form, one record each.
final class PeerRules {
  static final PeerRule BASE = new Base();

  private PeerRules() {}

  /// Every float input and output is an activation.
  record Base() implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      node.inputs().forEach(marker.marks()::activation);
      marker.results(node);
    }
  }

  record Convolution() implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      Value input = node.input(0).orElseThrow();
      Value weight = node.input(1).orElseThrow();
      marker.marks().activation(input);
      marker.result(node);
      marker.weight(weight, node.opType().equals("Conv") ? 0 : 1, "");
      node.input(2).ifPresent(bias -> marker.bias(bias, node, input, weight, 1f));
    }
  }

  record Gemm() implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      Value input = node.input(0).orElseThrow();
      Value weight = node.input(1).orElseThrow();
      marker.marks().activation(input);
      marker.result(node);
      marker.weight(weight, node.intAttribute("transB", 0) > 0 ? 0 : 1, "");
      node.input(2)
          .filter(marker.graph()::isInitializer)
          .ifPresent(
              bias -> marker.bias(bias, node, input, weight, node.floatAttribute("beta", 1f)));
    }
  }

  /// Either operand may be the weight.
  record MatMul() implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      for (Value operand : node.inputs()) {
        if (operand != null && marker.graph().isInitializer(operand)) {
          marker.weight(operand, 1, node.opType());
        } else {
          marker.marks().activation(operand);
        }
      }
      marker.result(node);
    }
  }

  /// Goes away when what it reads is marked and nobody else's; otherwise an element-wise operator.
  record Rectifier() implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      Value input = node.input(0).orElseThrow();
      if (!marker.marks().isMarked(input)) {
        return;
      }
      if (marker.canRemove(node, input)) {
        marker.marks().remove(node);
      } else {
        marker.marks().activation(input);
      }
      marker.result(node);
    }
  }

  /// Moves or selects data: the result has the parameters of what is read.
  ///
  /// @param opset the first the peer takes it on in
  record Passing(int opset) implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      if (marker.graph().opset() < opset) {
        return;
      }
      Value input = node.input(0).orElseThrow();
      if (marker.options().has(PeerSwitch.FORCE_QUANTIZE)) {
        marker.marks().activation(input);
        marker.resultLike(node, input);
      } else if (marker.marks().isMarked(input)) {
        marker.resultLike(node, input);
      }
    }
  }

  record MaxPool() implements PeerRule {
    private static final Passing PASSING = new Passing(12);

    @Override
    public void mark(Node node, PeerMarker marker) {
      if (!marker.options().activationType().isFloat()) {
        PASSING.mark(node, marker);
      }
    }
  }

  /// The result has the input's parameters when what is added is there already, or 0.
  record Pad() implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      Value input = node.input(0).orElseThrow();
      node.inputs().forEach(marker.marks()::activation);
      if (isLikeInput(node, marker.graph())) {
        marker.resultLike(node, input);
      } else {
        marker.result(node);
      }
    }

    private static boolean isLikeInput(Node node, PeerGraph graph) {
      return switch (node.stringAttribute("mode", "constant")) {
        case "reflect", "edge", "wrap" -> true;
        case "constant" -> isZero(node, graph);
        default -> false;
      };
    }

    private static boolean isZero(Node node, PeerGraph graph) {
      if (graph.opset() < 11) {
        return node.floatAttribute("value", 0) == 0;
      }
      Optional<Value> fill = node.input(2);
      return fill.isEmpty()
          || fill.flatMap(Pad::constant)
              .filter(tensor -> tensor.elementCount() == 1 && tensor.doubleAt(0) == 0)
              .isPresent();
    }

    private static Optional<DenseTensor> constant(Value value) {
      Optional<Tensor> tensor =
          value
              .initializer()
              .or(
                  () ->
                      value
                          .producer()
                          .filter(node -> node.is("Constant"))
                          .flatMap(node -> node.tensorAttribute("value")));
      return tensor.filter(DenseTensor.class::isInstance).map(DenseTensor.class::cast);
    }
  }

  record Split() implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      Value input = node.input(0).orElseThrow();
      if (!marker.marks().isMarked(input)) {
        marker.marks().activation(input);
      }
      marker.resultsLike(node, input);
    }
  }

  /// Ignores [PeerOptions#withoutResults].
  record Gather() implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      Value data = node.input(0).orElseThrow();
      boolean constant =
          marker.graph().isInitializer(data) && marker.graph().realType(data).isPresent();
      if (constant || marker.options().has(PeerSwitch.FORCE_QUANTIZE)) {
        marker.marks().activation(data);
        marker.marks().shared(node.output(0), data, node);
      } else if (marker.marks().isMarked(data)) {
        marker.marks().shared(node.output(0), data, node);
      }
    }
  }

  record Where() implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      Value first = node.input(1).orElseThrow();
      Value second = node.input(2).orElseThrow();
      if (marker.options().has(PeerSwitch.FORCE_QUANTIZE)) {
        marker.marks().activation(first);
        marker.marks().activation(second);
        marker.results(node);
      } else if (marker.marks().isMarked(first) && marker.marks().isMarked(second)) {
        marker.results(node);
      }
    }
  }

  record Normalization() implements PeerRule {
    @Override
    public void mark(Node node, PeerMarker marker) {
      Value input = node.input(0).orElseThrow();
      Value gain = node.input(1).orElseThrow();
      marker.marks().activation(input);
      OptionalInt axis = marker.channelAxis(gain, 1, node.opType());
      if (axis.isPresent() || marker.graph().isInitializer(gain)) {
        marker.marks().weight(gain, axis);
      } else {
        marker.marks().activation(gain);
      }
      node.input(2).ifPresent(bias -> marker.bias(bias, node, input, gain, 1f));
      marker.results(node);
    }
  }
}
