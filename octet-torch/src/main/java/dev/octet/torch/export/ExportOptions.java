package dev.octet.torch.export;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.transform.Pipeline;
import dev.octet.transform.rules.StandardPipelines;
import java.util.List;

/// How to export a program.
///
/// @param opset ONNX operator set, [#OLDEST_OPSET] to [#NEWEST_OPSET]
/// @param dimNames names for the program's symbolic dimensions, in order of first appearance in its
///     inputs; PyTorch does not store the user's names. Dimensions beyond the list keep the
///     symbol's own name; without any name the first is `batch`. More names than the program has
///     symbolic dimensions are refused: it was to have one that tracing fixed
/// @param graphName name of the ONNX graph
/// @param cleanUp what to run on the translated model
public record ExportOptions(int opset, List<String> dimNames, String graphName, Pipeline cleanUp) {
  /// The oldest operator set the translators write.
  public static final int OLDEST_OPSET = 17;

  /// The newest operator set the translators know.
  public static final int NEWEST_OPSET = 23;

  private static final int STANDARD_OPSET = 18;

  /// @throws OctetException of kind `USAGE` when the operator set is not one the translators write
  public ExportOptions {
    dimNames = List.copyOf(dimNames);
    if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
      throw OctetException.usage(
          "export-opset",
          "opset " + opset,
          "not an operator set this export writes",
          "choose one from " + OLDEST_OPSET + " to " + NEWEST_OPSET);
    }
  }

  /// Operator set 18, the first symbolic dimension named `batch`, batch normalization folded.
  public static ExportOptions standard() {
    return new ExportOptions(STANDARD_OPSET, List.of(), "main", StandardPipelines.export());
  }

  /// As [#standard()], but at the operator set that has what the program is quantized with: 21 for
  /// groups, tokens and codes of 4 or 16 bits.
  public static ExportOptions standardFor(ExportedProgram program) {
    boolean recent = program.graph().nodes().stream().anyMatch(ExportOptions::needsBlocks);
    return recent ? standard().withOpset(Quantization.BLOCKS_SINCE) : standard();
  }

  private static boolean needsBlocks(AtenNode node) {
    String name = node.op().name();
    boolean wide =
        node.arguments().stream()
            .map(NamedArgument::value)
            .anyMatch(
                value ->
                    value instanceof AtenArgument.Dtype(TorchDtype type)
                        && (type == TorchDtype.INT16 || type == TorchDtype.UINT16));
    return switch (node.op().namespace()) {
      case "torchao" -> name.endsWith("quantize_affine");
      case "quantized_decomposed" ->
          wide || name.endsWith("_per_channel_group") || name.endsWith("quantize_per_token");
      case "aten" -> FakeQuantizeTranslator.isWide(node);
      default -> false;
    };
  }

  public ExportOptions withOpset(int other) {
    return new ExportOptions(other, dimNames, graphName, cleanUp);
  }

  public ExportOptions withDimNames(List<String> others) {
    return new ExportOptions(opset, others, graphName, cleanUp);
  }

  public ExportOptions withGraphName(String other) {
    return new ExportOptions(opset, dimNames, other, cleanUp);
  }

  public ExportOptions withCleanUp(Pipeline other) {
    return new ExportOptions(opset, dimNames, graphName, other);
  }
}
