package dev.octet.torch.graph;

/// A scalar in an argument list: given in the file, or computed by the graph under a name.
///
/// @param <T> Long, Double or Boolean
public sealed interface Term<T> {

  /// The value itself.
  record Literal<T>(T value) implements Term<T> {
    @Override
    public String toString() {
      return String.valueOf(value);
    }
  }

  /// SSA name of the value that holds it.
  record Named<T>(String name) implements Term<T> {
    @Override
    public String toString() {
      return "%" + name;
    }
  }

  static <T> Term<T> of(T value) {
    return new Literal<>(value);
  }

  static <T> Term<T> named(String name) {
    return new Named<>(name);
  }
}
