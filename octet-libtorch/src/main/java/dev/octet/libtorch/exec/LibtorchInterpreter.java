package dev.octet.libtorch.exec;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.observe.Recorder;
import dev.octet.observe.Recording;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.TensorSpec;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.BodyNames;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.OutputSpec;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/// Runs an exported program on libtorch, operator by operator: the reference that exported models
/// are aligned with, and the engine that training and quantization build on.
///
/// Values are named by the graph's own SSA names. Weights stay where they are when they are mapped
/// from a file; a tensor the graph writes in place (a batch counter, a cache) is copied for every
/// run, so that runs neither depend on each other nor change the program.
public final class LibtorchInterpreter implements ModelRunner {
  private final String description;
  private final ExportedProgram program;
  private final GraphPlan plan;
  private final Set<String> written;
  private final Map<String, TorchValue> state = new LinkedHashMap<>();
  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;
  private volatile boolean closed;

  /// Prepares a program.
  ///
  /// @param description what is run, as the user would name it
  /// @param program stays reachable from here: its mapped weights are used in place
  /// @throws OctetException (`BAD_INPUT`) when an operator is unknown (all are listed) or a tensor
  ///     is missing
  public LibtorchInterpreter(String description, ExportedProgram program) {
    Libtorch.load();
    this.description = description;
    this.program = program;
    this.plan = GraphPlan.of(program.graph());
    this.written = plan.writtenInputs();
    this.inputs = program.userInputs().stream().map(input -> spec(input.argument())).toList();
    this.outputs = outputSpecs(program);
    try (PointerScope scope = new PointerScope()) {
      program.inputSpecs().forEach(this::bindState);
      ownedTensors().forEach(org.bytedeco.pytorch.Tensor::retainReference);
    }
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public List<TensorSpec> inputs() {
    return inputs;
  }

  @Override
  public List<TensorSpec> outputs() {
    return outputs;
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> given) {
    return run(given, Set.of());
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> given, Set<String> observe) {
    requireValues(observe);
    Map<String, Tensor> observed = new LinkedHashMap<>();
    Map<String, Tensor> results =
        run(given, observe, (name, value) -> observed.put(name, tensor(name, value)));
    observed.forEach(results::putIfAbsent);
    return results;
  }

  /// Runs the program and shows values inside it as libtorch tensors, without copying them out. The
  /// observer must not keep them.
  ///
  /// @param given one tensor for each of [#inputs()], by name
  /// @param observe SSA names of values inside the graph
  /// @param observer called in graph order
  /// @return the outputs by name
  /// @throws OctetException as [#run(Map, Set)]
  public Map<String, Tensor> run(
      Map<String, Tensor> given, Set<String> observe, BiConsumer<String, TorchValue> observer) {
    return run(
        given, ValueObserver.of(observe, (name, rounds, value) -> observer.accept(name, value)));
  }

  /// Runs the program and writes down what values hold, those of branches and bodies each time they
  /// are computed.
  ///
  /// @param given one tensor for each of [#inputs()], by name
  /// @param observe names of values; in a branch or body as [BodyNames] says
  /// @param mostBytes kept of each value
  /// @return one for each value, by name
  /// @throws OctetException as [#run(Map, Set)]
  public Map<String, Recording> record(
      Map<String, Tensor> given, Set<String> observe, long mostBytes) {
    Recorder recorder = new Recorder(mostBytes);
    run(
        given,
        ValueObserver.of(
            observe,
            (name, rounds, value) -> recorder.record(name, rounds, () -> tensor(name, value))));
    return recorder.recordings(observe);
  }

  private Map<String, Tensor> run(Map<String, Tensor> given, ValueObserver observer) {
    if (closed) {
      throw new IllegalStateException("the interpreter of " + description + " is closed");
    }
    for (String name : given.keySet()) {
      if (inputs.stream().noneMatch(spec -> spec.name().equals(name))) {
        throw OctetException.badInput(
            "input-unknown",
            name,
            description + " has no such input",
            "its inputs are " + inputs.stream().map(TensorSpec::name).toList());
      }
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGradients = new NoGradGuard()) {
      List<TorchValue> arguments = new ArrayList<>();
      int next = 0;
      for (InputSpec spec : program.inputSpecs()) {
        if (spec instanceof InputSpec.UserInput) {
          arguments.add(argument(inputs.get(next++), given));
        } else {
          TorchValue value = state.getOrDefault(spec.value(), TorchValue.none());
          arguments.add(
              written.contains(spec.value()) ? TorchValue.of(value.asTensor().clone()) : value);
        }
      }
      List<TorchValue> results = plan.run(arguments, observer);
      Map<String, Tensor> named = new LinkedHashMap<>();
      next = 0;
      for (int i = 0; i < results.size(); i++) {
        if (isReturned(program.outputSpecs().get(i))) {
          named.put(outputs.get(next++).name(), dense(results.get(i)));
        }
      }
      return named;
    } finally {
      Reference.reachabilityFence(program); // keeps mapped weights mapped
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      ownedTensors().forEach(org.bytedeco.pytorch.Tensor::close);
    }
  }

  private List<org.bytedeco.pytorch.Tensor> ownedTensors() {
    return state.values().stream()
        .filter(TorchValue.OfTensor.class::isInstance)
        .map(TorchValue::asTensor)
        .toList();
  }

  private void bindState(InputSpec spec) {
    switch (spec) {
      case InputSpec.Parameter _, InputSpec.Buffer _, InputSpec.TensorConstant _ ->
          state.put(
              spec.value(),
              TorchValue.of(ProgramTensors.over(ProgramTensors.required(program, spec))));
      case InputSpec.ConstantInput(String value, AtenArgument constant) ->
          state.put(value, TorchValue.constant(constant));
      case InputSpec.UserInput _, InputSpec.Token _ -> {}
      case InputSpec.CustomObject(AtenArgument.CustomObject object, String fqn) ->
          throw OctetException.badInput(
              "custom-object",
              fqn,
              "the program needs a scripted object of class " + object.classFqn(),
              "export the module without it");
    }
  }

  private void requireValues(Set<String> observe) {
    AtenGraph graph = program.graph();
    for (String name : observe) {
      boolean known =
          graph.tensorValues().containsKey(name)
              || graph.symIntValues().containsKey(name)
              || graph.symFloatValues().containsKey(name)
              || graph.symBoolValues().containsKey(name);
      if (!known) {
        throw OctetException.usage(
            "value-unknown", name, description + " has no value of this name", "");
      }
    }
  }

  private TorchValue argument(TensorSpec spec, Map<String, Tensor> given) {
    Tensor tensor = given.get(spec.name());
    if (tensor == null) {
      throw OctetException.badInput(
          "input-missing", spec.name(), description + " needs this input: " + spec, "");
    }
    boolean fits =
        tensor.dataType() == spec.dataType() && tensor.dims().size() == spec.shape().rank();
    for (int axis = 0; fits && axis < tensor.dims().size(); axis++) {
      fits =
          !(spec.shape().dims().get(axis) instanceof Dim.Known(long size))
              || size == tensor.dims().get(axis);
    }
    if (!fits) {
      throw OctetException.badInput(
          "input-shape",
          spec.name(),
          "expected " + spec + ", found " + tensor.dataType() + tensor.dims(),
          "");
    }
    boolean scalar =
        program.graph().tensorValues().get(spec.name()) == null && tensor instanceof DenseTensor;
    if (scalar) {
      DenseTensor number = (DenseTensor) tensor;
      return number.dataType().isFloat()
          ? TorchValue.of(number.doubleAt(0))
          : TorchValue.of(number.longAt(0));
    }
    return TorchValue.of(Tensors.copyOf(tensor));
  }

  private TensorSpec spec(AtenArgument argument) {
    String name = argument.references().stream().findFirst().orElse("");
    TensorMeta meta = program.graph().tensorValues().get(name);
    if (meta != null) {
      DataType type =
          meta.dtype()
              .onnx()
              .orElseThrow(
                  () ->
                      OctetException.badInput(
                          "type-unsupported", name, meta.dtype() + " has no counterpart", ""));
      return new TensorSpec(name, type, shape(meta));
    }
    DataType type =
        program.graph().symFloatValues().containsKey(name) ? DataType.DOUBLE : DataType.INT64;
    return new TensorSpec(name, type, new Shape(List.of()));
  }

  private List<TensorSpec> outputSpecs(ExportedProgram source) {
    List<TensorSpec> specs = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (OutputSpec output : source.outputSpecs()) {
      if (output instanceof OutputSpec.UserOutput(AtenArgument argument) && isReturned(output)) {
        TensorSpec spec = spec(argument);
        String base = spec.name().isEmpty() ? "output" : spec.name();
        String name = base;
        for (int suffix = 1; !names.add(name); suffix++) {
          name = base + "_" + suffix;
        }
        specs.add(new TensorSpec(name, spec.dataType(), spec.shape()));
      }
    }
    return specs;
  }

  private static boolean isReturned(OutputSpec spec) {
    return spec instanceof OutputSpec.UserOutput(AtenArgument argument)
        && !(argument instanceof AtenArgument.None);
  }

  private static Shape shape(TensorMeta meta) {
    return new Shape(
        meta.sizes().stream()
            .map(
                size ->
                    switch (size) {
                      case SymInt.Known(long value) -> Dim.of(value);
                      case SymInt.Expression expression -> Dim.of(expression.toString());
                    })
            .toList());
  }

  private static Tensor tensor(String name, TorchValue value) {
    if (value instanceof TorchValue.OfList || value instanceof TorchValue.Opaque) {
      throw OctetException.usage(
          "value-no-tensor", name, "this value is no tensor but " + value.describe(), "");
    }
    return dense(value);
  }

  private static Tensor dense(TorchValue value) {
    return switch (value) {
      case TorchValue.OfTensor(org.bytedeco.pytorch.Tensor tensor) -> Tensors.toDense(tensor);
      case TorchValue.OfInt(long number) -> DenseTensor.scalar(number);
      case TorchValue.OfFloat(double number) -> DenseTensor.scalar((float) number);
      case TorchValue.OfBool(boolean truth) ->
          DenseTensor.ofBytes(DataType.BOOL, new byte[] {(byte) (truth ? 1 : 0)});
      case TorchValue.OfString _, TorchValue.OfList _, TorchValue.None _, TorchValue.Opaque _ ->
          throw new IllegalStateException("expected a tensor, found " + value.describe());
    };
  }
}
