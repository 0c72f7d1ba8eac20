package dev.octet.libtorch.quantize;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where an ATen graph is quantized. The policy is the ONNX side's, seen from here: convolutions
/// and linear layers with constant weights are what pays; a value is quantized when one of them
/// reads it, or when it flows there through operators that only move or select numbers, which keep
/// the grid. Averages get a grid of their own, as their values are much smaller. What nobody reads
/// as codes (the scores before a softmax) stays in float.
///
/// @param anchors the nodes that compute on codes, in order
/// @param groups values that share one grid, by their first value, in order
/// @param kept nodes that could have been anchors but are not
record QuantizationPoints(
    List<Anchor> anchors, List<Group> groups, List<QuantizedProgram.Kept> kept) {
  private static final Set<String> ANCHORS = Set.of("conv1d", "conv2d", "conv3d", "linear");
  private static final Set<String> MOVES =
      Set.of(
          "max_pool1d",
          "max_pool2d",
          "max_pool3d",
          "adaptive_max_pool1d",
          "flatten",
          "view",
          "reshape",
          "permute",
          "transpose",
          "squeeze",
          "unsqueeze",
          "dropout",
          "contiguous",
          "clone",
          "detach",
          "alias",
          "slice",
          "select",
          "expand");
  private static final Set<String> AVERAGES =
      Set.of(
          "avg_pool1d",
          "avg_pool2d",
          "avg_pool3d",
          "adaptive_avg_pool1d",
          "adaptive_avg_pool2d",
          "adaptive_avg_pool3d",
          "mean");

  QuantizationPoints {
    anchors = List.copyOf(anchors);
    groups = List.copyOf(groups);
    kept = List.copyOf(kept);
  }

  /// A node that multiplies activations with a constant weight.
  ///
  /// @param node the call
  /// @param input value with the activations
  /// @param weight graph input with the weight, output channels first
  /// @param bias graph input with the bias, if any
  record Anchor(AtenNode node, String input, String weight, @Nullable String bias) {}

  /// Values on one grid.
  ///
  /// @param root the first of them, whose range decides
  /// @param members all of them in graph order, the root included
  record Group(String root, List<String> members) {
    Group {
      members = List.copyOf(members);
    }
  }

  static QuantizationPoints of(ExportedProgram program) {
    List<Anchor> anchors = new ArrayList<>();
    List<QuantizedProgram.Kept> kept = new ArrayList<>();
    for (AtenNode node : program.graph().nodes()) {
      if (ANCHORS.contains(node.op().name())) {
        String reason = obstacle(program, node);
        if (reason == null) {
          anchors.add(
              new Anchor(
                  node,
                  node.tensorArgument("input").orElseThrow(),
                  node.tensorArgument("weight").orElseThrow(),
                  node.tensorArgument("bias").orElse(null)));
        } else {
          kept.add(new QuantizedProgram.Kept(node.name(), reason));
        }
      }
    }
    return new QuantizationPoints(anchors, groups(program, anchors), kept);
  }

  /// The group a value belongs to.
  ///
  /// @throws IllegalArgumentException when it is not quantized
  Group groupOf(String value) {
    return groups.stream()
        .filter(group -> group.members().contains(value))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(value + " is not quantized"));
  }

  private static List<Group> groups(ExportedProgram program, List<Anchor> anchors) {
    Set<String> wanted = new HashSet<>();
    anchors.forEach(anchor -> wanted.add(anchor.input()));
    for (AtenNode node : program.graph().nodes().reversed()) {
      if (node.outputNames().stream().anyMatch(wanted::contains)
          && (isMove(node) || AVERAGES.contains(node.op().name()))) {
        wanted.add(data(node));
      }
    }
    Map<String, List<String>> members = new LinkedHashMap<>();
    Map<String, String> roots = new LinkedHashMap<>();
    for (InputSpec spec : program.inputSpecs()) {
      if (wanted.contains(spec.value())) {
        roots.put(spec.value(), spec.value());
        members.put(spec.value(), new ArrayList<>(List.of(spec.value())));
      }
    }
    for (AtenNode node : program.graph().nodes()) {
      for (String output : node.outputNames()) {
        if (!wanted.contains(output)) {
          continue;
        }
        String source = isMove(node) ? roots.get(data(node)) : null;
        String root = source == null ? output : source;
        roots.put(output, root);
        members.computeIfAbsent(root, _ -> new ArrayList<>()).add(output);
      }
    }
    List<Group> groups = new ArrayList<>();
    members.forEach((root, values) -> groups.add(new Group(root, values)));
    return groups;
  }

  private static @Nullable String obstacle(ExportedProgram program, AtenNode node) {
    String weight = node.tensorArgument("weight").orElse("");
    String bias = node.tensorArgument("bias").orElse("");
    TorchTensor tensor = program.tensorOf(weight).orElse(null);
    if (tensor == null || ProgramEditor.fqn(program, weight) == null) {
      return "its weight is computed";
    }
    if (tensor.dtype() != TorchDtype.FLOAT32) {
      return "its weight is " + tensor.dtype();
    }
    if (ConvBatchNorm.readers(program, weight) > 1) {
      return "its weight is shared with another node";
    }
    if (!bias.isEmpty()
        && (ProgramEditor.fqn(program, bias) == null || ConvBatchNorm.readers(program, bias) > 1)) {
      return "its bias is computed or shared";
    }
    return null;
  }

  private static boolean isMove(AtenNode node) {
    return MOVES.contains(node.op().name()) || averagesNothing(node);
  }

  /// Whether a pool looks at one number at a time, as one over a whole extent of one does.
  private static boolean averagesNothing(AtenNode node) {
    return AVERAGES.contains(node.op().name())
        && node.argument("kernel_size").filter(QuantizationPoints::areOnes).isPresent()
        && node.argument("stride").filter(stride -> !areOnes(stride)).isEmpty()
        && node.argument("padding").isEmpty();
  }

  private static boolean areOnes(AtenArgument argument) {
    return argument instanceof AtenArgument.Ints(List<Long> values)
        && !values.isEmpty()
        && values.stream().allMatch(value -> value == 1);
  }

  private static String data(AtenNode node) {
    return node.tensorArgument("self").or(() -> node.tensorArgument("input")).orElse("");
  }
}
