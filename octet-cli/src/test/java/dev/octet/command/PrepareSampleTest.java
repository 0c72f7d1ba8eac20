package dev.octet.command;

import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `prepare --sample`: real runs show what no rule knows, and the report says so.
class PrepareSampleTest {
  @TempDir private Path folder;

  @Test
  void aRankThatNoRuleKnowsIsSeenInARun() throws IOException {
    // Which axes Squeeze removes depends on N; the samples have more than one row.
    Path model = folder.resolve("squeezed.onnx");
    ModelWriter.write(
        OnnxText.parse(
            """
            g (float[N,1,4] x) => (y) {
              s = Squeeze (x)
              y = Relu (s)
            }
            """),
        model);
    Path samples = folder.resolve("x.npy");
    Files.write(samples, floats("(1, 2, 1, 4)", 8));
    Path prepared = folder.resolve("prepared.onnx");
    Outcome plain = run("prepare", model, "-o", prepared);
    assertThat(plain.out()).contains("Full shapes known for 0 of 2 tensors.");

    Outcome outcome = run("prepare", model, "-o", prepared, "--sample", samples, "--explain");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("Full shapes known for 2 of 2 tensors.");
    assertThat(outcome.out()).contains("only as real runs showed").contains("hint: s");
    Model read = ModelReader.read(prepared);
    assertThat(read.graph().findValue("s").orElseThrow().shape().orElseThrow())
        .hasToString("[unk.s.0,4]");
  }

  /// Made-up inputs do not fit this model: it takes a multiple of 5 numbers.
  @Test
  void everyPassIsCheckedOnTheSamples() throws IOException {
    Path model = folder.resolve("picky.onnx");
    ModelWriter.write(
        OnnxText.parse(
            """
            g (float[N,2] x) => (y) <float[1] b = {100000000}, float[1] m = {-100000000},
               int64[2] s = {5, -1}> {
              r = Reshape (x, s)
              [up] u = Add (r, b)
              [same] i = Identity (u)
              y = Add (i, m)
            }
            """),
        model);
    Path samples = folder.resolve("x.npy");
    Files.write(samples, floats("(1, 5, 2)", 10));
    Path prepared = folder.resolve("prepared.onnx");
    assertThat(run("prepare", model, "-o", prepared).out()).contains("NOT checked by running");

    Outcome outcome = run("prepare", model, "-o", prepared, "--sample", samples, "--explain");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("Every pass was checked by running the model on the first samples; outputs equal")
        .contains("remove-identity at Identity 'same'")
        .doesNotContain("rolled back");

    Path none = folder.resolve("none.npy");
    Outcome missing = run("prepare", model, "-o", prepared, "--sample", none);
    assertThat(missing.exitCode()).isEqualTo(4);
    assertThat(missing.err()).contains("none.npy");
  }

  private static byte[] floats(String shape, int count) {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
    String padded = header + " ".repeat(64 - (10 + header.length() + 1) % 64) + "\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + padded.length() + 4 * count).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1);
    bytes.put((byte) 0).putShort((short) padded.length());
    bytes.put(padded.getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < count; i++) {
      bytes.putFloat(i);
    }
    return bytes.array();
  }
}
