package dev.octet.command;

import dev.octet.diagnostic.OctetException;
import dev.octet.flow.PassChoice;
import dev.octet.flow.PassChoice.Inference;
import dev.octet.flow.PrepareFlow;
import dev.octet.flow.SampleRequest;
import dev.octet.ir.shape.ShapeAssumptions;
import dev.octet.runtime.SessionOptions;
import dev.octet.transform.Pipeline;
import dev.octet.transform.rules.ConvertIrVersion;
import dev.octet.transform.rules.FoldConstants;
import dev.octet.transform.rules.StandardPipelines;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    description = {
      "Make an ONNX model ready for quantization: infer every shape, fold batch normalization and"
          + " constants, fuse MatMul and Add, turn Constant nodes into initializers, drop what does"
          + " nothing. Every pass is checked on random inputs and undone when it changes results."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet prepare m5.onnx -o m5_prepared.onnx",
      "  octet prepare m5.onnx -o m5_prepared.onnx --explain",
      "  octet prepare old.onnx -o new.onnx --opset 21",
      "  octet prepare new.onnx -o old.onnx --ir-version 9",
      "  octet prepare m5.onnx -o m5_prepared.onnx --with-onnxruntime basic",
      "  octet prepare --list-passes",
    })
final class PrepareCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "An .onnx file.")
  private @Nullable Path model;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The model to write.")
  private @Nullable Path output;

  @Option(
      names = {"--disable", "--skip"},
      split = ",",
      paramLabel = "PASS",
      description = "Leave out a pass or rule (see --list-passes). Repeatable.")
  private List<String> disable = List.of();

  @Option(
      names = "--enable",
      split = ",",
      paramLabel = "PASS",
      description = "Run a pass or rule that is off otherwise (see --list-passes). Repeatable.")
  private List<String> enable = List.of();

  @Option(
      names = "--skip-optimization",
      description = "Rewrite nothing: infer types and shapes only.")
  private boolean skipOptimization;

  @Option(
      names = "--opset",
      paramLabel = "N",
      description =
          "Move the model to this opset (7 to 23) first, or fail naming what cannot. To an older"
              + " one go models that use nothing that came after it.")
  private @Nullable Integer opset;

  @Option(
      names = "--ir-version",
      paramLabel = "N",
      description =
          "Write version N of the file format (4 to 14), which older runtimes open, or fail naming"
              + " what came later. Default: what the model is in.")
  private @Nullable Integer irVersion;

  @Option(
      names = "--fold-limit",
      paramLabel = "BYTES",
      description =
          "Bytes a computed constant may have that is larger than what it is made from"
              + " (default: ${DEFAULT-VALUE}).")
  private long foldLimit = FoldConstants.DEFAULT_LIMIT;

  @Option(
      names = "--check-limit",
      paramLabel = "BYTES",
      description = {
        "Size of a model up to which it is run after every pass (default: ${DEFAULT-VALUE}). A"
            + " larger one is run once, as it is written, and pass by pass only if it differs."
      })
  private long checkLimit = PrepareFlow.Request.MOST_EACH_PASS;

  @Option(
      names = "--with-onnxruntime",
      paramLabel = "LEVEL",
      description = {
        "Afterwards, let ONNX Runtime's own optimizer work on the model: basic, or extended, which"
            + " fuses into operators only ONNX Runtime has."
      })
  private @Nullable RuntimeLevel withOnnxRuntime;

  @Option(
      names = "--sample",
      paramLabel = "PATH",
      description = {
        "Samples, as for --data of the other commands. Every pass is checked on the first few, in"
            + " place of random inputs, and shapes that no rule knows are taken from what is seen:"
            + " types and ranks, and sizes that stay the same while the inputs' open sizes change."
      })
  private @Nullable Path sample;

  @Mixin private ShapeOptions shapes = new ShapeOptions();

  @Mixin private ExternalDataOptions external = new ExternalDataOptions();

  @Option(
      names = {"--list-passes", "--list"},
      description = "List passes and rules, which are off, and do nothing else.")
  private boolean list;

  @Option(
      names = {"--explain", "--verbose"},
      description = "Tell what each pass did, what it declined to do, and why.")
  private boolean explain;

  @Option(names = "--dry-run", description = "Write nothing.")
  private boolean dryRun;

  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    CommandSpec command = Options.given(spec);
    if (list) {
      PrintWriter out = command.commandLine().getOut();
      Pipeline pipeline = StandardPipelines.prepare();
      pipeline
          .catalog()
          .forEach(
              (name, description) ->
                  out.printf(
                      "%-34s %-4s %s%n",
                      name, pipeline.off().contains(name) ? "off" : "on", description));
      return ExitCodes.OK;
    }
    if (model == null || (output == null && !dryRun)) {
      throw new picocli.CommandLine.ParameterException(
          command.commandLine(), "prepare needs a MODEL, and -o FILE or --dry-run");
    }
    result.check();
    requireWork();
    PrepareFlow.Result found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found =
          PrepareFlow.run(
              new PrepareFlow.Request(
                  model,
                  dryRun ? Optional.empty() : Optional.ofNullable(output),
                  choice(),
                  external.chosen(output),
                  shapes.assumptions(),
                  Optional.ofNullable(sample).map(PrepareCommand::samples),
                  checkLimit),
              progress);
    }
    result.show(found.json(), explain ? found::explanation : found::report);
    return ExitCodes.OK;
  }

  /// Refuses what would have no effect.
  private void requireWork() {
    Set<Inference> inferences = shapes.inferences();
    boolean moves = opset != null || irVersion != null;
    if (skipOptimization && inferences.isEmpty() && !moves && withOnnxRuntime == null) {
      throw OctetException.usage(
          "nothing-to-do",
          "--skip-optimization, --skip-symbolic-shape, --skip-onnx-shape",
          "leave nothing to be done",
          "leave one of them out");
    }
    boolean last = sample != null || !shapes.assumptions().equals(ShapeAssumptions.NONE);
    if (last && !inferences.contains(Inference.AFTER_REWRITES)) {
      throw OctetException.usage(
          "nothing-to-do",
          "--sample, --auto-merge, --int-max, --guess-output-rank",
          "work in the last inference, which --skip-onnx-shape leaves out",
          "leave --skip-onnx-shape out");
    }
  }

  private PassChoice choice() {
    OptionalInt format = irVersion == null ? OptionalInt.empty() : OptionalInt.of(irVersion);
    format.ifPresent(
        version -> Options.checked("--ir-version", () -> ConvertIrVersion.to(version)));
    return new PassChoice(
        skipOptimization ? PassChoice.Rewrites.NONE : PassChoice.Rewrites.STANDARD,
        shapes.inferences(),
        enable,
        disable,
        opset == null ? OptionalInt.empty() : OptionalInt.of(opset),
        format,
        foldLimit,
        Optional.ofNullable(withOnnxRuntime).map(RuntimeLevel::level));
  }

  /// What `--with-onnxruntime` takes.
  enum RuntimeLevel {
    BASIC,
    EXTENDED;

    SessionOptions.Optimization level() {
      return switch (this) {
        case BASIC -> SessionOptions.Optimization.BASIC;
        case EXTENDED -> SessionOptions.Optimization.EXTENDED;
      };
    }
  }

  private static SampleRequest samples(Path path) {
    return new SampleRequest(path, OptionalInt.empty(), 0, OptionalInt.empty(), Optional.empty());
  }
}
