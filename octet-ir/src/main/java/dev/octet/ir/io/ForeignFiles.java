package dev.octet.ir.io;

import dev.octet.diagnostic.OctetException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// Files people mistake for models, told apart by how they begin.
final class ForeignFiles {
  private static final String SAVE_PROGRAM =
      "save the network with torch.export.save; `octet export` turns that into a model";
  private static final Pattern PICKLE_AS_TEXT = Pattern.compile("^(\\([dl]p\\d|c[A-Za-z_.]+\\n)");
  private static final int TAR_MARK = 257;

  private ForeignFiles() {}

  /// Says what a file is that cannot be an ONNX model.
  static void refuse(MemorySegment bytes, Source source) {
    byte[] head = bytes.asSlice(0, Math.min(bytes.byteSize(), 512)).toArray(ValueLayout.JAVA_BYTE);
    String text = new String(head, StandardCharsets.ISO_8859_1);
    Optional<OctetException> refusal =
        text.isEmpty()
            ? Optional.of(source.bad("model-empty", "is empty", "copy or export the file again"))
            : binary(text, source).or(() -> text(text, source));
    if (refusal.isPresent()) {
      throw refusal.get();
    }
  }

  private static Optional<OctetException> binary(String head, Source source) {
    if (head.startsWith("PK\u0003\u0004")) {
      return Optional.of(
          source.bad(
              "model-is-zip",
              "is a zip archive, not an ONNX model",
              "a .pt2 is exported to ONNX first"));
    }
    if (head.length() > 1 && head.charAt(0) == 0x80 && head.charAt(1) >= 2 && head.charAt(1) <= 5) {
      return Optional.of(
          source.bad("model-is-pickle", "is a Python pickle, not a model", SAVE_PROGRAM));
    }
    if (head.startsWith("ustar", TAR_MARK)) {
      return Optional.of(
          source.bad(
              "model-is-tar",
              "is a tar archive, not a model",
              "unpack it; what torch.save wrote so, in its first years, is to be loaded and saved"
                  + " again"));
    }
    if (head.startsWith("{", 8) && head.indexOf('"', 8) == 9 && head.charAt(7) == 0) {
      return Optional.of(
          source.bad(
              "model-is-weights", "holds weights alone (safetensors), not a model", SAVE_PROGRAM));
    }
    return Optional.empty();
  }

  private static Optional<OctetException> text(String head, Source source) {
    if (head.startsWith("version https://git-lfs")) {
      return Optional.of(
          source.bad(
              "model-is-pointer",
              "is a Git LFS pointer, not the model itself",
              "run `git lfs pull`"));
    }
    if (head.startsWith("<!DOCTYPE") || head.startsWith("<html")) {
      return Optional.of(
          source.bad("model-is-html", "is a web page, not a model", "download the file itself"));
    }
    if (PICKLE_AS_TEXT.matcher(head).find()) {
      return Optional.of(
          source.bad(
              "model-is-pickle",
              "is a Python pickle in its oldest form, not a model",
              SAVE_PROGRAM));
    }
    // A message of this length without a single length or tag below 9 does not occur.
    boolean printable =
        head.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t');
    return printable && head.length() >= 8
        ? Optional.of(source.bad("model-is-text", "is a text file, not a model", "check the path"))
        : Optional.empty();
  }
}
