package dev.octet.fuzz;

import dev.octet.ir.Model;
import dev.octet.ir.check.ModelCheck;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.shape.ShapeInference;

/// Bytes as an ONNX model: read, checked, its shapes inferred, written again.
public final class ModelFuzz {
  private ModelFuzz() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] bytes) {
    FuzzedFile.read(
        () -> {
          Model model = ModelReader.parse(bytes);
          if (ModelCheck.check(model).isEmpty()) {
            ShapeInference.infer(model);
            ModelReader.parse(ModelWriter.encode(model));
          }
        });
  }
}
