package dev.octet.command;

import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.command.CommandLines.Outcome;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which passes `prepare` runs is the user's choice, and the report says what came of it.
class PreparePassesTest {
  @TempDir private Path folder;
  private Path model;
  private Path prepared;

  @BeforeEach
  void write() {
    model = folder.resolve("old.onnx");
    prepared = folder.resolve("new.onnx");
    ModelWriter.write(
        OnnxText.parse(
            """
            <ir_version: 4, opset_import: ["" : 9]>
            g (float[N,1,2,2] x, float[3] spare) => (float[N,1,4,4] y)
            <float[4] s = {1, 1, 2, 2}, float[1] c = {0.5}> {
              [twice] u = Upsample (x, s)
              [erf] e = Erf (c)
              m = Mul (u, e)
              d = Dropout <ratio = 0.5> (m)
              y = Relu (d)
            }
            """),
        model);
  }

  @Test
  void everyPassIsListedWithWhetherItRuns() {
    Outcome outcome = run("prepare", "--list-passes");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .containsPattern("merge-equal-nodes +on ")
        .containsPattern("recognize-layer-norm +off ")
        .containsPattern("recognize-gelu +off ")
        .containsPattern("recognize-attention +off ")
        .containsPattern("remove-unused-inputs +off ");
  }

  @Test
  void constantsAreComputedByOnnxRuntimeAndUpsampleBecomesResize() {
    Outcome outcome = run("prepare", model, "-o", prepared, "--explain");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("fold-constants at Erf 'erf'")
        .contains("opset 9 → 13")
        .contains("outputs equal within");
    Model read = ModelReader.read(prepared);
    assertThat(read.graph().nodes())
        .extracting(Node::opType)
        .containsExactly("Resize", "Mul", "Relu");
    assertThat(read.graph().inputs()).hasSize(2);
  }

  @Test
  void passesAreSwitchedOnAndOff() {
    Outcome outcome =
        run(
            "prepare",
            model,
            "-o",
            prepared,
            "--enable",
            "remove-unused-inputs",
            "--disable",
            "fold-constants,upsample-to-resize");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).doesNotContain("rolled back");
    Model read = ModelReader.read(prepared);
    assertThat(read.graph().nodes())
        .extracting(Node::opType)
        .containsExactly("Upsample", "Erf", "Mul", "Relu");
    assertThat(read.graph().inputs()).hasSize(1);

    Outcome unknown = run("prepare", model, "-o", prepared, "--enable", "fold-everything");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("fold-everything").contains("fold-constants");
  }

  @Test
  void withoutOptimizationOnlyShapesAreInferred() {
    Outcome outcome = run("prepare", model, "-o", prepared, "--skip-optimization");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    Model read = ModelReader.read(prepared);
    assertThat(read.graph().nodeCount()).isEqualTo(5);
    assertThat(read.graph().findValue("m").orElseThrow().shape().orElseThrow())
        .hasToString("[N,1,4,4]");
  }

  @Test
  void anOpsetOutOfReachIsAFailureThatWritesNothing() {
    assertThat(run("prepare", model, "-o", prepared, "--opset", 21).exitCode()).isZero();
    assertThat(ModelReader.read(prepared).opset()).hasValue(21);
    Path back = folder.resolve("back.onnx");
    assertThat(run("prepare", prepared, "-o", back, "--opset", 13).exitCode()).isZero();
    assertThat(ModelReader.read(back).opset()).hasValue(13);
    Path none = folder.resolve("none.onnx");
    Outcome tooFar = run("prepare", prepared, "-o", none, "--opset", 12);
    assertThat(tooFar.exitCode()).isEqualTo(1);
    assertThat(tooFar.err()).contains("Resize 'twice': is defined otherwise since opset 13");
    Outcome beyond = run("prepare", model, "-o", none, "--opset", 24);
    assertThat(beyond.exitCode()).isEqualTo(1);
    assertThat(beyond.err()).contains("to opset 24", "name another, from 7 to 23");
    assertThat(none).doesNotExist();
  }

  @Test
  void theFormatIsWrittenInAnotherVersionOrNotAtAll() {
    assertThat(run("prepare", model, "-o", prepared, "--ir-version", 9).exitCode()).isZero();
    assertThat(ModelReader.read(prepared).info().irVersion()).isEqualTo(9);
    Outcome back = run("prepare", prepared, "-o", prepared, "--ir-version", 7, "--explain");
    assertThat(back.exitCode()).as(back.err()).isZero();
    assertThat(back.out()).contains("convert-ir-version at model: IR version 9 → 7");
    assertThat(ModelReader.read(prepared).info().irVersion()).isEqualTo(7);

    ModelWriter.write(
        OnnxText.parse(
            """
            <ir_version: 10, opset_import: ["" : 21]>
            g (float[N,2] x) => (float[N,2] y) <int4[2] codes = {1, -2}, float s = {1}> {
              w = DequantizeLinear (codes, s)
              y = Mul (x, w)
            }
            """),
        model);
    Path none = folder.resolve("none.onnx");
    Outcome newer = run("prepare", model, "-o", none, "--ir-version", 9);
    assertThat(newer.exitCode()).isEqualTo(1);
    assertThat(newer.err()).contains("'codes'").contains("INT4 came with IR version 10");
    assertThat(none).doesNotExist();
    assertThat(run("prepare", model, "-o", none, "--ir-version", 3).exitCode()).isEqualTo(2);
  }

  @Test
  void anAttributeOfAnotherKindIsTheFilesMistake() {
    ModelWriter.write(
        OnnxText.parse(
            """
            g (float[N,1,4] x) => (float[N,1,4] y)
            <float[1,1,1] w = {1}, float[1] one = {1}> {
              c = Conv (x, w)
              [norm] y = BatchNormalization <epsilon = 0> (c, one, one, one, one)
            }
            """),
        model);
    Outcome outcome = run("prepare", model, "-o", prepared);
    assertThat(outcome.exitCode()).isEqualTo(4);
    assertThat(outcome.err().lines().toList())
        .singleElement()
        .asString()
        .contains("BatchNormalization 'norm'", "'epsilon' should be a float, is an integer");
    assertThat(prepared).doesNotExist();
  }

  @Test
  void onnxRuntimesOwnOptimizerLeavesNoStrayImports() {
    for (String level : List.of("basic", "extended")) {
      Outcome outcome = run("prepare", model, "-o", prepared, "--with-onnxruntime", level);
      assertThat(outcome.exitCode()).as(outcome.err()).isZero();
      assertThat(outcome.out()).contains("onnxruntime-" + level + ":");
      assertThat(Files.exists(prepared)).isTrue();
      Model read = ModelReader.read(prepared);
      assertThat(read.opsets().keySet())
          .isEqualTo(
              Stream.concat(Stream.of(""), read.graph().nodes().stream().map(Node::domain))
                  .collect(Collectors.toSet()));
    }
  }
}
