package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.AtenArgument;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Arithmetic on complex numbers, which ONNX has none of: a complex tensor is a real one with a
/// last axis of two, the real and the imaginary part.
final class ComplexTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.view_as_real",
        "aten.view_as_complex",
        "aten.real",
        "aten.imag",
        "aten.abs",
        "aten.angle",
        "aten.complex",
        "aten.polar",
        "aten.add",
        "aten.sub",
        "aten.mul",
        "aten.neg",
        "aten._conj",
        "aten.conj",
        "aten._conj_physical",
        "aten.conj_physical",
        "aten.resolve_conj",
        "aten.resolve_neg",
        "aten.clone",
        "aten.alias",
        "aten.detach",
        "aten.lift_fresh_copy",
        "aten.contiguous",
        "aten.fft_fftshift",
        "aten.fft_ifftshift",
        "aten.unsqueeze",
        "aten.view",
        "aten.reshape",
        "aten.slice",
        "aten.select",
        "aten.transpose",
        "aten.permute");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "real" -> Translation.of(part(onnx, call.tensor("self"), 0));
      case "imag" -> Translation.of(part(onnx, call.tensor("self"), 1));
      case "abs" ->
          Translation.of(
              onnx.add(
                  NodeSpec.of("ReduceL2")
                      .inputs(call.tensor("self"), onnx.vector(-1))
                      .attribute("keepdims", 0)));
      case "angle" -> {
        Value z = call.tensor("self");
        yield Translation.of(
            ArithmeticTranslator.angle(
                onnx, part(onnx, z, 1), part(onnx, z, 0), call.result().dtype()));
      }
      case "complex" -> Translation.of(joined(onnx, call.tensor("real"), call.tensor("imag")));
      case "polar" -> {
        Value angle = call.tensor("angle");
        Value length = call.tensor("abs");
        yield Translation.of(
            joined(
                onnx,
                onnx.add("Mul", length, onnx.add("Cos", angle)),
                onnx.add("Mul", length, onnx.add("Sin", angle))));
      }
      case "add", "sub" -> {
        if (call.number("alpha") != 1) {
          yield Translation.unsupported("alpha with complex numbers");
        }
        yield Translation.of(
            onnx.add(
                call.op().equals("add") ? "Add" : "Sub",
                pairs(call, onnx, "self"),
                pairs(call, onnx, "other")));
      }
      case "mul" -> Translation.of(product(call, onnx));
      case "neg" -> Translation.of(onnx.add("Neg", call.tensor("self")));
      case "_conj", "conj", "_conj_physical", "conj_physical" ->
          Translation.of(conjugate(onnx, call.tensor("self")));
      case "fft_fftshift", "fft_ifftshift" -> {
        // Counted from the front, so that the pairs' own axis stays where it is.
        Value pairs = call.tensor("self");
        yield Translation.of(SlicingTranslator.centred(call, onnx, pairs, call.rank("self")));
      }
      case "unsqueeze", "view", "reshape", "slice", "select", "transpose", "permute" ->
          Translation.of(rearranged(call, onnx));
      default -> Translation.of(call.tensor("self"));
    };
  }

  /// The real (0) or imaginary (1) parts.
  static Value part(OnnxNodes onnx, Value pairs, int index) {
    return onnx.add(
        NodeSpec.of("Gather")
            .inputs(pairs, onnx.scalar(DataType.INT64, index))
            .attribute("axis", -1));
  }

  /// Real and imaginary parts together.
  static Value joined(OnnxNodes onnx, Value real, Value imaginary) {
    Value last = onnx.vector(-1);
    return onnx.add(
        NodeSpec.of("Concat")
            .inputs(onnx.add("Unsqueeze", real, last), onnx.add("Unsqueeze", imaginary, last))
            .attribute("axis", -1));
  }

  private static Value product(Call call, OnnxNodes onnx) {
    if (!isComplex(call, "other") || !isComplex(call, "self")) {
      String real = isComplex(call, "self") ? "other" : "self";
      String complex = real.equals("self") ? "other" : "self";
      Value factor = call.operand(real, call.result().dtype().part());
      Value raised =
          call.isTensor(real) && call.rank(real) > 0
              ? onnx.add("Unsqueeze", factor, onnx.vector(-1))
              : factor;
      return onnx.add("Mul", pairs(call, onnx, complex), raised);
    }
    return product(onnx, pairs(call, onnx, "self"), pairs(call, onnx, "other"));
  }

  /// Products of complex numbers.
  static Value product(OnnxNodes onnx, Value a, Value b) {
    Value realA = part(onnx, a, 0);
    Value imaginaryA = part(onnx, a, 1);
    Value realB = part(onnx, b, 0);
    Value imaginaryB = part(onnx, b, 1);
    return joined(
        onnx,
        onnx.add("Sub", onnx.add("Mul", realA, realB), onnx.add("Mul", imaginaryA, imaginaryB)),
        onnx.add("Add", onnx.add("Mul", realA, imaginaryB), onnx.add("Mul", imaginaryA, realB)));
  }

  /// The conjugates of complex numbers.
  static Value conjugate(OnnxNodes onnx, Value z) {
    return joined(onnx, part(onnx, z, 0), onnx.add("Neg", part(onnx, z, 1)));
  }

  /// An operand as complex numbers.
  static Value pairs(Call call, OnnxNodes onnx, String name) {
    if (isTensor(call, name)) {
      return call.tensor(name);
    }
    if (call.argument(name) instanceof AtenArgument.Complex(double real, double imaginary)) {
      DataType type = OnnxNodes.onnx(call.result().dtype().part());
      return onnx.numbers("const", type, new double[] {real, imaginary}, 2);
    }
    Value real = call.operand(name, call.result().dtype().part());
    return joined(onnx, real, onnx.add("Sub", real, real));
  }

  /// Whether an operand is a tensor of complex numbers.
  static boolean isTensor(Call call, String name) {
    return call.isTensor(name) && call.meta(name).dtype().isComplex();
  }

  private static boolean isComplex(Call call, String name) {
    return isTensor(call, name) || call.argument(name) instanceof AtenArgument.Complex;
  }

  // Axes are counted from the front, so that the pairs' own axis stays where it is.
  private static Value rearranged(Call call, OnnxNodes onnx) {
    Value pairs = call.tensor("self");
    int rank = call.rank("self");
    return switch (call.op()) {
      case "unsqueeze" -> onnx.add("Unsqueeze", pairs, onnx.vector(call.axis("dim", rank + 1)));
      case "slice" -> {
        Size start = call.given("start") ? call.size("start") : Size.of(0);
        Size end = call.given("end") ? call.size("end") : Size.of(Long.MAX_VALUE);
        yield SlicingTranslator.slice(
            onnx, pairs, call.axis("dim", rank), start, end, call.integer("step"));
      }
      case "select" ->
          onnx.add(
              NodeSpec.of("Gather")
                  .inputs(pairs, onnx.scalar(call.size("index")))
                  .attribute("axis", call.axis("dim", rank)));
      case "view", "reshape" -> {
        List<Size> sizes = new ArrayList<>(call.sizes(call.op().equals("view") ? "size" : "shape"));
        sizes.add(Size.of(2));
        yield onnx.add("Reshape", pairs, onnx.sizes(sizes));
      }
      default -> AxisOrderTranslator.transpose(onnx, pairs, order(call, rank));
    };
  }

  private static List<Long> order(Call call, int rank) {
    List<Long> order = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
    if (call.op().equals("permute")) {
      order = new ArrayList<>(call.axes("dims", rank));
    } else {
      Collections.swap(order, call.axis("dim0", rank), call.axis("dim1", rank));
    }
    order.add((long) rank);
    return order;
  }
}
