package dev.octet.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.Progress;
import dev.octet.runtime.TinyModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlignerTest {
  private static final Model REFERENCE = TinyModels.classifier(1, 2, 3, 4, 5, 6);
  private static final SampleSource SAMPLES =
      source(new float[] {1, 0}, new float[] {2, 0}, new float[] {0, -1});

  @Test
  void passesModelsThatAgree() {
    Alignment same =
        align(REFERENCE, TinyModels.classifier(1, 2, 3, 4, 5, 6), AlignOptions.DEFAULT);
    assertThat(same.pass()).isTrue();
    assertThat(same.samples()).isEqualTo(3);
    assertThat(same.elements()).isEqualTo(9);
    assertThat(same.maxAbs()).isZero();
    assertThat(same.top1Agreement()).isEqualTo(1);
    assertThat(same.outputs().getFirst().sqnrDb()).isInfinite();
    assertThat(same.outputs().getFirst().worstSample()).isEmpty();
  }

  @Test
  void tellsWhatAssertAllcloseWould() {
    // The scores of the samples are x0 * (1, 2, 3): the reference's against the other's
    // (1, 2, 3) / (1, 4, 3) and (2, 4, 6) / (2, 8, 6), and zeros.
    Alignment alignment =
        align(REFERENCE, TinyModels.classifier(1, 4, 3, 4, 5, 6), AlignOptions.DEFAULT);
    assertThat(alignment.pass()).isFalse();
    assertThat(alignment.mismatched()).isEqualTo(2);
    assertThat(alignment.maxAbs()).isEqualTo(4);
    assertThat(alignment.maxRel()).isEqualTo(1);
    assertThat(alignment.outputs().getFirst().worstSample()).isEqualTo("sample 1");
    assertThat(alignment.outputs().getFirst().sqnrDb())
        .isCloseTo(10 * Math.log10((1 + 4 + 9 + 4 + 16 + 36) / (4.0 + 16)), within(1e-9));
    assertThat(alignment.top1Agreement()).isCloseTo(1 / 3.0, within(1e-12));
    Tolerance wide = new Tolerance(1, 0);
    assertThat(
            align(
                    REFERENCE,
                    TinyModels.classifier(1, 4, 3, 4, 5, 6),
                    AlignOptions.DEFAULT.withTolerance(wide))
                .pass())
        .isTrue();
  }

  @Test
  void doesNotDependOnTheBatchSize() {
    Model other = TinyModels.classifier(1, 2.5f, 3, 4, 5, 6);
    Alignment one = align(REFERENCE, other, AlignOptions.DEFAULT.withBatchSize(1));
    assertThat(align(REFERENCE, other, AlignOptions.DEFAULT.withBatchSize(2))).isEqualTo(one);
    Model fixed = TinyModels.classifier(Dim.of(1), "x", "scores", 1, 2.5f, 3, 4, 5, 6);
    assertThat(align(REFERENCE, fixed, AlignOptions.DEFAULT)).isEqualTo(one);
  }

  @Test
  void pairsByPositionWhenNamesDiffer() {
    Model renamed = TinyModels.classifier(Dim.of("n"), "audio", "logits", 1, 2, 3, 4, 5, 6);
    Alignment alignment = align(REFERENCE, renamed, AlignOptions.DEFAULT);
    assertThat(alignment.pass()).isTrue();
    assertThat(alignment.outputs().getFirst().name()).isEqualTo("scores");
    assertThat(alignment.outputs().getFirst().otherName()).isEqualTo("logits");
  }

  @Test
  void comparesInnerValuesThatAreAskedFor() {
    Alignment alignment =
        align(
            REFERENCE,
            TinyModels.classifier(1, 2, 3, 4, 5, 6),
            AlignOptions.DEFAULT.withObserved(Map.of("hidden", "x")));
    assertThat(alignment.pass()).as("the verdict is about outputs").isTrue();
    TensorAlignment observed = alignment.observed().getFirst();
    assertThat(observed.mismatched()).as("relu(-1) is not -1").isEqualTo(1);
    assertThat(observed.worstSample()).isEqualTo("sample 2");
  }

  @Test
  void countsWhatIsNotFinite() {
    Model broken = TinyModels.classifier(1, Float.NaN, 3, 4, 5, 6);
    Alignment alignment = align(REFERENCE, broken, AlignOptions.DEFAULT);
    assertThat(alignment.mismatched()).isEqualTo(3);
    assertThat(alignment.maxAbs()).isZero();
    assertThat(alignment.outputs().getFirst().worstSample()).isEqualTo("sample 0");
    assertThat(align(broken, broken, AlignOptions.DEFAULT).pass()).isTrue();
  }

  @Test
  void refusesSamplesThatDoNotFit() {
    SampleSource bad = source(new float[] {1, 2, 3});
    try (InferenceSession session = TinyModels.open(REFERENCE)) {
      assertThatThrownBy(
              () -> Aligner.align(session, session, bad, AlignOptions.DEFAULT, Progress.NONE))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("expected x: float[batch,2], given x: float[1,3]");
    }
  }

  private static Alignment align(Model reference, Model other, AlignOptions options) {
    try (InferenceSession a = TinyModels.open(reference);
        InferenceSession b = TinyModels.open(other)) {
      return Aligner.align(a, b, SAMPLES, options, Progress.NONE);
    }
  }

  private static SampleSource source(float[]... rows) {
    List<Sample> samples = new ArrayList<>();
    for (float[] row : rows) {
      samples.add(
          Sample.unlabelled(
              "sample " + samples.size(), Map.of("x", DenseTensor.ofFloats(row, 1, row.length))));
    }
    return SampleSource.of(List.of(), samples);
  }
}
