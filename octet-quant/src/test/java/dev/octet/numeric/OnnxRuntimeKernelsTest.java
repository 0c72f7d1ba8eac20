package dev.octet.numeric;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.ModelWriter;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The same codes and values as ONNX Runtime's own `QuantizeLinear` and `DequantizeLinear`.
class OnnxRuntimeKernelsTest {

  @ParameterizedTest
  @EnumSource(names = "INT32", mode = EnumSource.Mode.EXCLUDE)
  void agreesWithTheRuntime(QuantType type) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    for (ScaleChoice grid : KernelInputs.grids(type)) {
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
        options.setIntraOpNumThreads(1);
        try (OrtSession session = environment.createSession(model(type, grid), options)) {
          for (int size : KernelInputs.SIZES) {
            compare(environment, session, type, grid, size);
          }
        }
      }
    }
  }

  private static void compare(
      OrtEnvironment environment, OrtSession session, QuantType type, ScaleChoice grid, int size)
      throws OrtException {
    float[] values = KernelInputs.values(size, grid.scale(), size);
    if (type.bits() == 4 && size % 2 == 1) {
      // The runtime converts an odd last 4-bit element to int before clipping it: huge values and
      // NaN overflow there.
      values[size - 1] = 2.5f * grid.scale();
    }
    float[] real = new float[size];
    AffineKernels.fakeQuantize(values, 0, size, type, grid, real, 0);
    String what = type + " " + grid + " size " + size;
    try (OnnxTensor input =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), new long[] {size});
        OrtSession.Result result = session.run(Map.of("x", input))) {
      assertThat(floats(result.get(0))).as(what).isEqualTo(real);
      if (type.bits() == 8) {
        byte[] codes = new byte[size];
        AffineKernels.quantize(values, 0, size, type, grid, codes, 0);
        byte[] theirs = new byte[size];
        ((OnnxTensor) result.get(1)).getByteBuffer().get(theirs);
        assertThat(theirs).as(what).isEqualTo(codes);
      } else if (type.bits() == 16) {
        short[] codes = new short[size];
        AffineKernels.quantize(values, 0, size, type, grid, codes, 0);
        short[] theirs = new short[size];
        ((OnnxTensor) result.get(1)).getShortBuffer().get(theirs);
        assertThat(theirs).as(what).isEqualTo(codes);
      }
    }
  }

  private static float[] floats(OnnxValue value) {
    FloatBuffer buffer = ((OnnxTensor) value).getFloatBuffer();
    float[] floats = new float[buffer.remaining()];
    buffer.get(floats);
    return floats;
  }

  /// `y = DequantizeLinear(q)`, `q = QuantizeLinear(x)`; 4-bit codes have no tensor type in Java,
  /// so they are not an output.
  private static byte[] model(QuantType type, ScaleChoice grid) {
    DataType codes = DataType.fromOnnx(type.onnxNumber()).orElseThrow();
    ValueType reals =
        new ValueType.OfTensor(DataType.FLOAT, Shape.of(List.of(new Dim.Symbol("n"))));
    Model model = Model.create(ModelInfo.octet(10), 21, "kernels");
    model.edit(
        editor -> {
          Value x = editor.addInput(editor.graph(), "x", reals);
          Value scale =
              editor.addInitializer(editor.graph(), "scale", DenseTensor.scalar(grid.scale()));
          Value zero = editor.addInitializer(editor.graph(), "zero", zeroPoint(codes, grid));
          Value q =
              editor.namedValue(
                  "q", new ValueType.OfTensor(codes, Shape.of(List.of(new Dim.Symbol("n")))));
          Value y = editor.namedValue("y", reals);
          editor.append(
              editor.graph(), NodeSpec.of("QuantizeLinear").inputs(x, scale, zero).outputs(q));
          editor.append(
              editor.graph(), NodeSpec.of("DequantizeLinear").inputs(q, scale, zero).outputs(y));
          editor.addOutput(editor.graph(), y);
          if (type.bits() > 4) {
            editor.addOutput(editor.graph(), q);
          }
        });
    return ModelWriter.encode(model);
  }

  private static DenseTensor zeroPoint(DataType type, ScaleChoice grid) {
    int code = grid.zeroPoint();
    byte[] bytes =
        switch (type.bits()) {
          case 4 -> new byte[] {(byte) (code & 0xF)};
          case 8 -> new byte[] {(byte) code};
          default -> new byte[] {(byte) code, (byte) (code >> 8)};
        };
    return DenseTensor.ofBytes(type, bytes);
  }
}
