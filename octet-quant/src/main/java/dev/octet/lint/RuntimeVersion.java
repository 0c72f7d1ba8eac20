package dev.octet.lint;

import dev.octet.diagnostic.OctetException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A release of ONNX Runtime and what it takes at most.
///
/// From 1.2 on every row was measured with that release's Python wheel, by opening a model of one
/// `Relu` in rising opset and IR versions until it was refused. 1.0 and 1.1 refuse neither, but
/// promise nothing beyond what ONNX Runtime's `docs/Versioning.md` lists for them. Which ONNX a
/// release was built with is from the same page, and agrees with what was measured.
///
/// @param major of the release
/// @param minor of the release; patch releases take the same
/// @param onnx release of ONNX it was built with; empty where only the limits are known
/// @param opset newest version of ONNX's own operators
/// @param ir newest version of the file format
public record RuntimeVersion(int major, int minor, String onnx, int opset, int ir) {
  private static final Pattern FORM = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})(\\.\\d{1,4})?");

  private static final List<RuntimeVersion> KNOWN =
      List.of(
          of(1, 0, "1.6", 11, 6),
          of(1, 1, "1.6", 11, 6),
          of(1, 2, "1.6", 11, 6),
          of(1, 3, "1.7", 12, 7),
          of(1, 4, "1.7", 12, 7),
          of(1, 5, "1.7", 12, 7),
          of(1, 6, "1.8", 13, 7),
          of(1, 7, "1.8", 13, 7),
          of(1, 8, "1.9", 14, 7),
          of(1, 9, "1.10", 15, 8),
          of(1, 10, "1.10", 15, 8),
          of(1, 11, "1.11", 16, 8),
          of(1, 12, "1.12", 17, 8),
          of(1, 13, "1.12", 17, 8),
          of(1, 14, "1.13", 18, 8),
          of(1, 15, "1.14", 19, 9),
          of(1, 16, "1.14", 19, 9),
          of(1, 17, "1.15", 20, 9),
          of(1, 18, "1.16", 21, 10),
          of(1, 19, "1.16", 21, 10),
          of(1, 20, "1.16", 21, 10),
          of(1, 21, "1.17", 22, 10),
          of(1, 22, "1.17", 22, 10),
          of(1, 23, "1.18", 23, 11),
          of(1, 24, "", 25, 13),
          of(1, 25, "", 26, 13),
          of(1, 26, "", 26, 13),
          of(1, 27, "", 26, 13),
          of(1, 28, "", 26, 13),
          of(1, 29, "", 26, 13),
          of(1, 30, "", 26, 13));

  /// Every release that is known, oldest first.
  public static List<RuntimeVersion> known() {
    return KNOWN;
  }

  /// A release by its number, such as `1.17` or `1.17.3`.
  ///
  /// @throws OctetException (USAGE) when it is no number or of a release that is not known
  public static RuntimeVersion parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (form.matches()) {
      int major = Integer.parseInt(form.group(1));
      int minor = Integer.parseInt(form.group(2));
      for (RuntimeVersion version : KNOWN) {
        if (version.major == major && version.minor == minor) {
          return version;
        }
      }
    }
    throw OctetException.usage(
        "unknown-runtime",
        "--runtime",
        "'" + text + "' is no release of ONNX Runtime that is known here",
        "one of " + KNOWN.stream().map(RuntimeVersion::toString).collect(Collectors.joining(", ")));
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }

  private static RuntimeVersion of(int major, int minor, String onnx, int opset, int ir) {
    return new RuntimeVersion(major, minor, onnx, opset, ir);
  }
}
