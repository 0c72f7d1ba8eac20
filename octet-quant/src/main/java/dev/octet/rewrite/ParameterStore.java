package dev.octet.rewrite;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Value;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.Nibbles;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.RealType;
import java.lang.foreign.ValueLayout;
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
  private final Map<Content, Value> byContent = new HashMap<>();
  private final Map<String, Stored> byKey = new HashMap<>();

  /// @param zeroPoint empty where ONNX's default serves
  /// @param granularity what one entry covers
  record Stored(Value scale, Optional<Value> zeroPoint, Granularity granularity) {
    /// The inputs of a node that quantizes or dequantizes `data` with these.
    List<Value> inputs(Value data) {
      return zeroPoint.isPresent() ? List.of(data, scale, zeroPoint.get()) : List.of(data, scale);
    }
  }

  private record Content(Graph graph, DataType type, List<Long> dims, ByteBuffer bytes) {}

  /// What the two initializers are to be named.
  record Wish(String scale, String zeroPoint) {}

  ParameterStore(GraphEditor editor, RenderedNames names) {
    this.editor = editor;
    this.names = names;
  }

  /// What was stored for a tensor plan before.
  Optional<Stored> of(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  /// Scalars for one scale, vectors for one a channel, the data's own rank for one a block. The
  /// zero point is always written: ONNX would assume 0 of the right type, but ONNX Runtime fuses no
  /// `Gemm` whose weight lacks it.
  ///
  /// @param graph where they are read
  /// @param dims of the data
  Stored put(String key, Wish wish, Graph graph, QuantParams params, List<Long> dims) {
    long[] shape = shape(params, dims);
    Stored stored =
        new Stored(
            value(graph, wish.scale, reals(params.scales(), params.real(), shape)),
            Optional.of(value(graph, wish.zeroPoint, codes(params, shape))),
            params.granularity());
    byKey.put(key, stored);
    return stored;
  }

  /// Scales of a bias; its zero point is 0 by definition. The peer writes a single one as a vector.
  ///
  /// @param axis the axis of its channels
  Stored putBias(String stem, Graph graph, float[] scales, RealType real, int axis) {
    boolean scalar = scales.length == 1 && !names.writesDefaultZeroPoints();
    long[] shape = scalar ? new long[0] : new long[] {scales.length};
    Granularity granularity =
        scales.length == 1 ? Granularity.perTensor() : Granularity.perChannel(axis);
    Value scale = value(graph, names.biasScale(stem), reals(scales, real, shape));
    if (!names.writesDefaultZeroPoints()) {
      return new Stored(scale, Optional.empty(), granularity);
    }
    DenseTensor zeros =
        scales.length == 1
            ? DenseTensor.ofInts(new int[1])
            : DenseTensor.ofInts(new int[scales.length], scales.length);
    return new Stored(
        scale, Optional.of(value(graph, names.biasZeroPoint(stem), zeros)), granularity);
  }

  static DataType dataType(QuantType type) {
    return DataType.fromOnnx(type.onnxNumber()).orElseThrow();
  }

  private static long[] shape(QuantParams params, List<Long> dims) {
    return switch (params.granularity()) {
      case Granularity.PerTensor() -> new long[0];
      case Granularity.PerChannel channel -> new long[] {params.count()};
      case Granularity.PerBlock(int axis, int size) -> {
        long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
        shape[axis] = Math.ceilDiv(shape[axis], size);
        yield shape;
      }
    };
  }

  static DenseTensor reals(float[] values, RealType real, long[] shape) {
    return switch (real) {
      case FLOAT -> DenseTensor.ofFloats(values, shape);
      case FLOAT16 -> {
        ByteBuffer raw =
            ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
          raw.putShort(Float.floatToFloat16(value));
        }
        yield DenseTensor.ofBytes(DataType.FLOAT16, raw.array(), shape);
      }
    };
  }

  private static DenseTensor codes(QuantParams params, long[] shape) {
    int bits = params.type().bits();
    ByteBuffer raw =
        ByteBuffer.allocate(params.count() * Math.max(1, bits / Byte.SIZE))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < params.count(); i++) {
      if (bits <= Byte.SIZE) {
        raw.put((byte) params.zeroPoint(i));
      } else {
        raw.putShort((short) params.zeroPoint(i));
      }
    }
    byte[] bytes = bits < Byte.SIZE ? Nibbles.pack(raw.array()) : raw.array();
    return DenseTensor.ofBytes(dataType(params.type()), bytes, shape);
  }

  private Value value(Graph graph, String name, DenseTensor tensor) {
    if (!names.sharesParameters()) {
      return editor.addInitializer(graph, name, tensor);
    }
    ByteBuffer bytes = ByteBuffer.wrap(tensor.data().toArray(ValueLayout.JAVA_BYTE));
    return byContent.computeIfAbsent(
        new Content(graph, tensor.dataType(), tensor.dims(), bytes),
        content -> editor.addInitializer(graph, name, tensor));
  }
}
