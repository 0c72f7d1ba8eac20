package dev.octet.ir.shape;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.ValueType;
import java.util.List;

/// What shape inference found out about one model.
///
/// @param values tensors the model computes, subgraphs included
/// @param typed those of them whose element type is known
/// @param ranked those whose rank is known
/// @param shaped those whose every dimension is a number or a symbol
/// @param derived those of the shaped that follow from the model's inputs alone: no symbol in them
///     had to be made up for a size that data decides
/// @param changed values whose stated type was completed
/// @param gaps what is missing and why, one entry for each value without a full shape, or with a
///     made-up symbol in it, whose own operator is the cause
/// @param hints what was taken from real runs because no rule knew it
/// @param assumptions what was taken for granted because the caller allowed it
/// @param contradictions facts stated in the model that the operators contradict; the stated fact
///     was kept. Assumptions that would contradict the model, too; those were given up
public record ShapeReport(
    int values,
    int typed,
    int ranked,
    int shaped,
    int derived,
    int changed,
    List<Gap> gaps,
    List<Hint> hints,
    List<Assumption> assumptions,
    List<Diagnostic> contradictions) {

  /// A value about which not everything could be inferred.
  ///
  /// @param value its name
  /// @param node the node that computes it
  /// @param reason why
  public record Gap(String value, String node, String reason) {
    @Override
    public String toString() {
      return value + " (" + node + "): " + reason;
    }
  }

  /// A value completed by what real runs showed.
  ///
  /// @param value its name
  /// @param node the node that computes it
  /// @param type what it now is stated to hold
  /// @param reason why inference did not know it
  public record Hint(String value, String node, ValueType type, String reason) {
    @Override
    public String toString() {
      return value + " (" + node + "): " + type + " as seen in a real run, since " + reason;
    }
  }

  /// Something taken for granted; see [ShapeAssumptions].
  ///
  /// @param node the node it was needed for
  /// @param what what is assumed, such as `past + 1 = total`
  public record Assumption(String node, String what) {
    @Override
    public String toString() {
      return what + " (assumed at " + node + ")";
    }
  }

  public ShapeReport {
    gaps = List.copyOf(gaps);
    hints = List.copyOf(hints);
    assumptions = List.copyOf(assumptions);
    contradictions = List.copyOf(contradictions);
  }

  /// Whether every dimension of every computed value is a number or a symbol.
  public boolean isComplete() {
    return shaped == values;
  }

  /// Coverage in one line, then gaps, hints, assumptions and contradictions a line each.
  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder()
            .append("shapes of ")
            .append(shaped)
            .append(" of ")
            .append(values)
            .append(" tensors known");
    gaps.forEach(gap -> text.append("\n  ").append(gap));
    hints.forEach(hint -> text.append("\n  hint: ").append(hint));
    assumptions.forEach(assumption -> text.append("\n  assumption: ").append(assumption));
    contradictions.forEach(diagnostic -> text.append("\n  ").append(diagnostic));
    return text.toString();
  }
}
