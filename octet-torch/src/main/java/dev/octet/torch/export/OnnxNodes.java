package dev.octet.torch.export;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchTensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Adds nodes and constants to the ONNX graph under construction. Nodes are named after the module
/// they come from; equal constants are one initializer.
final class OnnxNodes {
  private static final long SHARED_BYTES = 4096;

  private final GraphEditor editor;
  private final Graph graph;
  private final int opset;
  private final Map<Constant, Value> constants = new HashMap<>();
  private final Map<Stored, Value> stored = new HashMap<>();
  private final Map<Value, String> derived = new LinkedHashMap<>();
  private String path = "";

  private record Constant(DataType type, List<Long> dims, ByteBuffer bytes) {}

  private record Stored(TorchTensor tensor) {
    Stored {
      tensor = tensor.withRequiresGrad(false);
    }
  }

  OnnxNodes(GraphEditor editor, int opset) {
    this(editor, editor.graph(), opset);
  }

  private OnnxNodes(GraphEditor editor, Graph graph, int opset) {
    this.editor = editor;
    this.graph = graph;
    this.opset = opset;
  }

  /// Writes to a new subgraph, for a node that [#add] is to give it to.
  OnnxNodes inside(String name) {
    OnnxNodes inner = new OnnxNodes(editor, editor.newSubgraph(name), opset);
    inner.path = path;
    return inner;
  }

  /// The graph written to.
  Graph graph() {
    return graph;
  }

  /// A new input of the graph.
  Value input(String name, @Nullable ValueType type) {
    return editor.addInput(graph, path.isEmpty() ? name : path + "/" + name, type);
  }

  /// Makes a value an output of the graph, through an `Identity` when the graph does not compute it
  /// or has it as an output already.
  void output(Value value, @Nullable ValueType type) {
    boolean own =
        value.producer().filter(graph.nodes()::contains).isPresent() && !value.isGraphOutput();
    Value result = own ? value : add("Identity", value);
    editor.setType(result, type);
    editor.addOutput(graph, result);
  }

  /// Operator set being written.
  int opset() {
    return opset;
  }

  /// From now on nodes belong to the module that made this call.
  void at(AtenNode node) {
    path = node.modulePath().replace('.', '/');
  }

  /// From now on nodes belong to no module.
  void atRoot() {
    path = "";
  }

  /// Adds a node with one result.
  Value add(NodeSpec spec) {
    return add(spec, 1).getFirst();
  }

