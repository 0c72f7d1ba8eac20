package dev.octet.libtorch.train;

import dev.octet.libtorch.exec.Operator;
import dev.octet.libtorch.exec.TorchValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// AdamW ("Decoupled Weight Decay Regularization", Loshchilov and Hutter, arXiv 1711.05101),
/// stepped by libtorch's own fused kernel.
///
/// Vectors (biases, normalization) do not decay; matrices and kernels do. Tensors belong to the
/// scope the optimizer is made in.
final class AdamW {
  private final Settings settings;
  private final Operator step = Operator.require("aten::_fused_adamw_", "");
  private final List<Tensor> parameters;
  private final List<Group> groups;

  /// @param parameters leaf tensors that require gradients
  AdamW(Settings settings, List<Tensor> parameters) {
    this.settings = settings;
    this.parameters = List.copyOf(parameters);
    this.groups =
        List.of(
            Group.of(parameters.stream().filter(tensor -> tensor.dim() > 1).toList(), true),
            Group.of(parameters.stream().filter(tensor -> tensor.dim() <= 1).toList(), false));
  }

  /// The optimizer's constants.
  ///
  /// @param weightDecay share of a weight lost per step at rate 1
  /// @param beta1 memory of the gradients' mean
  /// @param beta2 memory of their squares
  /// @param epsilon added to the root of the squares
  record Settings(double weightDecay, double beta1, double beta2, double epsilon) {
    static Settings withDecay(double weightDecay) {
      return new Settings(weightDecay, 0.9, 0.999, 1e-8);
    }
  }

  private record Group(List<Slot> slots, boolean decays) {
    static Group of(List<Tensor> tensors, boolean decays) {
      return new Group(tensors.stream().map(Slot::of).toList(), decays);
    }
  }

  private record Slot(Tensor parameter, Tensor mean, Tensor square, Tensor steps) {
    static Slot of(Tensor parameter) {
      return new Slot(
          parameter,
          torch.zeros_like(parameter.detach()),
          torch.zeros_like(parameter.detach()),
          torch.zeros(new long[0], new TensorOptions(torch.ScalarType.Float)));
    }
  }

  /// Scales gradients down so that their common norm is at most `norm`.
  void clip(double norm) {
    try (PointerScope scope = new PointerScope()) {
      Tensor[] tensors =
          parameters.stream().filter(tensor -> tensor.grad().defined()).toArray(Tensor[]::new);
      torch.clip_grad_norm_(new TensorVector(tensors), norm);
    }
  }

  /// Moves every parameter that has a gradient, and forgets the gradients.
  void step(double rate) {
    try (PointerScope scope = new PointerScope()) {
      for (Group group : groups) {
        List<Slot> slots =
            group.slots().stream().filter(slot -> slot.parameter().grad().defined()).toList();
        if (slots.isEmpty()) {
          continue;
        }
        // The kernel reads the count of the step it makes, and leaves counting to its caller.
        slots.forEach(slot -> slot.steps().add_(new Scalar(1.0)));
        double decay = group.decays() ? settings.weightDecay() : 0;
        step.call(
            List.of(
                tensors(slots.stream().map(Slot::parameter).toList()),
                tensors(slots.stream().map(slot -> slot.parameter().grad()).toList()),
                tensors(slots.stream().map(Slot::mean).toList()),
                tensors(slots.stream().map(Slot::square).toList()),
                TorchValue.ofList(List.of()),
                tensors(slots.stream().map(Slot::steps).toList())),
            Map.of(
                "lr", TorchValue.of(rate),
                "beta1", TorchValue.of(settings.beta1()),
                "beta2", TorchValue.of(settings.beta2()),
                "weight_decay", TorchValue.of(decay),
                "eps", TorchValue.of(settings.epsilon()),
                "amsgrad", TorchValue.of(false),
                "maximize", TorchValue.of(false)));
        slots.forEach(slot -> slot.parameter().grad().zero_());
      }
    }
  }

  /// What it remembers of each parameter, in their order: means, squares and counts of steps.
  Map<String, Tensor> memory() {
    Map<String, Tensor> memory = new LinkedHashMap<>();
    for (Group group : groups) {
      for (Slot slot : group.slots()) {
        int index = memory.size() / 3;
        memory.put("mean." + index, slot.mean());
        memory.put("square." + index, slot.square());
        memory.put("steps." + index, slot.steps());
      }
    }
    return memory;
  }

  private static TorchValue tensors(List<Tensor> tensors) {
    List<TorchValue> values = new ArrayList<>();
    tensors.forEach(tensor -> values.add(TorchValue.of(tensor)));
    return TorchValue.ofList(values);
  }
}
