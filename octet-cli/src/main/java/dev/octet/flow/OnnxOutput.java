package dev.octet.flow;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.io.AtomicFile;
import dev.octet.ir.io.ExternalData;
import dev.octet.ir.io.ModelOutline;
import dev.octet.ir.io.ModelWriter;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.SessionOptions;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Writes models so that a target is only ever replaced by a file that ONNX Runtime opens.
///
/// The model is checked and written to a draft folder beside the target, with its external data;
/// the draft is opened; then its files are moved over the target's, data first.
final class OnnxOutput {
  /// What must hold before the target is replaced.
  enum Proof {
    /// The structure is sound and ONNX Runtime opens the file.
    OPENS,
    /// The structure is sound. For models whose original ONNX Runtime does not take either.
    SOUND
  }

  /// Looks at a draft.
  interface Judge {
    /// What is wrong with it; empty when nothing is.
    Optional<String> objection(Path draft) throws IOException;
  }

  /// Bytes from which on a model's file is opened by its outline.
  private static final long LARGE = 16 << 20;

  private OnnxOutput() {}

  /// Replaces `target` by `model`.
  ///
  /// @return bytes of the model, the data beside it included
  /// @throws OctetException `FAILURE` when the model is not sound, does not open, or cannot be
  ///     written; the target is what it was then
  static long write(Model model, Path target, Proof proof) {
    return write(model, target, proof, Optional.empty());
  }

  /// Replaces `target` by `model`, and the file of tensor data beside it.
  ///
  /// @param external where tensor data goes; empty for the model itself, as long as it has room
  /// @return bytes of the model, the data beside it included
  /// @throws OctetException as [#write(Model, Path, Proof)] does
  static long write(Model model, Path target, Proof proof, Optional<ExternalData> external) {
    return draft(
            model,
            target,
            external,
            draft -> {
              if (proof == Proof.OPENS) {
                open(draft, target);
              }
              return Optional.empty();
            })
        .bytes();
  }

  /// Replaces `target` by `model` unless something is found to be wrong with the draft.
  ///
  /// @param judge asked about the draft
  /// @return the objection; nothing has been replaced then
  /// @throws OctetException as [#write(Model, Path, Proof)] does
  static Optional<String> writeUnless(
      Model model, Path target, Optional<ExternalData> external, Judge judge) {
    return draft(model, target, external, judge).objection();
  }

  /// @param bytes of the model, the data beside it included
  /// @param objection why it was thrown away
  private record Draft(long bytes, Optional<String> objection) {}

  private static Draft draft(
      Model model, Path target, Optional<ExternalData> external, Judge judge) {
    Path named = OutputFile.checked(target);
    try {
      // A link goes on being one, and the data lies beside the model it leads to.
      Path place = AtomicFile.behindLinks(named);
      Path name = place.getFileName();
      Path folder = Files.createTempDirectory(place.getParent(), "." + name + ".");
      try {
        Path draft = folder.resolve(name);
        if (external.isPresent()) {
          ModelWriter.write(model, draft, external.get());
        } else {
          ModelWriter.write(model, draft);
        }
        Draft judged = new Draft(size(folder), judge.objection(draft));
        if (judged.objection().isEmpty()) {
          replace(folder, draft, place);
        }
        return judged;
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw OctetException.failure(
          "file-not-written", target.toString(), "cannot be written: " + e.getMessage(), "", e);
    }
  }

  // A large model is opened by its outline: ONNX Runtime would read every weight inside a model's
  // file before it looks at the graph, and what it looks at is the same.
  private static void open(Path draft, Path target) throws IOException {
    if (Files.size(draft) < LARGE) {
      openWhole(draft, target);
      return;
    }
    Path outline = draft.resolveSibling("outline");
    try {
      ModelOutline.write(draft, outline);
      openWhole(outline, target);
    } finally {
      Files.deleteIfExists(outline);
    }
  }

  private static void openWhole(Path draft, Path target) {
    try (InferenceSession opened = InferenceSession.open(draft, SessionOptions.ONLY_OPEN)) {
      opened.outputs();
    } catch (OctetException refusal) {
      List<Diagnostic> why = new ArrayList<>();
      refusal
          .diagnostics()
          .forEach(
              each ->
                  why.add(
                      new Diagnostic(
                          "result-does-not-open",
                          target.toString(),
                          "is not written, as ONNX Runtime would not open it: " + each.message(),
                          "keep the node it names in float, or report this as a bug in octet")));
      throw new OctetException(OctetException.Kind.FAILURE, why, refusal);
    }
  }

  /// Data first, so that no model ever points to what is not there.
  private static void replace(Path folder, Path draft, Path target) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> !each.equals(draft)).sorted().toList()) {
        move(file, target.resolveSibling(file.getFileName()));
      }
    }
    move(draft, target);
  }

  // What is replaced is only lost once the new is on disk.
  private static void move(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      try (FileChannel written = FileChannel.open(from, StandardOpenOption.WRITE)) {
        written.force(true);
      }
    }
    Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static long size(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }
}
