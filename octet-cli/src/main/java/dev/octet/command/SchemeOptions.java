package dev.octet.command;

import dev.octet.diagnostic.OctetException;
import dev.octet.flow.Wishes;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.OutputStyle;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options that say what a quantized model is to be like.
final class SchemeOptions {
  @ArgGroup private @Nullable Form form;

  @Option(
      names = "--target",
      paramLabel = "CPU",
      description =
          "The processor the model is to run on: avx2, avx512, avx-vnni, avx512-vnni, arm64 or"
              + " portable. Decides the type of activations, and where weights get 7 bits because"
              + " sums of two products could leave 16. Default: this machine's.")
  private @Nullable String target;

  @Mixin private PolicyOptions grids = new PolicyOptions();

  @Option(
      names = "--style",
      description = "Names and sharing in the file: ${COMPLETION-CANDIDATES}. Default: COMPACT.")
  private @Nullable OutputStyle style;

  @Option(
      names = "--compat",
      paramLabel = "TOOL",
      description =
          "onnxruntime: quantize by the rules and names of Python's onnxruntime.quantization, all"
              + " samples calibrating; --per-channel is then off unless given.")
  private @Nullable Compat compat;

  @Option(
      names = "--peer-options",
      paramLabel = "FILE",
      description =
          "With --compat onnxruntime: the script's arguments of quantize_static or quantize_dynamic"
              + " as JSON, by their own names: {\"per_channel\": true, \"extra_options\":"
              + " {\"DedicatedQDQPair\": true}}. What other options here say goes before it.")
  private @Nullable Path peerOptions;

  /// Tools whose rules can be asked for.
  private enum Compat {
    ONNXRUNTIME
  }

  /// How integer arithmetic is written down: one of the two.
  private static final class Form {
    @Option(
        names = "--format",
        paramLabel = "FORM",
        description =
            "qdq: float operators between quantizing nodes, which ONNX Runtime fuses (default);"
                + " qoperator: integer operators themselves.")
    private @Nullable OutputFormat format;

    @Option(
        names = "--dynamic",
        description =
            "Quantize activations while the model runs, each tensor to its range of the moment:"
                + " needs no samples. For transformers and recurrent networks.")
    private boolean dynamic;
  }

  Wishes wishes() {
    return new Wishes(
        format(),
        grids.policy(),
        grids.onlyOps(),
        grids.onlyNodes(),
        grids.keepOps(),
        grids.keepNodes(),
        grids.overrides(),
        Optional.ofNullable(style),
        Optional.ofNullable(target).map(TargetName::parse),
        manner());
  }

  private Wishes.Manner manner() {
    if (compat == Compat.ONNXRUNTIME) {
      return new Wishes.Manner.OnnxRuntime(Optional.ofNullable(peerOptions));
    }
    if (peerOptions != null) {
      throw OctetException.usage(
          "options-contradict",
          "--peer-options",
          "are arguments of onnxruntime.quantization, whose rules were not asked for",
          "add --compat onnxruntime, or leave out --peer-options");
    }
    return new Wishes.Manner.Octet();
  }

  private OutputFormat format() {
    if (form == null) {
      return OutputFormat.QDQ;
    }
    return form.dynamic || form.format == null ? OutputFormat.DYNAMIC : form.format;
  }
}
