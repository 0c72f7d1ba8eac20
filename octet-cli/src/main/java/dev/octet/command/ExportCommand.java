package dev.octet.command;

import dev.octet.diagnostic.OctetException;
import dev.octet.flow.ExportFlow;
import dev.octet.numeric.QuantType;
import dev.octet.target.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Turn a PyTorch program saved by torch.export into an ONNX model.",
      "The program needs no edits first, and may be a quantized one (PT2E): its quantized weights"
          + " become integer initializers."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet export m5.pt2 -o m5.onnx",
      "  octet export m5.pt2 -o m5.onnx --opset 18 --dim batch --verify",
      "  octet export m5.pt2 -o m5.onnx --verify --layers",
      "  octet export m5.pt2 --weights trained.safetensors -o m5.onnx",
    })
final class ExportCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "PROGRAM", description = "A .pt2 file.")
  private @Nullable Path program;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The ONNX model to write.")
  private @Nullable Path output;

  @Option(
      names = {"--weights", "--checkpoint"},
      paramLabel = "FILE",
      description =
          "Take parameters and buffers from this checkpoint (.pth or .pt of torch.save,"
              + " .safetensors) instead of the program's own. Nothing in it is executed.")
  private @Nullable Path weights;

  @Option(
      names = "--opset",
      paramLabel = "N",
      description = "Version of ONNX's operators to use, 17 to 23. Default: 18.")
  private @Nullable Integer opset;

  @Option(
      names = "--dim",
      paramLabel = "NAME",
      description =
          "Name of a dynamic dimension, in the order they appear in the inputs. Repeatable."
              + " Default: batch for the first.")
  private List<String> dims = List.of();

  @Option(
      names = "--keep-batch-norm",
      description = "Leave batch normalization as it is instead of folding it into convolutions.")
  private boolean keepBatchNorm;

  @Option(
      names = "--activations",
      paramLabel = "u8|keep",
      description =
          "Codes of quantized activations: u8 moves signed ones to unsigned, exactly, since that is"
              + " what ONNX Runtime's integer kernels on x86 take; keep leaves them. Default: what"
              + " --target takes.")
  private @Nullable Activations activations;

  @Option(
      names = "--target",
      paramLabel = "CPU",
      description =
          "The processor a quantized model is to run on: avx2, avx512, avx-vnni, avx512-vnni, arm64"
              + " or portable. For those that add two products in 16 bits (avx2, avx512, portable),"
              + " codes of weights that could leave them become unsigned, exactly. Default: this"
              + " machine's.")
  private @Nullable String target;

  @Option(
      names = "--verify",
      description =
          "Run the program on libtorch and the model on ONNX Runtime, its optimizer off and on, at"
              + " three sizes of every dynamic dimension, and compare. Exits 3 when they differ.")
  private boolean verify;

  @Option(
      names = "--layers",
      description =
          "With --verify: compare every value inside too, and name the first that departs.")
  private boolean layers;

  @Option(
      names = "--rtol",
      description =
          "Relative tolerance of --verify. Default: 1e-3, or 0.1 for a quantized program.")
  private @Nullable Double rtol;

  @Option(
      names = "--atol",
      description =
          "Absolute tolerance of --verify. Default: 1e-5, or 0.1 for a quantized program.")
  private @Nullable Double atol;

  @Mixin private ResultOptions result = new ResultOptions();

  /// What `--activations` takes.
  enum Activations {
    u8(ExportFlow.Activations.UINT8),
    keep(ExportFlow.Activations.AS_TRAINED);

    private final ExportFlow.Activations flow;

    Activations(ExportFlow.Activations flow) {
      this.flow = flow;
    }

    private static Activations of(Target target) {
      return target.activations() == QuantType.UINT8 ? u8 : keep;
    }
  }

  @Override
  public Integer call() {
    result.check();
    Target processor = TargetName.parse(target);
    ExportFlow.Request request =
        new ExportFlow.Request(
            Options.given(program),
            Optional.ofNullable(weights),
            Options.given(output),
            Optional.ofNullable(opset),
            dims,
            keepBatchNorm ? ExportFlow.BatchNorm.KEEP : ExportFlow.BatchNorm.FOLD,
            (activations == null ? Activations.of(processor) : activations).flow,
            processor,
            verification(),
            Optional.ofNullable(rtol),
            Optional.ofNullable(atol));
    ExportFlow.Result found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found = ExportFlow.run(request, progress);
    }
    result.show(found.json(), found::report);
    return found.verified() ? ExitCodes.OK : ExitCodes.VERDICT_NOT_MET;
  }

  private ExportFlow.Verification verification() {
    if (layers && !verify) {
      throw OctetException.usage("bad-option", "--layers", "says how to verify", "add --verify");
    }
    return !verify
        ? ExportFlow.Verification.NONE
        : layers ? ExportFlow.Verification.LAYERS : ExportFlow.Verification.OUTPUTS;
  }
}
