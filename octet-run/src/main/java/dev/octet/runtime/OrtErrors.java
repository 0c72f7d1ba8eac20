package dev.octet.runtime;

import ai.onnxruntime.OrtException;
import dev.octet.diagnostic.OctetException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// ONNX Runtime's error texts as findings that name the file or node.
final class OrtErrors {
  private static final Pattern PREFIX = Pattern.compile("^Error code - \\w+ - message: ");
  /// Which file it is has been said; a draft's name would tell nobody anything.
  private static final Pattern FILE = Pattern.compile("^Load model from .* failed: ?");

  private static final Pattern NODE =
      Pattern.compile("running (\\S+) node\\. Name:'([^']*)' Status Message: ");

  /// Source positions inside ONNX Runtime say nothing to a user.
  private static final Pattern SOURCE_POSITION =
      Pattern.compile("(/[\\w./+-]+|[A-Z]:\\\\[\\w.\\\\+-]+)\\.(cc|h|cpp|hpp):\\d+ [^\\n]*?\\) ?");

  private OrtErrors() {}

  /// A model that would not open.
  static OctetException opening(String model, OrtException cause) {
    String text = text(cause);
    return switch (cause.getCode()) {
      case ORT_INVALID_PROTOBUF, ORT_NO_MODEL ->
          OctetException.badInput(
              "not-a-model",
              model,
              "is no ONNX model, or is cut short (" + text + ")",
              "expected a file in ONNX's protobuf format",
              cause);
      default ->
          OctetException.badInput(
              "model-refused", model, "ONNX Runtime refuses it: " + text, "", cause);
    };
  }

  /// A run that failed.
  static OctetException running(String model, OrtException cause) {
    String text = text(cause);
    Matcher node = NODE.matcher(text);
    if (node.find()) {
      String place = model + ", " + node.group(1) + " '" + node.group(2) + "'";
      return OctetException.failure("run-failed", place, text.substring(node.end()), "", cause);
    }
    return OctetException.failure("run-failed", model, text, "", cause);
  }

  private static String text(OrtException cause) {
    String message = String.valueOf(cause.getMessage());
    String bare = PREFIX.matcher(message).replaceFirst("");
    bare = FILE.matcher(bare).replaceFirst("");
    return SOURCE_POSITION.matcher(bare).replaceAll("").strip();
  }
}
