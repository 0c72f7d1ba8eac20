package dev.octet.ir.io;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Characters to tokens of ONNX's text syntax. Blanks and `#` comments separate tokens and mean
/// nothing.
final class TextScanner {
  private static final Set<String> WORDS_OF_TYPES =
      Stream.concat(
              Arrays.stream(DataType.values()).map(TextScanner::nameOf),
              Stream.of("seq", "map", "optional", "sparse_tensor"))
          .collect(Collectors.toUnmodifiableSet());
  private static final Set<String> WORDS_OF_NUMBERS = Set.of("inf", "infinity", "nan");

  private final String text;
  private int position;

  TextScanner(String text) {
    this.text = text;
  }

  /// Whether a name can stand without quotes.
  static boolean isPlain(String name) {
    return !name.isEmpty()
        && isLetter(name.charAt(0))
        && name.chars().allMatch(c -> isLetter((char) c) || isDigit((char) c))
        && !WORDS_OF_TYPES.contains(name)
        && !WORDS_OF_NUMBERS.contains(name.toLowerCase(Locale.ROOT));
  }

  /// The word for an element type.
  static String nameOf(DataType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  static Optional<DataType> typeNamed(String word) {
    return Arrays.stream(DataType.values()).filter(type -> nameOf(type).equals(word)).findFirst();
  }

  /// `name` as it must be written.
  static String quotedUnlessPlain(String name) {
    return isPlain(name) ? name : quoted(name);
  }

  static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  boolean atEnd() {
    skipBlanks();
    return position == text.length();
  }

  /// The next character that is no blank; 0 at the end.
  char peek() {
    return atEnd() ? 0 : text.charAt(position);
  }

  /// Steps over `token` when it comes next.
  boolean matches(String token) {
    skipBlanks();
    if (!text.startsWith(token, position)) {
      return false;
    }
    position += token.length();
    return true;
  }

  void expect(String token) {
    if (!matches(token)) {
      throw wrong("expected '" + token + "'");
    }
  }

  /// The next word, without stepping over it; empty when no word comes next.
  String peekWord() {
    skipBlanks();
    int end = position;
    if (end < text.length() && isLetter(text.charAt(end))) {
      while (end < text.length() && (isLetter(text.charAt(end)) || isDigit(text.charAt(end)))) {
        end++;
      }
    }
    return text.substring(position, end);
  }

  boolean atType() {
    return WORDS_OF_TYPES.contains(peekWord());
  }

  boolean atNumber() {
    char next = peek();
    return isDigit(next)
        || next == '-'
        || next == '+'
        || next == '.'
        || WORDS_OF_NUMBERS.contains(peekWord().toLowerCase(Locale.ROOT));
  }

  String word() {
    String word = peekWord();
    if (word.isEmpty()) {
      throw wrong("expected a name");
    }
    position += word.length();
    return word;
  }

  /// A name, quoted or not.
  String name() {
    return peek() == '"' ? string() : word();
  }

  String string() {
    expect("\"");
    StringBuilder string = new StringBuilder();
    while (position < text.length()) {
      char next = text.charAt(position++);
      if (next == '"') {
        return string.toString();
      }
      if (next == '\\' && position < text.length()) {
        char escaped = text.charAt(position++);
        string.append(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped);
      } else {
        string.append(next);
      }
    }
    throw wrong("a quoted text has no end");
  }

  /// The next number as it is written.
  String number() {
    skipBlanks();
    int start = position;
    while (position < text.length()
        && (isLetter(text.charAt(position))
            || isDigit(text.charAt(position))
            || "+-.".indexOf(text.charAt(position)) >= 0)) {
      position++;
    }
    if (position == start) {
      throw wrong("expected a number");
    }
    return text.substring(start, position);
  }

  long integer() {
    return integer(number());
  }

  /// An integer, signed or up to 2^64 - 1.
  long integer(String number) {
    try {
      return number.startsWith("-") ? Long.parseLong(number) : Long.parseUnsignedLong(number);
    } catch (NumberFormatException e) {
      throw wrong("'" + number + "' is no whole number");
    }
  }

  int integer32() {
    long number = integer();
    if (number != (int) number) {
      throw wrong(number + " does not fit the element type");
    }
    return (int) number;
  }

  double real(String number) {
    String plain = number.toLowerCase(Locale.ROOT);
    return switch (plain) {
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      case "nan", "+nan", "-nan" -> Double.NaN;
      default -> {
        try {
          yield Double.parseDouble(number);
        } catch (NumberFormatException e) {
          throw wrong("'" + number + "' is no number");
        }
      }
    };
  }

  float real32(String number) {
    try {
      return Float.parseFloat(number);
    } catch (NumberFormatException e) {
      return (float) real(number);
    }
  }

  boolean isWhole(String number) {
    return number.chars().allMatch(c -> isDigit((char) c) || c == '-' || c == '+');
  }

  /// A complaint about the place reached.
  OctetException wrong(String message) {
    int line = 1 + (int) text.substring(0, position).chars().filter(c -> c == '\n').count();
    int column = position - text.lastIndexOf('\n', position - 1);
    String found = text.substring(position, Math.min(text.length(), position + 20)).strip();
    return OctetException.badInput(
        "text-syntax",
        "line " + line + ", column " + column,
        message + (found.isEmpty() ? ", found the end" : ", found '" + found + "'"),
        "see ONNX's text syntax");
  }

  private void skipBlanks() {
    while (position < text.length()) {
      char next = text.charAt(position);
      if (next == '#') {
        int end = text.indexOf('\n', position);
        position = end < 0 ? text.length() : end;
      } else if (Character.isWhitespace(next)) {
        position++;
      } else {
        return;
      }
    }
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
