package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TorchDtype;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads scale, zero point, grid and granularity from a call that quantizes, dequantizes or both,
/// whichever library's operator it is.
final class QuantizationArguments {
  private final Call call;
  private final OnnxNodes onnx;

  private QuantizationArguments(Call call, OnnxNodes onnx) {
    this.call = call;
    this.onnx = onnx;
  }

  /// Of a call of `quantized_decomposed`.
  static Quantization decomposed(Call call, OnnxNodes onnx) {
    return new QuantizationArguments(call, onnx).decomposed();
  }

  /// Of torchao's `quantize_affine` and `dequantize_affine`.
  static Quantization affine(Call call, OnnxNodes onnx) {
    return new QuantizationArguments(call, onnx).affine();
  }

  /// Of a fake quantization, whose type no argument names.
  static Quantization fake(Call call, OnnxNodes onnx) {
    return new QuantizationArguments(call, onnx).fake();
  }

  private Quantization decomposed() {
    QuantizedGrid grid = grid(dtype("dtype"));
    if (call.op().endsWith("per_tensor")) {
      return perTensor(grid);
    }
    Granularity granularity =
        call.op().endsWith("per_channel")
            ? new Granularity.PerAxis(call.axis("axis", call.rank("input")))
            : new Granularity.PerBlock(call.rank("input") - 1, run());
    return ofTensors(grid, granularity, "input", "scales", "zero_points");
  }

  // Numbers of one group, or of a whole token.
  private long run() {
    long width = lastSize();
    return call.op().endsWith("per_token") ? width : Math.min(call.integer("group_size"), width);
  }

  private long lastSize() {
    if (call.meta("input").sizes().getLast() instanceof SymInt.Known(long size)) {
      return size;
    }
    throw new UnsupportedArgument("the size of a token depends on the sizes of the input");
  }

  private Quantization affine() {
    TorchDtype type = dtype(call.op().startsWith("de") ? "input_dtype" : "output_dtype");
    QuantizedGrid whole = new QuantizedGrid(OnnxNodes.onnx(type), 0, 0);
    long min = call.given("quant_min") ? (long) call.number("quant_min") : whole.typeMin();
    long max = call.given("quant_max") ? (long) call.number("quant_max") : whole.typeMax();
    Granularity granularity = Granularity.of(call.sizes("block_size"), call.meta("input").sizes());
    return ofTensors(whole.within(min, max), granularity, "input", "scale", "zero_point");
  }

  private Quantization fake() {
    QuantizedGrid grid =
        QuantizedGrid.holding(call.integer("quant_min"), call.integer("quant_max"));
    if (call.op().contains("fused_moving_avg")) {
      Granularity granularity =
          call.flag("per_row_fake_quant")
              ? new Granularity.PerAxis((int) call.integer("ch_axis"))
              : new Granularity.PerTensor();
      return ofTensors(grid, granularity, "self", "scale", "zero_point");
    }
    if (!call.op().contains("per_channel")) {
      return perTensor(grid);
    }
    boolean aten = call.node().op().namespace().equals("aten");
    String input = aten ? "self" : "input";
    return ofTensors(
        grid,
        new Granularity.PerAxis(call.axis("axis", call.rank(input))),
        input,
        aten ? "scale" : "scales",
        aten ? "zero_point" : "zero_points");
  }

  private Quantization perTensor(QuantizedGrid grid) {
    return call.isTensor("scale")
        ? ofTensors(grid, new Granularity.PerTensor(), "", "scale", "zero_point")
        : Quantization.ofNumbers(onnx, grid, call.number("scale"), call.integer("zero_point"));
  }

  private Quantization ofTensors(
      QuantizedGrid grid, Granularity granularity, String input, String scale, String zeroPoint) {
    @Nullable Value zeros = call.maybeTensor(zeroPoint).orElse(null);
    long[] dims =
        switch (granularity) {
          case Granularity.PerTensor _ -> new long[0];
          case Granularity.PerAxis _ -> new long[] {-1};
          case Granularity.PerBlock(int axis, long size) ->
              blockDims(call.meta(input).sizes(), axis, size);
        };
    return Quantization.ofTensors(onnx, grid, call.tensor(scale), zeros, granularity, dims);
  }

  private static long[] blockDims(List<SymInt> sizes, int axis, long size) {
    long[] dims = new long[sizes.size()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = sizes.get(i) instanceof SymInt.Known(long known) ? known : 0;
    }
    if (dims[axis] % size != 0) {
      throw new UnsupportedArgument("%d numbers in groups of %d".formatted(dims[axis], size));
    }
    dims[axis] /= size;
    return dims;
  }

  private TorchDtype dtype(String name) {
    return call.dtype(name).orElseThrow(() -> new UnsupportedArgument("no code type is given"));
  }

  private QuantizedGrid grid(TorchDtype codes) {
    QuantizedGrid whole = new QuantizedGrid(OnnxNodes.onnx(codes), 0, 0);
    return call.isTensor("quant_min")
        ? new QuantizedGrid(whole.type(), constant("quant_min"), constant("quant_max"))
        : whole.within(call.integer("quant_min"), call.integer("quant_max"));
  }

  private long constant(String name) {
    DenseTensor data =
        onnx.constantData(call.tensor(name))
            .orElseThrow(() -> new UnsupportedArgument(name + " is not constant"));
    return Quantization.integers(data)[0];
  }
}
