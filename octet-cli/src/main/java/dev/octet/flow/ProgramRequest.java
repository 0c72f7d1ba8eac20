package dev.octet.flow;

import dev.octet.target.Target;
import java.nio.file.Path;
import java.util.Optional;

/// A float program to quantize and the files to write.
///
/// @param program .pt2 file
/// @param checkpoint file whose weights to take instead of the program's own
/// @param output ONNX file to write
/// @param quantizedProgram .pt2 file to write; empty for none
/// @param target processor whose integer kernels are to get the ONNX model right
public record ProgramRequest(
    Path program,
    Optional<Path> checkpoint,
    Path output,
    Optional<Path> quantizedProgram,
    Target target) {

  /// The program with the weights that were asked for.
  ///
  /// @throws dev.octet.diagnostic.OctetException when one of the files cannot be read or written
  ModelFile.Torch open() {
    OutputFile.checked(output);
    quantizedProgram.ifPresent(OutputFile::checked);
    return ExportFlow.withWeights(ModelFile.readProgram(program), checkpoint);
  }
}
