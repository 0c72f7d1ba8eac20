package dev.octet.diagnostic;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The one family of failures. A caller that gets one can print [#diagnostics()] and nothing else:
/// they name the file, node or tensor, what was expected and what to do.
public final class OctetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Whose fault it is; the command line turns this into an exit code.
  public enum Kind {
    /// The request contradicts itself or names something that does not exist.
    USAGE,
    /// A file or sample handed in is missing, broken or of the wrong form.
    BAD_INPUT,
    /// The input is fine, but the work could not be done.
    FAILURE
  }

  private final Kind kind;
  private final transient List<Diagnostic> diagnostics;

  /// @param kind whose fault it is
  /// @param diagnostics at least one finding
  /// @param cause the exception this one translates, if any
  public OctetException(Kind kind, List<Diagnostic> diagnostics, @Nullable Throwable cause) {
    super(diagnostics.stream().map(Diagnostic::toString).collect(Collectors.joining("\n")), cause);
    this.kind = kind;
    this.diagnostics = List.copyOf(diagnostics);
  }

  /// A file or sample that cannot be used.
  public static OctetException badInput(String code, String place, String message, String hint) {
    return badInput(code, place, message, hint, null);
  }

  /// A file or sample that cannot be used, with the exception that showed it.
  public static OctetException badInput(
      String code, String place, String message, String hint, @Nullable Throwable cause) {
    return new OctetException(
        Kind.BAD_INPUT, List.of(new Diagnostic(code, place, message, hint)), cause);
  }

  /// A request that contradicts itself or names something that does not exist.
  public static OctetException usage(String code, String place, String message, String hint) {
    return new OctetException(
        Kind.USAGE, List.of(new Diagnostic(code, place, message, hint)), null);
  }

  /// Work that could not be done on good input.
  public static OctetException failure(
      String code, String place, String message, String hint, @Nullable Throwable cause) {
    return new OctetException(
        Kind.FAILURE, List.of(new Diagnostic(code, place, message, hint)), cause);
  }

  public Kind kind() {
    return kind;
  }

  /// Everything that was found wrong, in the order found; never empty.
  public List<Diagnostic> diagnostics() {
    return diagnostics;
  }
}
