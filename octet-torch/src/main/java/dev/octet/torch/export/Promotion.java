package dev.octet.torch.export;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchDtype;
import java.util.List;

/// PyTorch's type promotion, for operators whose result type says nothing about it (comparisons).
///
/// Tensors with dimensions outrank scalars of the same kind: a scalar changes the type only when it
/// is of a higher kind (boolean, integer, floating point).
final class Promotion {
  private static final List<TorchDtype> RANKED =
      List.of(
          TorchDtype.BOOL,
          TorchDtype.UINT8,
          TorchDtype.INT8,
          TorchDtype.INT16,
          TorchDtype.INT32,
          TorchDtype.INT64,
          TorchDtype.FLOAT16,
          TorchDtype.BFLOAT16,
          TorchDtype.FLOAT32,
          TorchDtype.FLOAT64);

  private Promotion() {}

  /// The type in which PyTorch computes with numbers of a type in several steps or adds them up: 16
  /// bits are too few, and ONNX Runtime does not scatter sums in them.
  static TorchDtype accumulated(TorchDtype type) {
    return type == TorchDtype.FLOAT16 || type == TorchDtype.BFLOAT16 ? TorchDtype.FLOAT32 : type;
  }

  /// The type in which two arguments of a call meet.
  static TorchDtype of(Call call, String left, String right) {
    TorchDtype a = type(call, left);
    TorchDtype b = type(call, right);
    boolean aWeak = isWeak(call, left);
    boolean bWeak = isWeak(call, right);
    if (aWeak != bWeak) {
      TorchDtype weak = aWeak ? a : b;
      TorchDtype strong = aWeak ? b : a;
      return kind(weak) > kind(strong) ? standard(weak) : strong;
    }
    if (a == b) {
      return a;
    }
    if (kind(a) == kind(b) && mixesSign(a, b)) {
      return TorchDtype.INT16;
    }
    return RANKED.indexOf(a) > RANKED.indexOf(b) ? a : b;
  }

  private static boolean mixesSign(TorchDtype a, TorchDtype b) {
    return List.of(TorchDtype.UINT8, TorchDtype.INT8).containsAll(List.of(a, b));
  }

  private static TorchDtype type(Call call, String name) {
    return switch (call.argument(name)) {
      case AtenArgument.TensorRef(String tensor) -> call.metaOf(tensor).dtype();
      case AtenArgument.BoolValue _ -> TorchDtype.BOOL;
      case AtenArgument.FloatValue _ -> TorchDtype.FLOAT32;
      default -> TorchDtype.INT64;
    };
  }

  private static boolean isWeak(Call call, String name) {
    if (!(call.argument(name) instanceof AtenArgument.TensorRef(String tensor))) {
      return true;
    }
    TensorMeta meta = call.metaOf(tensor);
    return meta.rank() == 0;
  }

  private static TorchDtype standard(TorchDtype scalar) {
    return scalar.isFloat() && scalar != TorchDtype.FLOAT64 ? TorchDtype.FLOAT32 : scalar;
  }

  private static int kind(TorchDtype dtype) {
    return dtype == TorchDtype.BOOL ? 0 : dtype.isInteger() ? 1 : 2;
  }
}
