package dev.octet.libtorch.train;

import dev.octet.libtorch.exec.ProgramTensors;
import dev.octet.libtorch.exec.TorchValue;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/// A program's tensors, copied so that they can be trained. They belong to the innermost pointer
/// scope. Tied parameters, two names for one tensor of the file, stay tied.
final class ProgramState {
  private final ExportedProgram program;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Tensor> parameters = new ArrayList<>();

  ProgramState(ExportedProgram program) {
    this.program = program;
    Map<TorchTensor, Tensor> shared = new LinkedHashMap<>();
    for (InputSpec spec : program.inputSpecs()) {
      switch (spec) {
        case InputSpec.Parameter(String value, String _) -> {
          TorchTensor source = ProgramTensors.required(program, spec);
          Tensor tensor = shared.computeIfAbsent(source, ProgramState::leaf);
          if (!parameters.contains(tensor)) {
            parameters.add(tensor);
          }
          tensors.put(value, tensor);
        }
        case InputSpec.Buffer(String value, String _, boolean _) ->
            tensors.put(value, ProgramTensors.copyOf(ProgramTensors.required(program, spec)));
        case InputSpec.TensorConstant(String value, String _) ->
            tensors.put(value, ProgramTensors.copyOf(ProgramTensors.required(program, spec)));
        case InputSpec.UserInput _,
            InputSpec.CustomObject _,
            InputSpec.Token _,
            InputSpec.ConstantInput _ -> {}
      }
    }
  }

  /// The trained tensors, each once.
  List<Tensor> parameters() {
    return List.copyOf(parameters);
  }

  /// Graph arguments for one batch.
  ///
  /// @param batch tensors by the name of the input
  List<TorchValue> arguments(Map<String, Tensor> batch) {
    List<TorchValue> arguments = new ArrayList<>();
    for (InputSpec spec : program.inputSpecs()) {
      Tensor tensor = tensors.getOrDefault(spec.value(), batch.get(spec.value()));
      if (tensor != null) {
        arguments.add(TorchValue.of(tensor));
      } else {
        arguments.add(
            switch (spec) {
              case InputSpec.ConstantInput(String _, AtenArgument constant) ->
                  TorchValue.constant(constant);
              case InputSpec.UserInput(AtenArgument constant)
                  when constant.references().isEmpty() ->
                  TorchValue.constant(constant);
              case InputSpec.Parameter _,
                  InputSpec.Buffer _,
                  InputSpec.TensorConstant _,
                  InputSpec.UserInput _,
                  InputSpec.CustomObject _,
                  InputSpec.Token _ ->
                  TorchValue.none();
            });
      }
    }
    return arguments;
  }

  /// Parameters and persistent buffers as they stand, by fully qualified name.
  Map<String, Tensor> persistent() {
    Map<String, Tensor> found = new LinkedHashMap<>();
    for (InputSpec spec : program.inputSpecs()) {
      Tensor tensor = tensors.get(spec.value());
      switch (spec) {
        case InputSpec.Parameter(String _, String fqn) when tensor != null ->
            found.put(fqn, tensor);
        case InputSpec.Buffer(String _, String fqn, boolean persistent)
            when tensor != null && persistent ->
            found.put(fqn, tensor);
        case InputSpec.Parameter _,
            InputSpec.Buffer _,
            InputSpec.TensorConstant _,
            InputSpec.UserInput _,
            InputSpec.CustomObject _,
            InputSpec.Token _,
            InputSpec.ConstantInput _ -> {}
      }
    }
    return found;
  }

  /// A copy of everything as it stands, by fully qualified name.
  Map<String, TorchTensor> snapshot() {
    Map<String, TorchTensor> state = new LinkedHashMap<>(program.state());
    Map<String, Tensor> now = persistent();
    state.replaceAll(
        (fqn, before) -> {
          Tensor tensor = now.get(fqn);
          return tensor == null
              ? before
              : ProgramTensors.toProgram(tensor).withRequiresGrad(before.requiresGrad());
        });
    return state;
  }

  private static Tensor leaf(TorchTensor source) {
    Tensor tensor = ProgramTensors.copyOf(source);
    return source.dtype().isFloat() ? tensor.requires_grad_(true) : tensor;
  }
}
