package dev.octet.rewrite.qoperator;

import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How one operator family is written as an operator on codes. To add a family: write one class,
/// test it, and add one line to [StandardForms].
interface IntegerForm {
  /// Operator types of ONNX's own domain, or with the domain for others
  /// (`com.microsoft.EmbedLayerNormalization`).
  List<String> opTypes();

  /// The operator on codes that means the same as the float operator between its conversions; empty
  /// where there is none for these operands. Adds constants at most.
  Optional<Folded> write(CodedNode node);

  /// What takes a float operator's place.
  sealed interface Folded {
    /// An operator of its own, which computes codes.
    static Optional<Folded> toCodes(NodeSpec spec) {
      return Optional.of(new Operator(spec, Result.CODES, Naming.QUANTIZED));
    }

    /// An operator of its own that reads codes and computes what the float operator computes.
    static Optional<Folded> toReal(NodeSpec spec) {
      return Optional.of(new Operator(spec, Result.REAL, Naming.QUANTIZED));
    }

    /// The very same operator, on codes.
    ///
    /// @param node the float operator
    /// @param inputs what it reads instead
    static Operator same(Node node, List<? extends @Nullable Value> inputs) {
      return new Operator(Operators.like(node).inputs(inputs), Result.CODES, Naming.KEPT);
    }
  }

  /// An operator.
  ///
  /// @param spec operator, inputs and attributes; outputs and name are filled in
  /// @param result what it computes
  /// @param naming what becomes of the float operator's name
  record Operator(NodeSpec spec, Result result, Naming naming) implements Folded {
    Operator with(Result other) {
      return new Operator(spec, other, naming);
    }

    Operator with(Naming other) {
      return new Operator(spec, result, other);
    }
  }

  /// Nothing: the codes that it reads are the codes of its result.
  ///
  /// @param codes those codes
  record Nothing(Value codes) implements Folded {}

  /// What an integer operator computes.
  enum Result {
    /// The codes that the float operator's result was quantized to.
    CODES,
    /// The float operator's result itself.
    REAL
  }

  /// Names that tools expect.
  enum Naming {
    /// The node is another one now.
    QUANTIZED,
    /// The node is the same, on other data.
    KEPT
  }
}
