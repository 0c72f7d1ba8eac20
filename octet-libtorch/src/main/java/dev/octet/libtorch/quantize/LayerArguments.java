package dev.octet.libtorch.quantize;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Where an operator's schema has the weight that activations are multiplied with. Facts about
/// PyTorch's signatures, no policy.
///
/// @param weight name of the argument
/// @param bias name of the argument with what is added to each output channel; empty for none
/// @param outputAxis the weight's axis with an index for each output channel; empty where the axis
///     holds something else, as in grouped transposed convolutions
/// @param inputAxis the weight's axis with an index for each channel read; empty where groups of
///     channels are read apart
record LayerArguments(
    String weight, Optional<String> bias, OptionalInt outputAxis, OptionalInt inputAxis) {
  private static final Set<String> PRODUCTS_OF_ACTIVATIONS = Set.of("matmul", "bmm", "baddbmm");

  /// The arguments of a call.
  ///
  /// @return empty for operators without a weight
  static Optional<LayerArguments> of(AtenGraph graph, AtenNode call) {
    return Optional.ofNullable(
        switch (call.op().name()) {
          case "conv1d", "conv2d", "conv3d" -> convolution(call, false);
          case "conv_transpose1d", "conv_transpose2d", "conv_transpose3d" ->
              convolution(call, true);
          case "convolution" ->
              convolution(
                  call,
                  call.argument("transposed").filter(AtenArgument.of(true)::equals).isPresent());
          case "linear" -> layer("weight", "bias", 0, 1);
          case "addmm" -> layer("mat2", "self", 1, 0);
          case "mm" -> layer("mat2", "", 1, 0);
          case "matmul" -> rank(graph, call, "other") == 2 ? layer("other", "", 1, 0) : null;
          default -> null;
        });
  }

  /// Whether a call multiplies activations with a weight or with each other.
  static boolean isProduct(AtenGraph graph, AtenNode call) {
    return PRODUCTS_OF_ACTIVATIONS.contains(call.op().name()) || of(graph, call).isPresent();
  }

  private static LayerArguments convolution(AtenNode call, boolean transposed) {
    boolean grouped =
        !call.argument("groups").orElse(AtenArgument.of(1L)).equals(AtenArgument.of(1L));
    return new LayerArguments(
        "weight",
        Optional.of("bias"),
        !transposed ? OptionalInt.of(0) : grouped ? OptionalInt.empty() : OptionalInt.of(1),
        grouped ? OptionalInt.empty() : OptionalInt.of(transposed ? 0 : 1));
  }

  private static LayerArguments layer(String weight, String bias, int outputAxis, int inputAxis) {
    return new LayerArguments(
        weight,
        Optional.of(bias).filter(name -> !name.isEmpty()),
        OptionalInt.of(outputAxis),
        OptionalInt.of(inputAxis));
  }

  private static int rank(AtenGraph graph, AtenNode call, String argument) {
    return call.tensorArgument(argument).map(name -> graph.meta(name).rank()).orElse(0);
  }
}
