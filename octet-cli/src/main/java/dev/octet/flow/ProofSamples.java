package dev.octet.flow;

import dev.octet.data.RandomSamples;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.TensorSpec;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.SymExpr;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.SymRange;
import dev.octet.torch.graph.TensorMeta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Random inputs of three sizes of every dynamic dimension, to prove that two models compute the
/// same.
///
/// The sizes are 1, 3 and 8 where the model takes them; for a dimension that has to be longer (a
/// picture's height, a recording's length) those around the example it was exported with, or the
/// first of some usual ones that runs.
final class ProofSamples {
  private static final long[] SIZES = {1, 3, 8};

  /// A lower bound of 2 is tracing's own artefact.
  private static final long TRACED_MINIMUM = 2;

  /// Sizes to try where an example is not known, in steps of a size.
  private static final long[] USUAL_STEPS = {32, 224};

  /// Integers to try below, where the usual ones are no indices.
  private static final int FEW_INTEGERS = 2;

  private static final long SEED = 0;

  private final List<Symbol> symbols;
  private final Function<Map<String, Long>, List<TensorSpec>> inputs;

  private ProofSamples(List<Symbol> symbols, Function<Map<String, Long>, List<TensorSpec>> inputs) {
    this.symbols = symbols;
    this.inputs = inputs;
  }

  /// A dimension that differs between runs.
  ///
  /// @param leading whether it is the first of some input, as batches are
  /// @param example its size when the program was exported
  private record Symbol(String name, boolean leading, OptionalLong example, long min, long max) {

    /// Sizes to try, the preferred one first.
    ///
    /// @param index which of the three sizes
    long candidate(int index, int attempt) {
      long plain = within(min > TRACED_MINIMUM ? min + SIZES[index] - 1 : SIZES[index]);
      if (attempt == 0 || leading && attempt < attempts() - 1) {
        return plain;
      }
      int usual = attempt - (example.isPresent() ? 2 : 1);
      return usual < 0
          ? within(example.orElseThrow() + SIZES[index] - 1)
          : within(USUAL_STEPS[Math.min(usual, USUAL_STEPS.length - 1)] * (index + 1));
    }

    int attempts() {
      return 1 + USUAL_STEPS.length + (example.isPresent() ? 1 : 0);
    }

    private long within(long size) {
      return Math.clamp(size, min > TRACED_MINIMUM ? min : 1, max);
    }
  }

  /// One source for each size, each of one sample; a single one where no dimension is dynamic.
  ///
  /// @param runner runs the model, to see which sizes it takes
  /// @throws OctetException of the runner, when it takes none of the sizes
  static List<SampleSource> of(ModelFile model, ModelRunner runner) {
    ProofSamples samples =
        switch (model) {
          case ModelFile.Torch torch -> ofProgram(torch.program(), runner.inputs());
          case ModelFile.Onnx _ -> ofInputs(runner.inputs());
        };
    List<SampleSource> sources = new ArrayList<>();
    int sizes = samples.symbols.isEmpty() ? 1 : SIZES.length;
    for (int size = 0; size < sizes; size++) {
      sources.add(samples.source(size, runner));
    }
    return sources;
  }

  private static ProofSamples ofInputs(List<TensorSpec> inputs) {
    Map<String, Symbol> symbols = new LinkedHashMap<>();
    for (TensorSpec input : inputs) {
      for (int axis = 0; axis < input.shape().rank(); axis++) {
        if (!(input.shape().dim(axis) instanceof Dim.Known)) {
          add(symbols, symbol(input, axis), axis == 0, OptionalLong.empty(), 0, Long.MAX_VALUE);
        }
      }
    }
    return new ProofSamples(
        List.copyOf(symbols.values()),
        sizes ->
            inputs.stream()
                .map(
                    input ->
                        fixed(
                            input,
                            axis ->
                                input.shape().dim(axis) instanceof Dim.Known(long known)
                                    ? known
                                    : Objects.requireNonNull(sizes.get(symbol(input, axis)))))
                .toList());
  }

  private static String symbol(TensorSpec input, int axis) {
    return input.shape().dim(axis) instanceof Dim.Symbol(String name)
        ? name
        : input.name() + "." + axis;
  }

