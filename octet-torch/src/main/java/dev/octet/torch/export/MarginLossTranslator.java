package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.Set;

/// Losses that ask for a distance between what belongs together and what does not.
final class MarginLossTranslator implements AtenTranslator {
  /// Keeps the angle between vectors of zeros defined.
  private static final double ANGLE_EPSILON = 1e-12;

  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.soft_margin_loss",
        "aten.hinge_embedding_loss",
        "aten.margin_ranking_loss",
        "aten.cosine_embedding_loss",
        "aten.triplet_margin_loss",
        "aten.multi_margin_loss",
        "aten.multilabel_margin_loss");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    TorchDtype type = call.result().dtype();
    Value losses =
        switch (call.op()) {
          case "soft_margin_loss" -> soft(call, onnx, type);
          case "hinge_embedding_loss" -> {
            Value x = call.operand("self", type);
            yield bySign(call, onnx, type, x, beyond(call, onnx, type, onnx.add("Neg", x)));
          }
          case "margin_ranking_loss" -> {
            Value apart =
                onnx.add("Sub", call.operand("input2", type), call.operand("input1", type));
            Value wrong = onnx.add("Mul", call.operand("target", type), apart);
            yield beyond(call, onnx, type, wrong);
          }
          case "cosine_embedding_loss" -> angle(call, onnx, type);
          case "triplet_margin_loss" -> triplet(call, onnx, type);
          case "multilabel_margin_loss" -> bySeveralClasses(call, onnx, type);
          default -> byClass(call, onnx, type);
        };
    return Translation.of(LossReduction.of(call).of(onnx, losses));
  }

  /// `max(0, x + margin)`.
  private static Value beyond(Call call, OnnxNodes onnx, TorchDtype type, Value x) {
    double margin = call.number("margin");
    return onnx.add(
        "Relu", margin == 0 ? x : onnx.add("Add", x, onnx.scalar(OnnxNodes.onnx(type), margin)));
  }

  private static Value soft(Call call, OnnxNodes onnx, TorchDtype type) {
    Value agreement = onnx.add("Mul", call.operand("self", type), call.operand("target", type));
    Value far = onnx.add("Exp", onnx.add("Neg", agreement));
    return onnx.add("Log", onnx.add("Add", far, onnx.scalar(OnnxNodes.onnx(type), 1)));
  }

  /// One loss where the target is 1, another where it is −1, their sum where it is neither.
  private static Value bySign(
      Call call, OnnxNodes onnx, TorchDtype dtype, Value alike, Value unlike) {
    DataType type = OnnxNodes.onnx(dtype);
    Value target = call.operand("target", dtype);
    Value zero = onnx.scalar(type, 0);
    Value first = onnx.add("Where", onnx.add("Equal", target, onnx.scalar(type, 1)), zero, unlike);
    Value second = onnx.add("Where", onnx.add("Equal", target, onnx.scalar(type, -1)), zero, alike);
    return onnx.add("Add", first, second);
  }

  private static Value angle(Call call, OnnxNodes onnx, TorchDtype dtype) {
    DataType type = OnnxNodes.onnx(dtype);
    Value one = call.operand("input1", dtype);
    Value other = call.operand("input2", dtype);
    Value epsilon = onnx.scalar(type, ANGLE_EPSILON);
    Value sizes =
        onnx.add(
            "Mul",
            onnx.add("Add", lastSum(onnx, onnx.add("Mul", one, one)), epsilon),
            onnx.add("Add", lastSum(onnx, onnx.add("Mul", other, other)), epsilon));
    Value cosine =
        onnx.add("Div", lastSum(onnx, onnx.add("Mul", one, other)), onnx.add("Sqrt", sizes));
    Value target = call.operand("target", dtype);
    Value zero = onnx.scalar(type, 0);
    Value unit = onnx.scalar(type, 1);
    Value alike = onnx.add("Sub", unit, cosine);
    Value unlike =
        onnx.add("Relu", onnx.add("Sub", cosine, onnx.scalar(type, call.number("margin"))));
    // A target that is neither 1 nor −1 has no loss here.
    return onnx.add(
        "Where",
        onnx.add("Equal", target, unit),
        alike,
        onnx.add("Where", onnx.add("Equal", target, onnx.scalar(type, -1)), unlike, zero));
  }

  private static Value triplet(Call call, OnnxNodes onnx, TorchDtype type) {
    Value near = distance(call, onnx, type, "anchor", "positive");
    Value far = distance(call, onnx, type, "anchor", "negative");
    if (call.flag("swap")) {
      far = onnx.add("Min", far, distance(call, onnx, type, "positive", "negative"));
    }
    return beyond(call, onnx, type, onnx.add("Sub", near, far));
  }

  private static Value distance(
      Call call, OnnxNodes onnx, TorchDtype dtype, String from, String to) {
    DataType type = OnnxNodes.onnx(dtype);
    Value apart = onnx.add("Sub", call.operand(from, dtype), call.operand(to, dtype));
    Value moved = onnx.add("Add", apart, onnx.scalar(type, call.number("eps")));
    return Norms.over(onnx, moved, type, call.number("p"), onnx.vector(-1), false);
  }

  // Every class but the target's own, against the target's.
  private static Value byClass(Call call, OnnxNodes onnx, TorchDtype dtype) {
    DataType type = OnnxNodes.onnx(dtype);
    int axis = call.rank("self") - 1;
    if (!(call.meta("self").sizes().get(axis) instanceof SymInt.Known(long classes))) {
      throw new UnsupportedArgument("multi_margin_loss over a varying number of classes");
    }
    Value x = call.tensor("self");
    Value label =
        onnx.add(
            "Reshape",
            call.operand("target", TorchDtype.INT64),
            onnx.vector(axis == 0 ? new long[] {1} : new long[] {-1, 1}));
    Value own = onnx.add(NodeSpec.of("GatherElements").inputs(x, label).attribute("axis", -1));
    Value wrong = beyond(call, onnx, dtype, onnx.add("Sub", x, own));
    Value powered = call.number("p") == 2 ? onnx.add("Mul", wrong, wrong) : wrong;
    if (call.given("weight")) {
      powered = onnx.add("Mul", powered, onnx.add("Gather", call.operand("weight", dtype), label));
    }
    Value isOwn = onnx.add("Equal", label, Elimination.places(onnx, Size.of(classes)));
    Value others = onnx.add("Where", isOwn, onnx.scalar(type, 0), powered);
    return onnx.add("Div", lastSum(onnx, others), onnx.scalar(type, classes));
  }

  // Every class named before the first −1, against every class that is not.
  private static Value bySeveralClasses(Call call, OnnxNodes onnx, TorchDtype dtype) {
    DataType type = OnnxNodes.onnx(dtype);
    int axis = call.rank("self") - 1;
    if (!(call.meta("self").sizes().get(axis) instanceof SymInt.Known(long classes))) {
      throw new UnsupportedArgument("multilabel_margin_loss over a varying number of classes");
    }
    Value x = call.tensor("self");
    Value labels = call.operand("target", TorchDtype.INT64);
    Value zero = onnx.scalar(DataType.INT64, 0);
    Value ends = onnx.castTo(onnx.add("Less", labels, zero), DataType.INT64);
    Value past = onnx.add("CumSum", ends, onnx.scalar(DataType.INT64, axis));
    Value named = onnx.add("Equal", past, zero);
    Value known = onnx.add("Where", named, labels, zero);
    Value own = onnx.add(NodeSpec.of("GatherElements").inputs(x, known).attribute("axis", -1));
    Value column = onnx.vector(-1);
    Value meets =
        onnx.add(
            "And",
            onnx.add("Unsqueeze", named, column),
            onnx.add(
                "Equal",
                onnx.add("Unsqueeze", known, column),
                Elimination.places(onnx, Size.of(classes))));
    Value count =
        onnx.add(
            NodeSpec.of("ReduceSum")
                .inputs(onnx.castTo(meets, DataType.INT64), onnx.vector(-2))
                .attribute("keepdims", 1));
    Value counted =
        onnx.add("And", onnx.add("Unsqueeze", named, column), onnx.add("Equal", count, zero));
    Value apart =
        onnx.add(
            "Sub", onnx.add("Unsqueeze", x, onnx.vector(-2)), onnx.add("Unsqueeze", own, column));
    Value wrong = onnx.add("Relu", onnx.add("Add", apart, onnx.scalar(type, 1)));
    Value all = onnx.add("Where", counted, wrong, onnx.scalar(type, 0));
    Value sum =
        onnx.add(
            NodeSpec.of("ReduceSum").inputs(all, onnx.vector(-2, -1)).attribute("keepdims", 0));
    return onnx.add("Div", sum, onnx.scalar(type, classes));
  }

  private static Value lastSum(OnnxNodes onnx, Value values) {
    return onnx.add(
        NodeSpec.of("ReduceSum").inputs(values, onnx.vector(-1)).attribute("keepdims", 0));
  }
}
