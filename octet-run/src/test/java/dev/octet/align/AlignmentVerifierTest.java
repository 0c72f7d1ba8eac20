package dev.octet.align;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.NodeSpec;
import dev.octet.runtime.TinyModels;
import dev.octet.transform.Verifier.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlignmentVerifierTest {
  private static final SampleSource SAMPLES =
      SampleSource.of(
          List.of(),
          List.of(
              Sample.unlabelled(
                  "one", Map.of("x", DenseTensor.ofFloats(new float[] {1, 2}, 1, 2)))));

  @Test
  void acceptsTheSameNumbersOnly() {
    Model original = TinyModels.classifier(1, 2, 3, 4, 5, 6);
    try (AlignmentVerifier verifier =
        AlignmentVerifier.against(original, SAMPLES, AlignOptions.DEFAULT)) {
      assertThat(verifier.check("copy", original.copy())).isEqualTo(new Verdict.Accepted());
      assertThat(verifier.check("scale", TinyModels.classifier(1, 2, 3, 4, 5, 7)))
          .isInstanceOfSatisfying(
              Verdict.Rejected.class,
              rejected ->
                  assertThat(rejected.reason())
                      .contains("output 'scores': 1 of 3 elements differ")
                      .contains("at most by 2.0 (one)"));
    }
  }

  @Test
  void rejectsWhatDoesNotOpen() {
    Model broken = TinyModels.classifier(1, 2, 3, 4, 5, 6);
    broken.edit(
        editor -> {
          var graph = broken.graph();
          editor.addOutput(
              graph,
              editor
                  .append(
                      graph,
                      NodeSpec.of("NoSuchOperator").named("odd").inputs(graph.inputs().getFirst()))
                  .output(0));
        });
    try (AlignmentVerifier verifier =
        AlignmentVerifier.against(
            TinyModels.classifier(1, 2, 3, 4, 5, 6), SAMPLES, AlignOptions.DEFAULT)) {
      assertThat(verifier.check("break", broken))
          .isInstanceOfSatisfying(
              Verdict.Rejected.class,
              rejected ->
                  assertThat(rejected.reason())
                      .startsWith("after break: ")
                      .contains("NoSuchOperator"));
    }
  }
}
