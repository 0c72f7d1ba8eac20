package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a [ShapeRule] found out about a node.
sealed interface ShapeOutcome {

  /// Something was found out about the outputs.
  ///
  /// @param outputs by position; `null` where nothing is known or no output is there
  record Inferred(List<@Nullable Output> outputs) implements ShapeOutcome {
    public Inferred {
      outputs = Collections.unmodifiableList(new ArrayList<>(outputs));
    }
  }

  /// Nothing was.
  ///
  /// @param reason what is missing
  record Unknown(String reason) implements ShapeOutcome {}

  /// What one output holds.
  ///
  /// @param type its type
  /// @param integers its elements, where they are known
  /// @param reason why the shape is not complete; `null` when it is or an input is to blame
  record Output(ValueType type, @Nullable KnownIntegers integers, @Nullable String reason) {
    static Output of(ValueType type) {
      return new Output(type, null, null);
    }

    static Output of(DataType dataType, @Nullable Shape shape) {
      return of(ValueType.tensor(dataType, shape));
    }

    Output because(String why) {
      return new Output(type, integers, why);
    }
  }

  static Inferred of(@Nullable Output... outputs) {
    List<@Nullable Output> all = new ArrayList<>();
    Collections.addAll(all, outputs);
    return new Inferred(all);
  }

  /// One output of the given type.
  static Inferred of(DataType dataType, @Nullable Shape shape) {
    return of(Output.of(dataType, shape));
  }

  /// One integer tensor whose elements are known.
  static Inferred of(DataType dataType, KnownIntegers integers) {
    return of(new Output(ValueType.tensor(dataType, integers.shape()), integers, null));
  }

  static Unknown unknown(String reason) {
    return new Unknown(reason);
  }
}
