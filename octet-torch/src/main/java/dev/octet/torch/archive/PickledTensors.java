package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchTensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the tensors in what `torch.save` pickled. Dictionaries and lists inside one another become
/// names with dots; what is neither tensor, dictionary, list nor plain value is left out and named.
final class PickledTensors {
  private static final int DEEPEST = 64;

  // A list that holds another twice, which holds another twice, has no end.
  private static final int MOST_VALUES = 1 << 24;
  private static final Map<String, TorchDtype> STORAGES =
      Map.ofEntries(
          Map.entry("FloatStorage", TorchDtype.FLOAT32),
          Map.entry("DoubleStorage", TorchDtype.FLOAT64),
          Map.entry("HalfStorage", TorchDtype.FLOAT16),
          Map.entry("BFloat16Storage", TorchDtype.BFLOAT16),
          Map.entry("LongStorage", TorchDtype.INT64),
          Map.entry("IntStorage", TorchDtype.INT32),
          Map.entry("ShortStorage", TorchDtype.INT16),
          Map.entry("CharStorage", TorchDtype.INT8),
          Map.entry("ByteStorage", TorchDtype.UINT8),
          Map.entry("BoolStorage", TorchDtype.BOOL),
          Map.entry("ComplexFloatStorage", TorchDtype.COMPLEX64),
          Map.entry("ComplexDoubleStorage", TorchDtype.COMPLEX128),
          Map.entry("QInt8Storage", TorchDtype.INT8),
          Map.entry("QUInt8Storage", TorchDtype.UINT8));

  /// Where the bytes of a storage are.
  interface Storages {
    /// The bytes of a storage.
    ///
    /// @param key what the pickle calls the storage
    /// @throws OctetException of kind `BAD_INPUT` when there is none
    MemorySegment of(String key);
  }

  private final String place;
  private final Storages storages;
  private final Map<String, TorchTensor> tensors = new LinkedHashMap<>();
  private final List<String> leftOut = new ArrayList<>();

  private int values;

  private PickledTensors(String place, Storages storages) {
    this.place = place;
    this.storages = storages;
  }

  /// @throws OctetException of kind `BAD_INPUT` when a tensor does not fit its storage
  static Checkpoint collect(String place, Pickle root, Storages storages) {
    PickledTensors found = new PickledTensors(place, storages);
    found.walk("", root, 0);
    return new Checkpoint(found.tensors, found.leftOut);
  }

  /// Element type of a typed storage such as `FloatStorage`.
  static Optional<TorchDtype> storageType(String name) {
    return Optional.ofNullable(STORAGES.get(name));
  }

  private void walk(String path, Pickle value, int depth) {
    count(path);
    if (depth > DEEPEST) {
      leftOut.add(path + " is nested too deeply");
      return;
    }
    Optional<Map<String, Pickle>> entries = value.dictionary();
    if (entries.isPresent()) {
      entries.get().forEach((key, each) -> walk(joined(path, key), each, depth + 1));
      return;
    }
    if (value.sequence().isPresent()) {
      List<Pickle> items = value.sequence().get();
      for (int i = 0; i < items.size(); i++) {
        walk(joined(path, String.valueOf(i)), items.get(i), depth + 1);
      }
      return;
    }
    if (value instanceof Pickle.Call call) {
      if (quantized(path, call) || packedWeight(path, call)) {
        return;
      }
      Optional<TorchTensor> tensor = tensor(path, call);
      if (tensor.isPresent()) {
        tensors.put(path, tensor.get());
      } else {
        leftOut.add(
            named(path) + " is a " + call.target().brief() + ", which Octet does not build");
      }
    }
  }

  private void count(String path) {
    if (++values > MOST_VALUES) {
      throw broken(path, "comes after " + MOST_VALUES + " other values");
    }
  }

  private Optional<TorchTensor> tensor(String path, Pickle.Call call) {
    List<Pickle> arguments = call.arguments();
    if (isParameter(call)) {
      return !arguments.isEmpty()
              && arguments.getFirst() instanceof Pickle.Call data
              && !isParameter(data)
          ? tensor(path, data).map(tensor -> tensor.withRequiresGrad(isTrue(arguments, 1)))
          : Optional.empty();
    }
    boolean plain = call.calls("torch._utils._rebuild_tensor_v2");
    boolean typed = call.calls("torch._utils._rebuild_tensor_v3");
    if (!plain && !typed && !call.calls("torch._utils._rebuild_tensor")) {
      return Optional.empty();
    }
    if (arguments.size() < (typed ? 7 : 4)
        || !(arguments.getFirst() instanceof Pickle.Persistent(Pickle id))
        || id.sequence().filter(parts -> parts.size() >= 3).isEmpty()) {
      throw broken(path, "is rebuilt from arguments that make no tensor");
    }
    List<Pickle> storage = id.sequence().get();
    TorchDtype dtype = dtype(path, typed ? arguments.get(6) : storage.get(1));
    try {
      return Optional.of(
          new TorchTensor(
              dtype,
              numbers(path, arguments.get(2)),
              numbers(path, arguments.get(3)),
              number(path, arguments.get(1)),
              isTrue(arguments, 4),
              storages.of(text(path, storage.get(2)))));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw broken(path, "does not fit its storage: " + e.getMessage());
    }
  }

