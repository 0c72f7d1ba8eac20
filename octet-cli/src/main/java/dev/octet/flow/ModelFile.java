package dev.octet.flow;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.io.FileModel;
import dev.octet.ir.io.ModelReader;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.SessionOptions;
import dev.octet.torch.archive.CheckpointReader;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.graph.ExportedProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A model file of either kind, read. What kind it is, is decided by its content, not its name.
public sealed interface ModelFile {
  /// Key of the class names: an extra file of a program, a metadata entry of an ONNX model.
  String LABELS = "labels";

  /// Key of the sample rate that recordings must have, in Hz.
  String SAMPLE_RATE = "sample_rate";

  Path path();

  /// Opens something that runs the model; the caller closes it.
  ///
  /// @param options for ONNX Runtime; libtorch runs programs as they are
  ModelRunner open(SessionOptions options);

  /// A text the model carries under this key.
  Optional<String> note(String key);

  /// An ONNX model.
  ///
  /// @param files the model and what it was read from
  record Onnx(Path path, FileModel files) implements ModelFile {
    public Model model() {
      return files.model();
    }

    @Override
    public long sizeBytes() {
      return files.allBytes();
    }

    @Override
    public ModelRunner open(SessionOptions options) {
      return InferenceSession.open(path, options);
    }

    @Override
    public Optional<String> note(String key) {
      return Optional.ofNullable(model().metadata().get(key));
    }
  }

  /// A program saved by `torch.export`.
  record Torch(Path path, ExportedProgram program) implements ModelFile {
    @Override
    public LibtorchInterpreter open(SessionOptions options) {
      return new LibtorchInterpreter(path.getFileName().toString(), program);
    }

    /// What [#open] gave.
    LibtorchInterpreter opened(ModelRunner runner) {
      return (LibtorchInterpreter) runner;
    }

    @Override
    public Optional<String> note(String key) {
      return Optional.ofNullable(program.extraFiles().get(key));
    }
  }

  /// Reads a model.
  ///
  /// @throws OctetException (`BAD_INPUT`) when the file is missing, unreadable or no model
  static ModelFile read(Path file) {
    if (isZip(file)) {
      return new Torch(file, Pt2Reader.read(file));
    }
    if (Files.isRegularFile(file) && CheckpointReader.recognizes(file)) {
      throw CheckpointReader.withoutProgram(file);
    }
    return new Onnx(file, ModelReader.readFiles(file));
  }

  /// Reads a model that must be a PyTorch program.
  static Torch readProgram(Path file) {
    if (read(file) instanceof Torch program) {
      return program;
    }
    throw OctetException.badInput(
        "not-a-program",
        file.toString(),
        "is an ONNX model where a program saved by torch.export (.pt2) is expected",
        "");
  }

  /// Reads a model that must be an ONNX model.
  static Onnx readOnnx(Path file) {
    if (read(file) instanceof Onnx model) {
      return model;
    }
    throw OctetException.badInput(
        "not-onnx",
        file.toString(),
        "is a PyTorch program where an ONNX model is expected",
        "octet export turns it into one");
  }

  /// Reads an ONNX model that is to be rewritten or run, so one that computes something.
  ///
  /// Nothing but its outputs keeps a node alive: without any, all of it would be dead code.
  static Onnx readComputing(Path file) {
    Onnx model = readOnnx(file);
    if (model.model().graph().outputs().isEmpty()) {
      throw OctetException.badInput(
          "no-outputs",
          file.toString(),
          "its graph declares no outputs, so it computes nothing",
          "name what it should return in graph.output");
    }
    return model;
  }

  /// Class names in output order, if the model carries them.
  default Optional<List<String>> labels() {
    return note(LABELS).map(text -> text.lines().filter(line -> !line.isBlank()).toList());
  }

  /// Sample rate in Hz, if the model carries it.
  default OptionalInt sampleRate() {
    return note(SAMPLE_RATE)
        .map(String::strip)
        .filter(text -> text.matches("[1-9][0-9]{0,6}"))
        .map(text -> OptionalInt.of(Integer.parseInt(text)))
        .orElse(OptionalInt.empty());
  }

  /// Bytes of the model, the data beside it included.
  default long sizeBytes() {
    try {
      return Files.size(path());
    } catch (IOException e) {
      throw OctetException.badInput("unreadable", path().toString(), "cannot be read", "", e);
    }
  }

  private static boolean isZip(Path file) {
    if (Files.isDirectory(file)) {
      throw OctetException.badInput(
          "is-a-folder", file.toString(), "is a folder where a model file is expected", "");
    }
    if (!Files.exists(file)) {
      throw OctetException.badInput("missing", file.toString(), "no such file", "");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(4);
      return start.length == 4 && start[0] == 'P' && start[1] == 'K' && start[2] < 9;
    } catch (IOException e) {
      throw OctetException.badInput("unreadable", file.toString(), "cannot be read", "", e);
    }
  }
}
