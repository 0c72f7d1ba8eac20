package dev.octet.rewrite;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Value;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The scale and zero point initializers of a rendering, each stored once where that is wished.
final class ParameterStore {
  private final GraphEditor editor;
  private final RenderedNames names;
  private final Map<DenseTensor, Value> byContent = new HashMap<>();
  private final Map<String, Stored> byStem = new HashMap<>();

  /// @param zeroPoint empty where ONNX's default serves
  record Stored(Value scale, Optional<Value> zeroPoint) {
    /// The inputs of a node that quantizes or dequantizes `data` with these.
    List<Value> inputs(Value data) {
      return zeroPoint.isPresent() ? List.of(data, scale, zeroPoint.get()) : List.of(data, scale);
    }
  }

  ParameterStore(GraphEditor editor, RenderedNames names) {
    this.editor = editor;
    this.names = names;
  }

  /// What was stored under a stem before.
  Optional<Stored> of(String stem) {
    return Optional.ofNullable(byStem.get(stem));
  }

  /// Scalars for one scale, vectors for one a channel. The zero point is always written: ONNX would
  /// assume 0 of the right type, but ONNX Runtime fuses no `Gemm` whose weight lacks it.
  Stored put(String stem, QuantParams params) {
    long[] shape = params.count() == 1 ? new long[0] : new long[] {params.count()};
    Stored stored =
        new Stored(
            value(names.scale(stem), DenseTensor.ofFloats(params.scales(), shape)),
            Optional.of(value(names.zeroPoint(stem), codes(params, shape))));
    byStem.put(stem, stored);
    return stored;
  }

  /// Scales of a bias; its zero point is 0 by definition. The peer writes a single one as a vector.
  Stored putBias(String stem, float[] scales) {
    boolean scalar = scales.length == 1 && !names.writesDefaultZeroPoints();
    Value scale =
        value(
            names.biasScale(stem),
            scalar ? DenseTensor.scalar(scales[0]) : DenseTensor.ofFloats(scales, scales.length));
    if (!names.writesDefaultZeroPoints()) {
      return new Stored(scale, Optional.empty());
    }
    DenseTensor zeros =
        scales.length == 1
            ? DenseTensor.ofInts(new int[1])
            : DenseTensor.ofInts(new int[scales.length], scales.length);
    return new Stored(scale, Optional.of(value(names.biasZeroPoint(stem), zeros)));
  }

  static DataType dataType(QuantType type) {
    return DataType.fromOnnx(type.onnxNumber()).orElseThrow();
  }

  private static DenseTensor codes(QuantParams params, long[] shape) {
    int bytes = params.type().bits() / Byte.SIZE;
    if (bytes == 0) {
      throw new IllegalStateException("zero points of " + params.type() + " are not packed yet");
    }
    ByteBuffer raw = ByteBuffer.allocate(params.count() * bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < params.count(); i++) {
      if (bytes == 1) {
        raw.put((byte) params.zeroPoint(i));
      } else {
        raw.putShort((short) params.zeroPoint(i));
      }
    }
    return DenseTensor.ofBytes(dataType(params.type()), raw.array(), shape);
  }

  private Value value(String name, DenseTensor tensor) {
    return names.sharesParameters()
        ? byContent.computeIfAbsent(
            tensor, content -> editor.addInitializer(editor.graph(), name, content))
        : editor.addInitializer(editor.graph(), name, tensor);
  }
}
