package dev.octet.torch.archive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a pickle holds, as data. Classes and functions are names, calls of them are records:
/// nothing is ever executed.
sealed interface Pickle {
  record Nothing() implements Pickle {}

  record Truth(boolean value) implements Pickle {}

  record Int(long value) implements Pickle {}

  record Real(double value) implements Pickle {}

  record Text(String value) implements Pickle {}

  /// Raw bytes, and integers too large for 64 bits: only their number matters here.
  record Bytes(int length) implements Pickle {}

  /// A list or a set.
  record Listing(List<Pickle> items) implements Pickle {}

  record Tuple(List<Pickle> items) implements Pickle {
    public Tuple {
      items = List.copyOf(items);
    }
  }

  /// A dictionary, in order.
  record Dict(Map<Pickle, Pickle> entries) implements Pickle {}

  /// A class or function by name.
  record Global(String module, String name) implements Pickle {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /// A call that unpickling in Python would make. `items` and `entries` are what was appended to
  /// the result, `state` what it was built with.
  ///
  /// @param target what would be called
  /// @param arguments with which arguments
  /// @param entries filled while the pickle is read
  /// @param state filled while the pickle is read, one item at most as a rule
  record Call(
      Pickle target, List<Pickle> arguments, Map<Pickle, Pickle> entries, List<Pickle> state)
      implements Pickle {
    static Call of(Pickle target, List<Pickle> arguments) {
      return new Call(target, List.copyOf(arguments), new LinkedHashMap<>(), new ArrayList<>());
    }

    /// Whether this calls `module.name`.
    boolean calls(String qualifiedName) {
      return target instanceof Global global && global.toString().equals(qualifiedName);
    }
  }

  /// Something outside the pickle, such as a storage.
  record Persistent(Pickle id) implements Pickle {}

  /// What it is, in few words. Records' own text would go all the way down, and a pickle may hold
  /// itself.
  default String brief() {
    return switch (this) {
      case Global global -> global.toString();
      case Call call when call.target() instanceof Global target -> "result of " + target;
      case Call _ -> "result of an unnamed function";
      case Nothing _ -> "None";
      case Truth(boolean value) -> String.valueOf(value);
      case Int(long value) -> String.valueOf(value);
      case Real(double value) -> String.valueOf(value);
      case Text _ -> "text";
      case Bytes _ -> "bytes";
      case Listing _ -> "list";
      case Tuple _ -> "tuple";
      case Dict _ -> "dictionary";
      case Persistent _ -> "reference out of the pickle";
    };
  }

  /// Entries by text key, of a dictionary or of an `OrderedDict`; empty for anything else.
  default Optional<Map<String, Pickle>> dictionary() {
    Map<Pickle, Pickle> entries =
        switch (this) {
          case Dict(Map<Pickle, Pickle> own) -> own;
          case Call call when call.calls("collections.OrderedDict") -> call.entries();
          case Nothing _, Truth _, Int _, Real _, Text _, Bytes _, Listing _, Tuple _ -> null;
          case Global _, Call _, Persistent _ -> null;
        };
    if (entries == null) {
      return Optional.empty();
    }
    Map<String, Pickle> byName = new LinkedHashMap<>();
    entries.forEach(
        (key, value) -> {
          if (key instanceof Text(String name)) {
            byName.put(name, value);
          }
        });
    return Optional.of(Collections.unmodifiableMap(byName));
  }

  /// Items of a list or tuple; empty for anything else.
  default Optional<List<Pickle>> sequence() {
    return switch (this) {
      case Listing(List<Pickle> items) -> Optional.of(items);
      case Tuple(List<Pickle> items) -> Optional.of(items);
      case Nothing _, Truth _, Int _, Real _, Text _, Bytes _, Dict _ -> Optional.empty();
      case Global _, Call _, Persistent _ -> Optional.empty();
    };
  }
}