  private static ProofSamples ofProgram(ExportedProgram program, List<TensorSpec> inputs) {
    Map<String, Symbol> symbols = new LinkedHashMap<>();
    Map<String, TensorMeta> metas = new LinkedHashMap<>();
    for (var input : program.userInputs()) {
      if (input.argument() instanceof AtenArgument.TensorRef(String name)) {
        metas.put(name, program.graph().meta(name));
      }
    }
    if (metas.values().stream().anyMatch(ProofSamples::isUnreadable)) {
      return ofInputs(inputs);
    }
    for (TensorMeta meta : metas.values()) {
      for (int axis = 0; axis < meta.rank(); axis++) {
        if (meta.sizes().get(axis) instanceof SymInt.Expression size) {
          boolean alone = size.expression() instanceof SymExpr.Symbol;
          for (String name : size.expression().symbols()) {
            SymRange range = program.rangeConstraints().get(name);
            Long hint = size.hint();
            add(
                symbols,
                name,
                axis == 0,
                alone && hint != null ? OptionalLong.of(hint) : OptionalLong.empty(),
                range == null || range.min() == null ? 0 : range.min(),
                range == null || range.max() == null ? Long.MAX_VALUE : range.max());
          }
        }
      }
    }
    return new ProofSamples(
        List.copyOf(symbols.values()),
        sizes ->
            inputs.stream()
                .map(
                    input -> {
                      TensorMeta meta = metas.get(input.name());
                      return meta == null
                          ? input
                          : fixed(
                              input,
                              axis ->
                                  switch (meta.sizes().get(axis)) {
                                    case SymInt.Known(long known) -> known;
                                    case SymInt.Expression size ->
                                        size.expression().evaluate(sizes);
                                  });
                    })
                .toList());
  }

  // PyTorch 2.5 writes sizes in a form that names no symbols.
  private static boolean isUnreadable(TensorMeta meta) {
    return meta.sizes().stream()
        .anyMatch(
            size ->
                size instanceof SymInt.Expression dynamic
                    && dynamic.expression().symbols().isEmpty());
  }

  // A symbol is leading, and has an example, where it is so anywhere.
  private static void add(
      Map<String, Symbol> symbols,
      String name,
      boolean leading,
      OptionalLong example,
      long min,
      long max) {
    symbols.merge(
        name,
        new Symbol(name, leading, example, min, max),
        (one, two) ->
            new Symbol(
                name,
                one.leading || two.leading,
                one.example.isPresent() ? one.example : two.example,
                min,
                max));
  }

  private static TensorSpec fixed(TensorSpec input, Function<Integer, Long> size) {
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < input.shape().rank(); axis++) {
      dims.add(Dim.of(size.apply(axis)));
    }
    return new TensorSpec(input.name(), input.dataType(), Shape.of(dims));
  }

  private SampleSource source(int size, ModelRunner runner) {
    int attempts = symbols.stream().mapToInt(Symbol::attempts).max().orElse(1);
    for (int attempt = 0; ; attempt++) {
      int bound = attempt < attempts ? RandomSamples.INTEGERS : FEW_INTEGERS;
      Map<String, Long> sizes = new LinkedHashMap<>();
      for (Symbol symbol : symbols) {
        sizes.put(symbol.name(), symbol.candidate(size, attempt % attempts));
      }
      List<TensorSpec> specs = inputs.apply(sizes);
      Sample random = sample(specs, bound);
      try {
        runner.run(random.inputs());
        return SampleSource.of(List.of(), List.of(random));
      } catch (OctetException refusal) {
        if (attempt + 1 >= 2 * attempts) {
          throw refusal;
        }
      }
    }
  }

  private static Sample sample(List<TensorSpec> specs, int bound) {
    String shapes =
        specs.stream().map(input -> input.name() + input.shape()).collect(Collectors.joining(", "));
    try (Stream<Sample> random = RandomSamples.of(specs, 1, bound, SEED).samples()) {
      return Sample.unlabelled(shapes, random.findFirst().orElseThrow().inputs());
    }
  }
}
