package dev.octet.diagnostic;

/// One finding about the user's input.
///
/// @param code stable kebab-case identifier for scripts, such as `model-truncated`
/// @param place file, node, tensor or option concerned, as the user would name it
/// @param message what was found and what was expected; one sentence without a final full stop
/// @param hint what to do about it; empty when there is nothing to suggest
public record Diagnostic(String code, String place, String message, String hint) {

  /// A finding without a suggestion.
  public static Diagnostic of(String code, String place, String message) {
    return new Diagnostic(code, place, message, "");
  }

  /// One line: `place: message (hint)`. Names from a file may hold anything: what would break the
  /// line or steer a terminal is shown as its code.
  @Override
  public String toString() {
    String text = place.isEmpty() ? message : place + ": " + message;
    return printable(hint.isEmpty() ? text : text + " (" + hint + ")");
  }

  private static String printable(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    for (char each : text.toCharArray()) {
      shown.append(Character.isISOControl(each) ? "\\u%04x".formatted((int) each) : each);
    }
    return shown.toString();
  }
}
