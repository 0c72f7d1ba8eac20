package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Scale and zero point from a tensor's own extremes, at run time (dynamic quantization).
///
/// The range is widened to hold zero; `scale = (max − min) / (qmax − qmin)`, at least `eps`;
/// `zero_point = clamp(qmin − round(min / scale))`. Symmetric: `scale = max|x| / ((qmax − qmin) /
/// 2)` and a fixed middle. Per token `quantized_decomposed` rounds the zero point from the end of
/// the range where that costs less, and torchao's `SYMMETRIC_NO_CLIPPING_ERR` takes the larger of
/// the scales the two ends ask for.
final class QuantizationChoiceTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "quantized_decomposed.choose_qparams",
        "quantized_decomposed.choose_qparams_symmetric",
        "quantized_decomposed.choose_qparams_per_token",
        "quantized_decomposed.choose_qparams_per_token_asymmetric",
        "quantized_decomposed._choose_qparams_per_token_asymmetric_impl",
        "torchao.choose_qparams_affine");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return Translation.of(
        switch (call.op()) {
          case "choose_qparams" -> {
            Choice choice = choice(call, onnx, call.number("eps"));
            yield choice.vectors(choice.asymmetric(choice.range(call, allAxes(), false)));
          }
          case "choose_qparams_symmetric" -> {
            Choice choice = choice(call, onnx, call.number("eps"));
            boolean unsigned = call.dtype("dtype").orElseThrow() == TorchDtype.UINT8;
            Range range = choice.range(call, allAxes(), false);
            yield choice.vectors(choice.symmetric(range, unsigned ? 128 : 0));
          }
          case "choose_qparams_per_token" -> {
            Choice choice = new Choice(onnx, -127, 127, 1e-5 / 127);
            Chosen chosen = choice.symmetric(choice.range(call, List.of(-1L), true), 0);
            yield choice.recorded(call, chosen);
          }
          case "choose_qparams_affine" -> affine(call, onnx);
          default -> {
            Choice choice = new Choice(onnx, -128, 127, Math.ulp(1f));
            yield choice.recorded(call, choice.nearest(choice.range(call, List.of(-1L), true)));
          }
        });
  }

  private static Choice choice(Call call, OnnxNodes onnx, double eps) {
    return new Choice(onnx, call.integer("quant_min"), call.integer("quant_max"), eps);
  }

  private static List<Long> allAxes() {
    return List.of();
  }

  private static List<Value> affine(Call call, OnnxNodes onnx) {
    QuantizedGrid type =
        new QuantizedGrid(OnnxNodes.onnx(call.dtype("target_dtype").orElseThrow()), 0, 0);
    long low = call.given("quant_min") ? (long) call.number("quant_min") : type.typeMin();
    long high = call.given("quant_max") ? (long) call.number("quant_max") : type.typeMax();
    double eps = call.given("eps") ? call.number("eps") : Float.MIN_NORMAL;
    Choice choice = new Choice(onnx, low, high, eps);
    Range range = choice.range(call);
    Chosen chosen =
        switch (call.text("mapping_type")) {
          case "SYMMETRIC" -> choice.symmetric(range, (high + low + 1) / 2);
          case "SYMMETRIC_NO_CLIPPING_ERR" -> choice.withoutClipping(range, (high + low + 1) / 2);
          case "ASYMMETRIC" -> choice.asymmetric(range);
          case String other -> throw new UnsupportedArgument("the mapping " + other);
        };
    return choice.recorded(call, chosen);
  }

  /// Extremes with zero between them, FLOAT.
  ///
  /// @param whole whether they are scalars
  private record Range(Value low, Value high, boolean whole) {}

  /// FLOAT scales and whole zero points of any type.
  private record Chosen(Value scale, Value zeroPoint) {}

  private record Choice(OnnxNodes onnx, long qmin, long qmax, double eps) {
    /// @param axes axes to look along; empty for all
    Range range(Call call, List<Long> axes, boolean keepDims) {
      return range(floats(call), axes, keepDims);
    }

    /// The range of each block of torchao's.
    Range range(Call call) {
      List<SymInt> sizes = call.meta("input").sizes();
      boolean keep = call.flag("keepdim");
      return switch (Granularity.of(call.sizes("block_size"), sizes)) {
        case Granularity.PerTensor _ -> range(floats(call), allAxes(), keep);
        case Granularity.PerAxis(int axis) -> {
          List<Long> others = new ArrayList<>();
          for (long i = 0; i < sizes.size(); i++) {
            if (i != axis) {
              others.add(i);
            }
          }
          yield range(floats(call), others, keep);
        }
        case Granularity.PerBlock(int axis, long size)
            when sizes.get(axis).equals(SymInt.of(size)) ->
            range(floats(call), List.of((long) axis), keep);
        case Granularity.PerBlock(int axis, long size) -> {
          // Zeros keep the sizes before the last.
          long[] split = new long[axis + 2];
          split[axis] = -1;
          split[axis + 1] = size;
          Value blocks = onnx.add("Reshape", floats(call), onnx.vector(split));
          yield range(blocks, List.of(axis + 1L), false);
        }
      };
    }

    Chosen asymmetric(Range range) {
      Value span = onnx.add("Sub", range.high(), range.low());
      Value scale = atLeastEps(onnx.add("Div", span, number(qmax - qmin)));
      Value fromLow = onnx.add("Round", onnx.add("Div", range.low(), scale));
      return new Chosen(scale, limited(onnx.add("Sub", number(qmin), fromLow)));
    }

    Chosen symmetric(Range range, long middle) {
      Value reach = onnx.add("Max", onnx.add("Neg", range.low()), range.high());
      Value scale = atLeastEps(onnx.add("Div", reach, number((qmax - qmin) / 2.0)));
      return new Chosen(scale, filled(range, scale, middle));
    }

    Chosen withoutClipping(Range range, long middle) {
      Value scale =
          atLeastEps(
              onnx.add(
                  "Max",
                  onnx.add("Div", range.low(), number(qmin)),
                  onnx.add("Div", range.high(), number(qmax))));
      return new Chosen(scale, filled(range, scale, middle));
    }

    Chosen nearest(Range range) {
      Value span = onnx.add("Sub", range.high(), range.low());
      Value scale = atLeastEps(onnx.add("Div", span, number(qmax - qmin)));
      Value low = onnx.add("Div", range.low(), scale);
      Value high = onnx.add("Div", range.high(), scale);
      Value error =
          onnx.add("Add", onnx.add("Add", low, number(qmin)), onnx.add("Add", high, number(qmax)));
      Value place =
          onnx.add(
              "Where",
              onnx.add("Greater", error, number(0)),
              onnx.add("Sub", number(qmin), low),
              onnx.add("Sub", number(qmax), high));
      return new Chosen(scale, onnx.add("Round", limited(place)));
    }

    /// Per tensor: a FLOAT64 and an INT64 of one element.
    List<Value> vectors(Chosen chosen) {
      Value one = onnx.vector(1);
      return List.of(
          onnx.add("Reshape", onnx.castTo(chosen.scale(), DataType.DOUBLE), one),
          onnx.add("Reshape", onnx.castTo(chosen.zeroPoint(), DataType.INT64), one));
    }

    /// In the types the program recorded.
    List<Value> recorded(Call call, Chosen chosen) {
      List<TensorMeta> metas = call.results();
      return List.of(
          onnx.cast(chosen.scale(), TorchDtype.FLOAT32, metas.get(0).dtype()),
          onnx.cast(chosen.zeroPoint(), TorchDtype.FLOAT32, metas.get(1).dtype()));
    }

    private Value floats(Call call) {
      return onnx.cast(call.tensor("input"), call.meta("input").dtype(), TorchDtype.FLOAT32);
    }

    private Range range(Value numbers, List<Long> axes, boolean keepDims) {
      return new Range(
          onnx.add("Min", extreme("ReduceMin", numbers, axes, keepDims), number(0)),
          onnx.add("Max", extreme("ReduceMax", numbers, axes, keepDims), number(0)),
          axes.isEmpty() && !keepDims);
    }

    private Value extreme(String op, Value numbers, List<Long> axes, boolean keepDims) {
      NodeSpec spec =
          axes.isEmpty()
              ? NodeSpec.of(op).inputs(numbers)
              : NodeSpec.of(op).inputs(numbers, onnx.vector(axes));
      return onnx.add(keepDims ? spec : spec.attribute("keepdims", 0));
    }

    private Value atLeastEps(Value scale) {
      return onnx.add("Max", scale, number(eps));
    }

    private Value limited(Value zeroPoint) {
      return onnx.add("Clip", zeroPoint, number(qmin), number(qmax));
    }

    /// One FLOAT for every scale.
    private Value filled(Range range, Value scale, long zeroPoint) {
      return range.whole()
          ? number(zeroPoint)
          : onnx.add("Expand", number(zeroPoint), onnx.shapeOf(scale));
    }

    private Value number(long value) {
      return number((double) value);
    }

    private Value number(double value) {
      return onnx.scalar(DataType.FLOAT, value);
    }
  }
}