  private static boolean isParameter(Pickle.Call call) {
    return call.calls("torch._utils._rebuild_parameter")
        || call.calls("torch._utils._rebuild_parameter_with_state");
  }

  /// Takes the tensors out of the scripted object that eager-mode quantization packs a weight into.
  private boolean packedWeight(String path, Pickle.Call object) {
    if (!object.calls("torch.ScriptObject") || object.state().size() != 1) {
      return false;
    }
    List<Pickle.Call> parts = new ArrayList<>();
    collectCalls(path, object.state().getFirst(), parts, 0);
    if (parts.isEmpty()
        || parts.size() > 2
        || !quantized(joined(path, EagerQuantization.WEIGHT), parts.getFirst())) {
      return false;
    }
    if (parts.size() == 2) {
      put(joined(path, EagerQuantization.BIAS), parts.get(1));
    }
    return true;
  }

  /// Takes codes, scales and zero points out of a quantized tensor.
  private boolean quantized(String path, Pickle.Call call) {
    if (!call.calls("torch._utils._rebuild_qtensor") || call.arguments().size() < 5) {
      return false;
    }
    List<Pickle> parameters =
        call.arguments()
            .get(4)
            .sequence()
            .filter(items -> items.size() > 2)
            .orElseThrow(() -> broken(path, "has no scale or no zero point"));
    Pickle.Global plain = new Pickle.Global("torch._utils", "_rebuild_tensor_v2");
    put(path, Pickle.Call.of(plain, call.arguments().subList(0, 4)));
    put(path + EagerQuantization.SCALE, parameters.get(1));
    put(path + EagerQuantization.ZERO_POINT, parameters.get(2));
    return true;
  }

  // A tensor, or a number as a tensor of one element.
  private void put(String name, Pickle value) {
    Optional<TorchTensor> tensor =
        switch (value) {
          case Pickle.Call call -> tensor(name, call);
          case Pickle.Real(double number) ->
              Optional.of(TorchTensor.of(DenseTensor.ofFloats(new float[] {(float) number}, 1)));
          case Pickle.Int(long number) ->
              Optional.of(TorchTensor.of(DenseTensor.ofLongs(new long[] {number}, 1)));
          default -> Optional.empty();
        };
    tensors.put(name, tensor.orElseThrow(() -> broken(name, "is no tensor")));
  }

  private void collectCalls(String path, Pickle value, List<Pickle.Call> calls, int depth) {
    count(path);
    if (value instanceof Pickle.Call call) {
      calls.add(call);
    } else if (depth < DEEPEST) {
      value
          .sequence()
          .ifPresent(items -> items.forEach(each -> collectCalls(path, each, calls, depth + 1)));
    }
  }

  private TorchDtype dtype(String path, Pickle type) {
    if (type instanceof Pickle.Global(String module, String name) && module.equals("torch")) {
      TorchDtype known = STORAGES.get(name);
      if (known != null) {
        return known;
      }
      for (TorchDtype each : TorchDtype.values()) {
        if (each.toString().equals(name)) {
          return each;
        }
      }
    }
    throw broken(path, "has elements of type " + type.brief() + ", which Octet does not read");
  }

  private List<Long> numbers(String path, Pickle value) {
    List<Long> numbers = new ArrayList<>();
    for (Pickle each : value.sequence().orElseThrow(() -> broken(path, "has no sizes"))) {
      numbers.add(number(path, each));
    }
    return numbers;
  }

  private long number(String path, Pickle value) {
    if (value instanceof Pickle.Int(long number)) {
      return number;
    }
    throw broken(path, "has something other than a number among its sizes");
  }

  private String text(String path, Pickle value) {
    if (value instanceof Pickle.Text(String text)) {
      return text;
    }
    throw broken(path, "names its storage by something other than text");
  }

  private static boolean isTrue(List<Pickle> arguments, int index) {
    return index < arguments.size() && arguments.get(index).equals(new Pickle.Truth(true));
  }

  private static String joined(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String named(String path) {
    return path.isEmpty() ? "the whole" : path;
  }

  private OctetException broken(String path, String message) {
    return OctetException.badInput(
        "checkpoint-broken", place + ": " + named(path), message, Pt2Hints.FETCH_AGAIN);
  }
}
