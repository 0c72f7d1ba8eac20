package dev.octet.lint;

/// One thing a rule found.
///
/// @param rule name of the rule
/// @param severity how bad it is here
/// @param node the node, as plans and patterns address it; empty for the model as a whole
/// @param operator the node's operator, with its domain unless that is ONNX's own; empty for the
///     model as a whole
/// @param tensor name of the tensor concerned; empty when it is the node itself
/// @param reason what is wrong and why it matters; one sentence without a final full stop
/// @param fix what to do about it
public record Finding(
    String rule,
    Severity severity,
    String node,
    String operator,
    String tensor,
    String reason,
    Fix fix) {

  /// Where it is, as a user would say it: `Conv 'block1/conv'`, or `the model`.
  public String place() {
    return operator.isEmpty() ? "the model" : operator + " '" + node + "'";
  }

  /// One line: `warning: Conv 'stem': reason [rule]`.
  @Override
  public String toString() {
    return "%s: %s: %s [%s]"
        .formatted(severity.name().toLowerCase(java.util.Locale.ROOT), place(), reason, rule);
  }
}
