package dev.octet.flow;

import dev.octet.align.AlignOptions;
import dev.octet.align.Aligner;
import dev.octet.align.Alignment;
import dev.octet.align.TensorAlignment;
import dev.octet.align.Tolerance;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.evaluate.SpeedComparison;
import dev.octet.ir.DataType;
import dev.octet.ir.Model;
import dev.octet.rewrite.QuantizedModel;
import dev.octet.rewrite.ValueAlignment;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import dev.octet.runtime.TensorSpec;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Compares quantized models with the float model they come from, both as users run them: with all
/// of ONNX Runtime's optimizations.
final class Judge implements AutoCloseable {
  /// Seconds for the two models' turns together: enough to tell twice as fast from as fast.
  private static final double SPEED_SECONDS = 0.4;

  /// Samples that tensors inside the models are compared on: a big model holds 100 MB a sample.
  private static final int INSIDE_SAMPLES = 1;

  private static final Set<DataType> CHOICES =
      Set.of(
          DataType.INT32,
          DataType.INT64,
          DataType.UINT32,
          DataType.UINT64,
          DataType.BOOL,
          DataType.STRING);

  private final ModelRunner reference;
  private final SampleParts parts;

  /// The one opened last, for who is compared is often judged and timed next.
  private @Nullable Opened opened;

  private record Opened(QuantizedModel model, ModelRunner runner) {}

  Judge(Model original, SampleParts parts) {
    this.reference = InferenceSession.open(original, "the float model", SessionOptions.DEFAULT);
    this.parts = parts;
  }

  /// @throws OctetException (USAGE) when a bar is asked for that the outputs cannot be held to
  void check(QuantizeRequest.Bars bars) {
    if (bars.minSqnr().isPresent() && reference.outputs().stream().allMatch(Judge::isChoice)) {
      throw OctetException.usage(
          "options-contradict",
          "--min-sqnr",
          "is a ratio of signal to noise, and all outputs of the model are choices: "
              + reference.outputs(),
          "ask for --min-agreement instead, such as 0.99");
    }
  }

  /// What the choosing samples say.
  Trial compare(String name, QuantizedModel quantized, Progress progress) {
    return judge(name, quantized, parts.choosing(), progress);
  }

  /// What the judging samples say of what was chosen.
  ///
  /// @param chosen what the choosing samples said of it
  Trial verdict(Trial chosen, QuantizedModel quantized, Progress progress) {
    return parts.judgesApart()
        ? judge(chosen.method(), quantized, parts.judging(), progress)
        : chosen;
  }

  /// What any samples say.
  Trial judge(String name, QuantizedModel quantized, SampleSource others, Progress progress) {
    Alignment alignment =
        Aligner.align(
            reference,
            runner(quantized),
            new FiniteSamples(others),
            AlignOptions.DEFAULT.withTolerance(Tolerance.QUANTIZED),
            progress);
    return new Trial(name, alignment.top1Agreement(), sqnr(alignment.outputs()));
  }

  /// How fast the quantized model runs, one thread, one sample.
  Optional<SpeedComparison> speed(QuantizedModel quantized) {
    try (Stream<Sample> stream = parts.judging().samples()) {
      return SpeedComparison.of(
          reference, runner(quantized), stream.findFirst().orElseThrow(), SPEED_SECONDS);
    }
  }

  /// The tensors inside the models that differ most, worst first.
  ///
  /// @param floatModel the model that was quantized
  List<TensorAlignment> worstTensors(Model floatModel, QuantizedModel quantized, int count) {
    Map<String, String> pairs = new LinkedHashMap<>();
    QuantizedModel observable = quantized.observable();
    for (ValueAlignment.Pair pair : observable.alignment().pairs()) {
      boolean computed =
          floatModel.graph().findValue(pair.floatValue()).flatMap(v -> v.producer()).isPresent();
      if (computed && pair.kind() != ValueAlignment.Kind.DEQUANTIZED_CONSTANT) {
        pairs.put(pair.floatValue(), pair.quantizedValue());
      }
    }
    try (ModelRunner whole =
            InferenceSession.observing(
                floatModel, "the float model", SessionOptions.UNCHANGED, pairs.keySet());
        ModelRunner runner =
            InferenceSession.observing(
                observable.model(),
                "the quantized model",
                SessionOptions.UNCHANGED,
                pairs.values())) {
      return Aligner.align(
              whole,
              runner,
              parts.judging().balancedSample(INSIDE_SAMPLES, 0),
              AlignOptions.DEFAULT.withTolerance(Tolerance.QUANTIZED).withObserved(pairs),
              Progress.NONE)
          .observed()
          .stream()
          .filter(each -> each.sqnrDb() < Double.POSITIVE_INFINITY)
          .sorted(Comparator.comparingDouble(TensorAlignment::sqnrDb))
          .limit(count)
          .toList();
    }
  }

  @Override
  public void close() {
    if (opened != null) {
      opened.runner.close();
    }
    reference.close();
  }

  /// Runs a quantized model; closed when another is opened, or with the judge.
  private ModelRunner runner(QuantizedModel quantized) {
    if (opened != null && opened.model.equals(quantized)) {
      return opened.runner;
    }
    if (opened != null) {
      opened.runner.close();
      opened = null;
    }
    ModelRunner runner =
        InferenceSession.open(quantized.model(), "the quantized model", SessionOptions.DEFAULT);
    opened = new Opened(quantized, runner);
    return runner;
  }

  /// Of the worst output that holds quantities.
  private double sqnr(List<TensorAlignment> outputs) {
    Set<String> choices =
        reference.outputs().stream()
            .filter(Judge::isChoice)
            .map(TensorSpec::name)
            .collect(Collectors.toSet());
    List<TensorAlignment> quantities =
        outputs.stream().filter(each -> !choices.contains(each.name())).toList();
    if (quantities.isEmpty() && !outputs.isEmpty()) {
      return Double.NaN;
    }
    return quantities.stream()
        .mapToDouble(TensorAlignment::sqnrDb)
        .map(each -> Double.isNaN(each) ? Double.NEGATIVE_INFINITY : each)
        .min()
        .orElse(Double.NEGATIVE_INFINITY);
  }

  /// Whether an output holds numbers of things, as `ArgMax` gives, whose differences say nothing.
  private static boolean isChoice(TensorSpec output) {
    return CHOICES.contains(output.dataType());
  }
}