  /// Adds a node with several results.
  List<Value> add(NodeSpec spec, int results) {
    String name = path.isEmpty() ? spec.opType() : path + "/" + spec.opType();
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < results; i++) {
      values.add(editor.newValue(results == 1 ? name : name + "." + i, null));
    }
    NodeSpec form = opset < 18 ? OlderForms.before18(spec) : spec;
    editor.append(graph, form.named(name).outputs(values));
    return values;
  }

  /// Adds a node without attributes.
  Value add(String opType, @Nullable Value... inputs) {
    return add(NodeSpec.of(opType).inputs(inputs));
  }

  /// A constant that has no name of its own in the program.
  Value constant(String hint, DenseTensor tensor) {
    if (tensor.byteSize() > SHARED_BYTES) {
      return editor.addInitializer(graph, scoped(hint), tensor);
    }
    Constant key =
        new Constant(
            tensor.dataType(),
            tensor.dims(),
            ByteBuffer.wrap(tensor.data().toArray(ValueLayout.JAVA_BYTE)));
    return constants.computeIfAbsent(key, k -> editor.addInitializer(graph, scoped(hint), tensor));
  }

  /// A parameter, buffer or lifted constant under its own name. Tensors that are the same window of
  /// the same storage are one initializer.
  Value parameter(String fqn, TorchTensor tensor) {
    return stored.computeIfAbsent(
        new Stored(tensor), key -> editor.addInitializer(graph, fqn, paired(tensor.toDense())));
  }

  // Complex numbers are pairs of real ones here, which is how they lie in memory.
  private static DenseTensor paired(DenseTensor tensor) {
    @Nullable DataType real =
        switch (tensor.dataType()) {
          case COMPLEX64 -> DataType.FLOAT;
          case COMPLEX128 -> DataType.DOUBLE;
          default -> null;
        };
    if (real == null) {
      return tensor;
    }
    List<Long> dims = new ArrayList<>(tensor.dims());
    dims.add(2L);
    return new DenseTensor(real, dims, tensor.data());
  }

  /// A constant made from another one, such as a transposed weight. It takes over the name when
  /// nothing else needs the original.
  Value derived(Value original, DenseTensor tensor) {
    Value value = constant("/" + original.name(), tensor);
    derived.putIfAbsent(value, original.name());
    return value;
  }

  /// Gives derived constants the names of the ones they replaced, as far as those are gone.
  void settleNames() {
    Set<String> taken = new HashSet<>();
    Set<Value> present = new HashSet<>(graph.values());
    present.forEach(value -> taken.add(value.name()));
    derived.forEach(
        (value, name) -> {
          if (present.contains(value) && taken.add(name)) {
            editor.rename(value, name);
          }
        });
  }

  /// The data of a value that is an initializer.
  Optional<DenseTensor> constantData(Value value) {
    Optional<Tensor> data = value.initializer();
    return data.filter(DenseTensor.class::isInstance).map(DenseTensor.class::cast);
  }

  /// An INT64 vector constant.
  Value vector(long... values) {
    return constant("shape", DenseTensor.ofLongs(values, values.length));
  }

  /// An INT64 vector constant.
  Value vector(List<Long> values) {
    return vector(values.stream().mapToLong(Long::longValue).toArray());
  }

  /// An INT64 vector of sizes, some of which may be computed.
  Value sizes(List<Size> sizes) {
    List<Value> parts = new ArrayList<>();
    List<Long> run = new ArrayList<>();
    for (Size size : sizes) {
      switch (size) {
        case Size.Fixed(long value) -> run.add(value);
        case Size.Computed computed -> {
          if (!run.isEmpty()) {
            parts.add(vector(run));
            run.clear();
          }
          parts.add(computed.vector());
        }
      }
    }
    if (!run.isEmpty() || parts.isEmpty()) {
      parts.add(vector(run));
    }
    return parts.size() == 1
        ? parts.getFirst()
        : add(NodeSpec.of("Concat").inputs(parts).attribute("axis", 0));
  }

  /// An INT64 scalar (no dimensions) holding a size.
  Value scalar(Size size) {
    return switch (size) {
      case Size.Fixed(long value) -> scalar(DataType.INT64, (double) value);
      case Size.Computed computed -> add("Squeeze", computed.vector(), vector(0));
    };
  }

  /// A scalar constant (no dimensions) of any plain numeric type or BOOL.
  Value scalar(DataType type, double value) {
    return constant("const", number(type, value));
  }

  /// A constant matrix or filter bank in any floating point type, row by row.
  Value numbers(String hint, DataType type, double[] values, long... dims) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) type.byteSize(values.length)).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.put(number(type, value).data().asByteBuffer());
    }
    return constant(hint, DenseTensor.ofBytes(type, bytes.array(), dims));
  }

  /// A constant tensor of one number, repeated.
  Value filled(String hint, DataType type, double value, List<Long> shape) {
    long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
    byte[] one = number(type, value).data().toArray(ValueLayout.JAVA_BYTE);
    int count = Math.toIntExact(Arrays.stream(dims).reduce(1, Math::multiplyExact));
    byte[] bytes = new byte[Math.multiplyExact(count, one.length)];
    for (int i = 0; i < count; i++) {
      System.arraycopy(one, 0, bytes, i * one.length, one.length);
    }
    return constant(hint, DenseTensor.ofBytes(type, bytes, dims));
  }

  /// A scalar constant tensor of any plain numeric type or BOOL.
  static DenseTensor number(DataType type, double value) {
    ByteBuffer bytes = ByteBuffer.allocate((int) type.byteSize(1)).order(ByteOrder.LITTLE_ENDIAN);
    switch (type) {
      case FLOAT -> bytes.putFloat((float) value);
      case DOUBLE -> bytes.putDouble(value);
      case FLOAT16 -> bytes.putShort(Float.floatToFloat16((float) value));
      case BFLOAT16 -> bytes.putShort(bfloat16((float) value));
      case INT64, UINT64 -> bytes.putLong((long) value);
      case INT32, UINT32 -> bytes.putInt((int) (long) value);
      case INT16, UINT16 -> bytes.putShort((short) (long) value);
      case INT8, UINT8 -> bytes.put((byte) (long) value);
      case BOOL -> bytes.put((byte) (value == 0 ? 0 : 1));
      default -> throw new UnsupportedArgument("a constant of type " + type);
    }
    return DenseTensor.ofBytes(type, bytes.array());
  }

  /// The value in another element type.
  Value cast(Value value, TorchDtype from, TorchDtype to) {
    return from == to ? value : castTo(value, onnx(to));
  }

  /// The value in another element type, whatever it has now.
  Value castTo(Value value, DataType to) {
    return add(NodeSpec.of("Cast").inputs(value).attribute("to", to.onnxNumber()));
  }

  /// Axis `axis` of a tensor's shape as a size.
  Size dimension(Value tensor, int axis, String expression) {
    Value vector =
        add(
            NodeSpec.of("Shape")
                .inputs(tensor)
                .attribute("start", axis)
                .attribute("end", axis + 1L));
    return new Size.Computed(vector, expression);
  }

  /// The shape of a tensor as an INT64 vector.
  Value shapeOf(Value tensor) {
    return add("Shape", tensor);
  }

  /// The ONNX element type of a PyTorch one.
  static DataType onnx(TorchDtype dtype) {
    return dtype
        .onnx()
        .orElseThrow(() -> new UnsupportedArgument("element type " + dtype + " is not in ONNX"));
  }

  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int rounding = 0x7fff + ((bits >> 16) & 1);
    return (short) ((Float.isNaN(value) ? bits : bits + rounding) >> 16);
  }

  private String scoped(String hint) {
    if (hint.startsWith("/")) {
      return hint.substring(1);
    }
    return path.isEmpty() ? hint : path + "/" + hint;
  }
}
