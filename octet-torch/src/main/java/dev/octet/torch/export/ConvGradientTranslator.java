package dev.octet.torch.export;

import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Gradients of convolutions, which are convolutions: by the input a transposed one, by the weight
/// one with batch and channels exchanged.
final class ConvGradientTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.convolution_backward");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    List<Boolean> wanted = call.flags("output_mask");
    List<Value> gradients = new ArrayList<>();
    if (wanted.get(0)) {
      gradients.add(byInput(call, onnx));
    }
    if (wanted.get(1)) {
      gradients.add(byWeight(call, onnx));
    }
    if (wanted.get(2)) {
      List<Long> axes = new ArrayList<>(List.of(0L));
      LongStream.range(2, call.rank("input")).forEach(axes::add);
      gradients.add(
          onnx.add(
              NodeSpec.of("ReduceSum")
                  .inputs(call.tensor("grad_output"), onnx.vector(axes))
                  .attribute("keepdims", 0)));
    }
    return Translation.of(gradients);
  }

  private static Value byInput(Call call, OnnxNodes onnx) {
    Windows windows = windows(call);
    Value gradient = call.tensor("grad_output");
    Value weight = call.tensor("weight");
    long groups = call.integer("groups");
    if (call.flag("transposed")) {
      // Padding of the result that is as long as a stride makes room for more windows.
      List<Long> added = call.integers("output_padding", windows.kernel().size());
      List<Integer> open =
          IntStream.range(0, added.size())
              .filter(axis -> added.get(axis) >= windows.stride().get(axis))
              .boxed()
              .toList();
      Value taken = windows.take(onnx, gradient, weight, groups);
      return Windows.cut(onnx, taken, open, spatial(call, onnx, "input"));
    }
    return windows.putBack(
        onnx,
        gradient,
        weight,
        groups,
        spatial(call, onnx, "grad_output"),
        spatial(call, onnx, "input"));
  }

  // The kernel is moved over the input, or over the result of a transposed convolution.
  private static Value byWeight(Call call, OnnxNodes onnx) {
    boolean transposed = call.flag("transposed");
    String moved = transposed ? "grad_output" : "input";
    String answer = transposed ? "input" : "grad_output";
    long groups = call.integer("groups");
    Value turned =
        windows(call)
            .correlate(
                onnx,
                channelsFirst(call, onnx, moved, groups),
                AxisOrderTranslator.transpose(onnx, call.tensor(answer), exchanged(call)),
                groups,
                spatial(call, onnx, answer),
                spatial(call, onnx, moved));
    return AxisOrderTranslator.transpose(onnx, turned, exchanged(call));
  }

  /// `[N, C, …]` → `[C, N, …]`; with groups `[C / groups, groups · N, …]`.
  private static Value channelsFirst(Call call, OnnxNodes onnx, String name, long groups) {
    if (groups == 1) {
      return AxisOrderTranslator.transpose(onnx, call.tensor(name), exchanged(call));
    }
    List<Size> sizes = ReshapeTranslator.own(call, onnx, name);
    if (!(sizes.get(1) instanceof Size.Fixed(long channels))) {
      throw new UnsupportedArgument("groups of a varying number of channels");
    }
    List<Size> apart = new ArrayList<>(sizes);
    apart.set(0, Size.of(0));
    apart.set(1, Size.of(groups));
    apart.add(2, Size.of(channels / groups));
    List<Size> together = new ArrayList<>(sizes);
    together.set(0, Size.of(channels / groups));
    together.set(1, Size.of(-1));
    List<Long> order = new ArrayList<>(List.of(2L, 1L, 0L));
    LongStream.range(3, apart.size()).forEach(order::add);
    Value grouped = onnx.add("Reshape", call.tensor(name), onnx.sizes(apart));
    Value turned = AxisOrderTranslator.transpose(onnx, grouped, order);
    return onnx.add("Reshape", turned, onnx.sizes(together));
  }

  private static List<Long> exchanged(Call call) {
    List<Long> order = new ArrayList<>(List.of(1L, 0L));
    LongStream.range(2, call.rank("input")).forEach(order::add);
    return order;
  }

  private static Windows windows(Call call) {
    int dims = call.rank("weight") - 2;
    List<Long> kernel = new ArrayList<>();
    for (SymInt size : call.meta("weight").sizes().subList(2, dims + 2)) {
      if (!(size instanceof SymInt.Known(long known))) {
        throw new UnsupportedArgument("the kernel's size " + size + " is not fixed");
      }
      kernel.add(known);
    }
    return new Windows(
        kernel,
        call.integers("stride", dims),
        call.integers("padding", dims),
        call.integers("dilation", dims));
  }

  private static List<Size> spatial(Call call, OnnxNodes onnx, String name) {
    List<Size> sizes = ReshapeTranslator.own(call, onnx, name);
    return sizes.subList(2, sizes.size());
  }
}
