package dev.octet.testkit;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.check.ModelCheck;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Tests of rewrites on ONNX text. A rewrite is anything that edits the model it is given: a rule,
/// a pass, a pipeline.
public final class RewriteAssertions {
  private static final int SEEDS = 8;

  private RewriteAssertions() {}

  /// As [#assertRewrite(Consumer, String, String, Tolerance)], with [Tolerance#FLOAT32].
  public static void assertRewrite(Consumer<Model> rewrite, String before, String after) {
    assertRewrite(rewrite, before, after, Tolerance.FLOAT32);
  }

  /// Asserts that `rewrite` turns `before` into `after`, and that the result is a valid model, does
  /// not change when rewritten again, survives a file round trip, and computes in ONNX Runtime what
  /// `before` computes, on seeded random inputs with the runtime's own optimizer off.
  ///
  /// The two are compared as graphs by [ModelComparison]: names of intermediate values, of nodes
  /// and of initializers do not count.
  ///
  /// @param rewrite edits the model it is given
  /// @param before ONNX text, see [OnnxText]
  /// @param after ONNX text
  /// @param tolerance how far outputs, and constants from those of `after`, may be apart
  public static void assertRewrite(
      Consumer<Model> rewrite, String before, String after, Tolerance tolerance) {
    Model model = rewritten(rewrite, before);
    ModelComparison.difference(model, OnnxText.parse(after), tolerance)
        .ifPresent(difference -> fail("not the expected graph: " + difference, model));
    assertSameOutputs(OnnxText.parse(before), model, tolerance);
  }

  /// Asserts all that [#assertRewrite] asserts but how the result looks, and gives the result.
  public static Model assertRewriteKeepsOutputs(
      Consumer<Model> rewrite, String before, Tolerance tolerance) {
    Model model = rewritten(rewrite, before);
    assertSameOutputs(OnnxText.parse(before), model, tolerance);
    return model;
  }

  /// Asserts that `rewrite` leaves the model alone, to the letter.
  public static void assertUnchanged(Consumer<Model> rewrite, String text) {
    Model model = OnnxText.parse(text);
    String before = OnnxText.print(model);
    rewrite.accept(model);
    if (!OnnxText.print(model).equals(before)) {
      fail("expected no change", model);
    }
  }

  /// Asserts that two models with the same inputs compute the same in ONNX Runtime, on seeded
  /// random inputs; symbolic dimensions become 2.
  public static void assertSameOutputs(Model expected, Model actual, Tolerance tolerance) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Map<String, DenseTensor> inputs = RandomTensors.inputsOf(expected, seed);
      TensorAssertions.assertClose(
          OnnxRuntimeOracle.run(actual, inputs),
          OnnxRuntimeOracle.run(expected, inputs),
          tolerance);
    }
  }

  private static Model rewritten(Consumer<Model> rewrite, String before) {
    Model model = OnnxText.parse(before);
    rewrite.accept(model);
    List<Diagnostic> findings = ModelCheck.check(model);
    if (!findings.isEmpty()) {
      fail("the result is not sound: " + findings, model);
    }
    String once = OnnxText.print(model);
    Model again = model.copy();
    rewrite.accept(again);
    if (!OnnxText.print(again).equals(once)) {
      fail("rewriting again changes the result to\n" + OnnxText.print(again) + "\nfrom", model);
    }
    if (!OnnxText.print(throughFile(model)).equals(once)) {
      fail("a file does not keep the result", model);
    }
    return model;
  }

  private static Model throughFile(Model model) {
    try {
      Path folder = Files.createTempDirectory("octet-rewrite");
      Path file = folder.resolve("model.onnx");
      try {
        ModelWriter.write(model, file);
        return ModelReader.parse(Files.readAllBytes(file));
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fail(String message, Model model) {
    throw new AssertionError(message + "\n" + OnnxText.print(model));
  }
}
