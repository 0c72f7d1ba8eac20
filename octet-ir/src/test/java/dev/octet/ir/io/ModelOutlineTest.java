package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Attribute;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.NodeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelOutlineTest {
  private static final int FLOATS = 100_000;

  @TempDir Path folder;

  @Test
  void holdsAllOfTheModelInAFractionOfItsBytes() throws IOException {
    Model model = OnnxText.parse(Texts.IF);
    model.edit(
        editor -> {
          editor.addInitializer(editor.graph(), "large", floats(FLOATS));
          editor.addInitializer(editor.graph(), "small", floats(3));
          editor.append(
              editor.graph(),
              NodeSpec.of("Constant")
                  .attribute("value", Attribute.of(floats(5)))
                  .outputs(editor.newValue("constant", null)));
        });
    Path file = folder.resolve("model.onnx");
    Path outline = folder.resolve("outline");
    ModelWriter.write(model, file);
    ModelOutline.write(file, outline);
    assertThat(Files.size(outline)).isLessThan(2000);
    assertThat(ModelWriter.encode(ModelReader.read(outline))).isEqualTo(ModelWriter.encode(model));
  }

  private static DenseTensor floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return DenseTensor.ofFloats(values, count);
  }
}
