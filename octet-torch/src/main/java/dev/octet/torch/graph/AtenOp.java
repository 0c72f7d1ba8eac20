package dev.octet.torch.graph;

/// Which function a node calls.
///
/// @param namespace `aten`, `quantized_decomposed`, `higher_order`; `_operator`, `torch` or `math`
///     for arithmetic on sizes
/// @param name such as `conv1d`; in-place forms end in an underscore
/// @param overload such as `default` or `Tensor`; empty where the namespace has no overloads
public record AtenOp(String namespace, String name, String overload) {
  private static final String REGISTERED = "torch.ops.";

  /// An overload of an `aten` operator.
  public static AtenOp aten(String name, String overload) {
    return new AtenOp("aten", name, overload);
  }

  /// Reads the file's form: `torch.ops.aten.conv1d.default`, `torch.ops.higher_order.cond`,
  /// `_operator.mul`, `torch.sym_max`.
  public static AtenOp parse(String target) {
    boolean registered = target.startsWith(REGISTERED);
    String path = registered ? target.substring(REGISTERED.length()) : target;
    int first = path.indexOf('.');
    if (first < 0) {
      return new AtenOp("", path, "");
    }
    int second = registered ? path.indexOf('.', first + 1) : -1;
    return second < 0
        ? new AtenOp(path.substring(0, first), path.substring(first + 1), "")
        : new AtenOp(
            path.substring(0, first),
            path.substring(first + 1, second),
            path.substring(second + 1));
  }

  /// The file's form, the inverse of [#parse].
  public String target() {
    if (namespace.isEmpty()) {
      return name;
    }
    String path = namespace + "." + name + (overload.isEmpty() ? "" : "." + overload);
    return isRegistered() ? REGISTERED + path : path;
  }

  /// The dispatcher's name, such as `aten::conv1d`.
  public String dispatcherName() {
    return namespace + "::" + name;
  }

  /// The dispatcher's overload name: empty for `default`.
  public String dispatcherOverload() {
    return overload.equals("default") ? "" : overload;
  }

  /// Whether this is an operator of PyTorch's registry rather than a Python function on sizes.
  public boolean isRegistered() {
    return !overload.isEmpty() || namespace.equals("higher_order");
  }

  /// Whether the operator writes its first argument (`relu_`, `add_`; not `__and__`).
  public boolean isInPlace() {
    return name.endsWith("_") && !name.endsWith("__");
  }

  /// `aten.conv1d.default`.
  @Override
  public String toString() {
    return target().startsWith(REGISTERED) ? target().substring(REGISTERED.length()) : target();
  }
}
