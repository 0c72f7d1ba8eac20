package dev.octet.ir;

/// One dimension of a shape. There is no `-1`: what is not known is said to be so.
public sealed interface Dim {

  /// A size fixed by the model.
  ///
  /// @param size number of elements, 0 or more
  record Known(long size) implements Dim {
    public Known {
      if (size < 0) {
        throw new IllegalArgumentException("negative dimension " + size);
      }
    }

    @Override
    public String toString() {
      return Long.toString(size);
    }
  }

  /// A size that differs between runs but is the same wherever its name appears.
  ///
  /// @param name ONNX `dim_param`: an identifier such as `batch`, or an expression over identifiers
  ///     such as `floor((T-80)/16)+1`; never empty
  record Symbol(String name) implements Dim {
    public Symbol {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a symbolic dimension needs a name");
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /// A size nothing is known about.
  record Unknown() implements Dim {
    @Override
    public String toString() {
      return "?";
    }
  }

  static Dim of(long size) {
    return new Known(size);
  }

  static Dim of(String name) {
    return new Symbol(name);
  }

  static Dim unknown() {
    return new Unknown();
  }
}
