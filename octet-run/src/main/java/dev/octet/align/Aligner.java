package dev.octet.align;

import dev.octet.data.Batch;
import dev.octet.data.BatchProbe;
import dev.octet.data.Batches;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Tensor;
import dev.octet.numeric.TopOne;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.Pairing;
import dev.octet.runtime.Progress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Runs two models on the same samples and tells how far their outputs agree, as NumPy's
/// `assert_allclose` would. One pass; no output is kept.
///
/// Inputs and outputs are paired by name where both models use the same names, else by position.
public final class Aligner {
  private final ModelRunner reference;
  private final ModelRunner other;
  private final AlignOptions options;
  private final Pairing inputs;
  private final List<TensorComparison> outputs = new ArrayList<>();
  private final List<TensorComparison> observed = new ArrayList<>();
  private TopOne agreement = TopOne.NONE;

  private Aligner(ModelRunner reference, ModelRunner other, AlignOptions options) {
    this.reference = reference;
    this.other = other;
    this.options = options;
    this.inputs = Pairing.ofInputs(reference, other);
    Pairing.ofOutputs(reference, other)
        .names()
        .forEach((name, otherName) -> outputs.add(new TensorComparison(name, otherName)));
    options
        .observe()
        .forEach((name, otherName) -> observed.add(new TensorComparison(name, otherName)));
  }

  /// Compares `other` with `reference`.
  ///
  /// @param samples for the inputs of `reference`
  /// @return a verdict and its figures; not agreeing is no failure
  /// @throws OctetException `USAGE` when the models have not as many inputs or outputs; `BAD_INPUT`
  ///     when a sample does not fit or two tensors differ in shape
  public static Alignment align(
      ModelRunner reference,
      ModelRunner other,
      SampleSource samples,
      AlignOptions options,
      Progress progress) {
    return new Aligner(reference, other, options).run(samples, progress);
  }

  private Alignment run(SampleSource source, Progress progress) {
    BatchProbe probe = BatchProbe.with(source);
    int size = probe.sizeFor(reference, options.batchSize());
    size = probe.sizeFor(other, inputs::rename, size);
    long done = 0;
    try (Stream<Sample> samples = source.samples();
        Stream<Batch> batches = Batches.of(samples, size);
        ExecutorService beside = Executors.newSingleThreadExecutor()) {
      for (Iterator<Batch> i = batches.iterator(); i.hasNext(); ) {
        Batch batch = i.next();
        compare(batch, beside);
        done += batch.samples().size();
        progress.update(done, source.size());
      }
    }
    return new Alignment(
        reference.description(),
        other.description(),
        options.tolerance(),
        done,
        outputs.stream().map(TensorComparison::result).toList(),
        observed.stream().map(TensorComparison::result).toList(),
        agreement.rate());
  }

  /// Both models run at once: neither waits for the other, and each has one thread as a rule.
  private void compare(Batch batch, ExecutorService beside) {
    Map<String, Tensor> renamed = inputs.rename(batch.inputs());
    Set<String> asked = new LinkedHashSet<>(options.observe().values());
    Future<Map<String, Tensor>> running = beside.submit(() -> run(other, renamed, asked));
    Map<String, Tensor> wanted = run(reference, batch.inputs(), options.observe().keySet());
    Map<String, Tensor> got = result(running);
    Stream.concat(outputs.stream(), observed.stream())
        .parallel()
        .forEach(pair -> compare(pair, batch, wanted, got));
    if (!outputs.isEmpty()) {
      TensorComparison first = outputs.getFirst();
      agreement =
          agreement.plus(
              choices(reference, wanted, first.name())
                  .agreement(choices(other, got, first.otherName())));
    }
  }

  private void compare(
      TensorComparison pair, Batch batch, Map<String, Tensor> wanted, Map<String, Tensor> got) {
    pair.accept(
        batch,
        find(reference, wanted, pair.name()),
        find(other, got, pair.otherName()),
        options.tolerance());
  }

  private static TopChoices choices(ModelRunner model, Map<String, Tensor> values, String name) {
    return TopChoices.of(
        find(model, values, name), model.description() + ", output '" + name + "'");
  }

  private static Map<String, Tensor> run(
      ModelRunner model, Map<String, Tensor> inputs, Set<String> observe) {
    return observe.isEmpty() ? model.run(inputs) : model.run(inputs, observe);
  }

  private Map<String, Tensor> result(Future<Map<String, Tensor>> running) {
    try {
      return running.get();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(failed);
      }
    } catch (InterruptedException cause) {
      Thread.currentThread().interrupt();
      throw OctetException.failure(
          "interrupted", other.description(), "was interrupted while it ran", "", cause);
    }
  }

  private static Tensor find(ModelRunner model, Map<String, Tensor> values, String name) {
    Tensor tensor = values.get(name);
    if (tensor == null) {
      throw OctetException.failure(
          "output-missing", model.description(), "gave no value '" + name + "'", "", null);
    }
    return tensor;
  }
}
