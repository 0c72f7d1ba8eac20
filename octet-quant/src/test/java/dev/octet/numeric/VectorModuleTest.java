package dev.octet.numeric;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VectorModuleTest {

  /// Run in a JVM that was started without the module.
  static final class WithoutModule {
    private WithoutModule() {}

    public static void main(String[] args) {
      float[] values = {0.2f, 300f, -1.5f};
      AffineKernels.fakeQuantize(values, 0, 3, QuantType.INT8, new ScaleChoice(1f, 0), values, 0);
      System.out.println(AffineKernels.description() + " " + values[1] + " " + values[2]);
    }
  }

  @Test
  void withoutTheModuleTheScalarKernelsRunAndTheFlagIsNamed()
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WithoutModule.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("scalar 127.0 -2.0").contains(VectorModule.FLAG);
  }
}
