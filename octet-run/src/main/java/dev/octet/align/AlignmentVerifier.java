package dev.octet.align;

import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import dev.octet.runtime.TensorSpec;
import dev.octet.transform.Verifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Accepts a rewritten model when ONNX Runtime computes the same from it as from the original, on
/// given samples and within a tolerance. Both run as they stand, without ONNX Runtime's own
/// rewrites, so that what is judged is ours.
public final class AlignmentVerifier implements Verifier, AutoCloseable {
  private final InferenceSession original;
  private final SampleSource samples;
  private final AlignOptions options;

  private AlignmentVerifier(InferenceSession original, SampleSource samples, AlignOptions options) {
    this.original = original;
    this.samples = samples;
    this.options = options;
  }

  /// A judge that knows what `original` computes.
  ///
  /// @param original the model before any rewrite; copied
  /// @param samples for its inputs; run for every check, so few are better
  /// @throws OctetException when ONNX Runtime does not take the model
  public static AlignmentVerifier against(
      Model original, SampleSource samples, AlignOptions options) {
    return new AlignmentVerifier(
        InferenceSession.open(original, "the original", SessionOptions.UNCHANGED),
        samples,
        options);
  }

  /// A judge that knows what a model file computes, which is run where it lies, its external data
  /// mapped: for models too large to be copied.
  ///
  /// @throws OctetException when ONNX Runtime does not take the model
  public static AlignmentVerifier against(
      Path original, SampleSource samples, AlignOptions options) {
    return new AlignmentVerifier(
        InferenceSession.open(original, SessionOptions.ONLY_OPEN), samples, options);
  }

  /// A model that does not open, or does not run, is rejected like one that computes something
  /// else.
  @Override
  public Verdict check(String step, Model candidate) {
    try (InferenceSession session =
        InferenceSession.open(withAllInputs(candidate), "after " + step, original.options())) {
      return check(session);
    } catch (OctetException refusal) {
      return new Verdict.Rejected(refusal.diagnostics().getFirst().toString());
    }
  }

  /// As [#check(String, Model)], of a file, which is run where it lies.
  public Verdict check(Path candidate) {
    try (InferenceSession session = InferenceSession.open(candidate, original.options())) {
      return check(session);
    } catch (OctetException refusal) {
      return new Verdict.Rejected(refusal.diagnostics().getFirst().toString());
    }
  }

  private Verdict check(InferenceSession session) {
    Alignment alignment = Aligner.align(original, session, samples, options, Progress.NONE);
    return alignment.pass() ? new Verdict.Accepted() : new Verdict.Rejected(reason(alignment));
  }

  @Override
  public void close() {
    original.close();
  }

  /// The candidate with those inputs of the original that it has given up, read by nothing, so that
  /// both can be fed alike.
  private Model withAllInputs(Model candidate) {
    Set<String> kept =
        candidate.graph().inputs().stream().map(Value::name).collect(Collectors.toSet());
    List<TensorSpec> missing =
        original.inputs().stream().filter(input -> !kept.contains(input.name())).toList();
    if (missing.isEmpty()) {
      return candidate;
    }
    Model whole = candidate.copy();
    whole.edit(
        editor ->
            missing.forEach(
                input ->
                    editor.addInput(
                        editor.graph(),
                        editor.namedValue(
                            input.name(), ValueType.tensor(input.dataType(), input.shape())))));
    return whole;
  }

  private static String reason(Alignment alignment) {
    TensorAlignment worst =
        alignment.outputs().stream()
            .reduce((a, b) -> b.mismatched() > a.mismatched() ? b : a)
            .orElseThrow();
    return "output '%s': %d of %d elements differ by more than %s + %s * |x|, at most by %s (%s)"
        .formatted(
            worst.name(),
            worst.mismatched(),
            worst.elements(),
            alignment.tolerance().atol(),
            alignment.tolerance().rtol(),
            worst.maxAbs(),
            worst.worstSample());
  }
}
