package dev.octet.flow;

import dev.octet.align.AlignOptions;
import dev.octet.align.Aligner;
import dev.octet.align.Alignment;
import dev.octet.align.layers.LayerAligner;
import dev.octet.align.layers.LayerAlignment;
import dev.octet.align.layers.Observable;
import dev.octet.align.layers.OnnxPairs;
import dev.octet.align.layers.ValuePairs;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.libtorch.align.ObservedProgram;
import dev.octet.libtorch.align.ProgramPairs;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.RuntimeOptimizer;
import dev.octet.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What two models compute from the same inputs, and how far it agrees: the outputs, and on demand
/// the values inside.
///
/// @param runs one for each way of running
public record Evidence(List<Run> runs) {
  public Evidence {
    runs = List.copyOf(runs);
  }

  /// Whether ONNX Runtime rewrites a graph before it runs it.
  public enum Optimizer {
    /// Every node runs as the file says.
    OFF,
    /// Fused and integer kernels: what users run.
    ON;

    SessionOptions options() {
      return switch (this) {
        case OFF -> SessionOptions.UNCHANGED;
        case ON -> SessionOptions.DEFAULT;
      };
    }
  }

  /// What is compared.
  public enum Depth {
    OUTPUTS,
    /// Outputs and every value inside that has a counterpart.
    LAYERS
  }

  /// One way of running.
  ///
  /// @param outputs how far the outputs agree, one for each source of samples
  /// @param layers how far the values inside agree, over all samples; empty when not asked for
  public record Run(Optimizer optimizer, List<Alignment> outputs, Optional<LayerAlignment> layers) {
    public Run {
      outputs = List.copyOf(outputs);
    }

    /// Whether every number compared is within the tolerance.
    public boolean pass() {
      return outputs.stream().allMatch(Alignment::pass)
          && layers.map(LayerAlignment::pass).orElse(true);
    }
  }

  /// Runs both models.
  ///
  /// @param samples for the inputs of `reference`
  /// @param optimizers which ways to run
  /// @throws OctetException when a model or sample cannot be used
  static Evidence gather(
      ModelFile reference,
      ModelFile other,
      List<SampleSource> samples,
      List<Optimizer> optimizers,
      Depth depth,
      AlignOptions options,
      Stages stages) {
    List<Run> runs = new ArrayList<>();
    for (Optimizer optimizer : optimizers) {
      try (ModelRunner one = reference.open(optimizer.options());
          ModelRunner two = other.open(optimizer.options())) {
        List<Alignment> outputs = new ArrayList<>();
        for (SampleSource source : samples) {
          outputs.add(Aligner.align(one, two, source, options, stages.begin("comparing")));
        }
        Optional<LayerAlignment> layers =
            switch (depth) {
              case OUTPUTS -> Optional.empty();
              case LAYERS ->
                  Optional.of(
                      LayerAligner.align(
                          observable(reference, one, Optimizer.OFF),
                          observable(other, two, optimizer),
                          pairs(reference, other, optimizer),
                          joined(samples),
                          options.tolerance(),
                          stages.begin("comparing layers")));
            };
        runs.add(new Run(optimizer, outputs, layers));
      }
    }
    return new Evidence(runs);
  }

  /// Whether every number compared is within the tolerance, however it is run.
  public boolean pass() {
    return runs.stream().allMatch(Run::pass);
  }

  /// How far the outputs agree as users run the models, one for each source of samples.
  public List<Alignment> asUsersRun() {
    return runs.getLast().outputs();
  }

  /// The reference is looked at as its file says, whatever the optimizer makes of the other.
  private static Observable observable(ModelFile file, ModelRunner runner, Optimizer optimizer) {
    return switch (file) {
      case ModelFile.Torch torch -> new ObservedProgram(torch.opened(runner));
      case ModelFile.Onnx onnx ->
          Observable.of(onnx.model(), runner.description(), optimizer.options());
    };
  }

  /// With the optimizer on, only what it leaves there: to observe more would keep it from its work.
  private static ValuePairs pairs(ModelFile reference, ModelFile other, Optimizer optimizer) {
    Predicate<String> visible =
        optimizer == Optimizer.ON && other instanceof ModelFile.Onnx onnx
            ? RuntimeOptimizer.remainingValues(onnx.model())::contains
            : name -> true;
    return switch (reference) {
      case ModelFile.Torch one ->
          switch (other) {
            case ModelFile.Onnx two -> ProgramPairs.of(one.program(), two.model(), visible);
            case ModelFile.Torch two -> ProgramPairs.of(one.program(), two.program());
          };
      case ModelFile.Onnx one ->
          switch (other) {
            case ModelFile.Onnx two -> OnnxPairs.of(one.model(), two.model(), visible);
            case ModelFile.Torch two ->
                ProgramPairs.of(two.program(), one.model(), visible).swapped();
          };
    };
  }

  private static SampleSource joined(List<SampleSource> sources) {
    if (sources.size() == 1) {
      return sources.getFirst();
    }
    List<Sample> samples = new ArrayList<>();
    for (SampleSource source : sources) {
      try (Stream<Sample> stream = source.samples()) {
        stream.forEach(samples::add);
      }
    }
    return SampleSource.of(List.of(), samples);
  }
}
