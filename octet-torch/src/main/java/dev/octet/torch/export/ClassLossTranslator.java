package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Losses by class → `SoftmaxCrossEntropyLoss`, `NegativeLogLikelihoodLoss`, which weigh and ignore
/// classes as PyTorch does; smoothed labels and probabilities as targets in parts.
final class ClassLossTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.cross_entropy_loss",
        "aten.nll_loss",
        "aten.nll_loss2d",
        "aten.nll_loss_nd",
        "aten.nll_loss_forward",
        "aten.nll_loss2d_forward");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if (call.isRead(1)) {
      return Translation.unsupported(
          "the weight of all targets together, which a loss returns for its gradient",
          "return the loss alone, or add the weights up: weight[target].sum()");
    }
    if (!call.op().equals("cross_entropy_loss")) {
      return Translation.of(byIndex(call, onnx, "NegativeLogLikelihoodLoss"));
    }
    if (call.meta("target").dtype().isFloat()) {
      return Translation.of(byProbability(call, onnx));
    }
    return Translation.of(
        call.number("label_smoothing") == 0
            ? byIndex(call, onnx, "SoftmaxCrossEntropyLoss")
            : smoothed(call, onnx));
  }

  // A single sample has no batch; ONNX's losses want one.
  private static Value byIndex(Call call, OnnxNodes onnx, String op) {
    boolean single = call.rank("self") == 1;
    Value scores = call.tensor("self");
    Value labels = call.tensor("target");
    if (!single) {
      return loss(call, onnx, op, scores, labels);
    }
    Value loss =
        loss(
            call,
            onnx,
            op,
            onnx.add("Unsqueeze", scores, onnx.vector(0)),
            onnx.add("Reshape", labels, onnx.vector(1)));
    return LossReduction.of(call) == LossReduction.NONE
        ? onnx.add("Squeeze", loss, onnx.vector(0))
        : loss;
  }

  private static Value loss(Call call, OnnxNodes onnx, String op, Value scores, Value labels) {
    List<@Nullable Value> inputs = new ArrayList<>(Arrays.asList(scores, labels));
    call.maybeTensor("weight").ifPresent(inputs::add);
    return onnx.add(
        NodeSpec.of(op)
            .inputs(inputs)
            .attribute("ignore_index", call.integer("ignore_index"))
            .attribute("reduction", Attribute.of(LossReduction.of(call).onnxName())));
  }

  // (1 − s) · loss of the label + s · the mean of the losses all labels would have.
  private static Value smoothed(Call call, OnnxNodes onnx) {
    DataType type = OnnxNodes.onnx(call.result().dtype());
    int axis = axis(call);
    LossReduction reduction = LossReduction.of(call);
    Value target = call.tensor("target");
    Value ignored =
        onnx.add(
            "Equal", target, onnx.scalar(onnxType(call, "target"), call.integer("ignore_index")));
    Value zero = onnx.scalar(type, 0);
    Value all = onnx.add("Neg", sum(onnx, weighted(call, onnx, logarithms(call, onnx)), axis));
    Value counted = onnx.add("Where", ignored, zero, all);
    Value spread =
        switch (reduction) {
          case NONE -> counted;
          case SUM -> LossReduction.SUM.of(onnx, counted);
          case MEAN ->
              onnx.add(
                  "Div",
                  LossReduction.SUM.of(onnx, counted),
                  LossReduction.SUM.of(onnx, shares(call, onnx, type, ignored)));
        };
    double smoothing = call.number("label_smoothing");
    Value own = byIndex(call, onnx, "SoftmaxCrossEntropyLoss");
    return onnx.add(
        "Add",
        onnx.add("Mul", own, onnx.scalar(type, 1 - smoothing)),
        onnx.add("Mul", spread, onnx.scalar(type, smoothing / classes(call))));
  }

  /// What each target counts for in a mean: the weight of its class, nothing where it is ignored.
  private static Value shares(Call call, OnnxNodes onnx, DataType type, Value ignored) {
    Optional<Value> weight = call.maybeTensor("weight");
    if (weight.isEmpty()) {
      return onnx.castTo(onnx.add("Not", ignored), type);
    }
    Value known =
        onnx.add("Where", ignored, onnx.scalar(onnxType(call, "target"), 0), call.tensor("target"));
    return onnx.add(
        "Where", ignored, onnx.scalar(type, 0), onnx.add("Gather", weight.get(), known));
  }

  private static Value byProbability(Call call, OnnxNodes onnx) {
    TorchDtype dtype = call.result().dtype();
    DataType type = OnnxNodes.onnx(dtype);
    int axis = axis(call);
    Value target = call.operand("target", dtype);
    double smoothing = call.number("label_smoothing");
    if (smoothing != 0) {
      target =
          onnx.add(
              "Add",
              onnx.add("Mul", target, onnx.scalar(type, 1 - smoothing)),
              onnx.scalar(type, smoothing / classes(call)));
    }
    Value each = weighted(call, onnx, onnx.add("Mul", logarithms(call, onnx), target));
    Value losses = onnx.add("Neg", sum(onnx, each, axis));
    return LossReduction.of(call).of(onnx, losses);
  }

  private static Value logarithms(Call call, OnnxNodes onnx) {
    return onnx.add(
        NodeSpec.of("LogSoftmax").inputs(call.tensor("self")).attribute("axis", axis(call)));
  }

  private static Value weighted(Call call, OnnxNodes onnx, Value values) {
    Optional<Value> weight = call.maybeTensor("weight");
    if (weight.isEmpty()) {
      return values;
    }
    List<Long> shape = new ArrayList<>(Collections.nCopies(call.rank("self"), 1L));
    shape.set(axis(call), -1L);
    Value laid =
        shape.size() == 1 ? weight.get() : onnx.add("Reshape", weight.get(), onnx.vector(shape));
    return onnx.add("Mul", values, laid);
  }

  private static Value sum(OnnxNodes onnx, Value values, int axis) {
    return onnx.add(
        NodeSpec.of("ReduceSum").inputs(values, onnx.vector(axis)).attribute("keepdims", 0));
  }

  private static int axis(Call call) {
    return call.rank("self") == 1 ? 0 : 1;
  }

  private static double classes(Call call) {
    return switch (call.meta("self").sizes().get(axis(call))) {
      case SymInt.Known(long count) -> count;
      case SymInt.Expression _ ->
          throw new UnsupportedArgument("smoothed labels of a varying number of classes");
    };
  }

  private static DataType onnxType(Call call, String name) {
    return OnnxNodes.onnx(call.meta(name).dtype());
  }
}
