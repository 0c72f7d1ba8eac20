package dev.octet.command;

import dev.octet.flow.PassChoice;
import dev.octet.flow.PrepareFlow;
import dev.octet.flow.SampleRequest;
import dev.octet.ir.io.ExternalData;
import dev.octet.runtime.SessionOptions;
import dev.octet.transform.Pipeline;
import dev.octet.transform.rules.FoldConstants;
import dev.octet.transform.rules.StandardPipelines;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
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
          "Move the model to this newer opset (7 to 23) first, or fail naming what cannot.")
  private @Nullable Integer opset;

  @Option(
      names = "--fold-limit",
      paramLabel = "BYTES",
      description =
          "Bytes a computed constant may have that is larger than what it is made from"
              + " (default: ${DEFAULT-VALUE}).")
  private long foldLimit = FoldConstants.DEFAULT_LIMIT;

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
        "Samples, as for --data of the other commands. The model is run on the first few, and"
            + " shapes that no rule knows are taken from what is seen: types and ranks, and sizes"
            + " that stay the same while the inputs' open sizes change."
      })
  private @Nullable Path sample;

  @Option(
      names = "--save-as-external-data",
      description = "Put larger tensors into one file beside the model, whatever its size.")
  private boolean saveAsExternalData;

  @Option(
      names = "--external-data-location",
      paramLabel = "NAME",
      description = "Name of that file in the model's folder (default: the model's, with .data).")
  private @Nullable String externalDataLocation;

  @Option(
      names = "--external-data-size-threshold",
      paramLabel = "BYTES",
      description = "Bytes from which on a tensor goes there (default: 1024).")
  private @Nullable Long externalDataSizeThreshold;

  @Option(
      names = {"--list-passes", "--list"},
      description = "List passes and rules, which are off, and do nothing else.")
  private boolean list;

  @Option(
      names = "--explain",
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
    PrepareFlow.Result found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found =
          PrepareFlow.run(
              new PrepareFlow.Request(
                  model,
                  dryRun ? Optional.empty() : Optional.ofNullable(output),
                  choice(),
                  external(command),
                  Optional.ofNullable(sample).map(PrepareCommand::samples)),
              progress);
    }
    result.show(found.json(), explain ? found::explanation : found::report);
    return ExitCodes.OK;
  }

  private Optional<ExternalData> external(CommandSpec command) {
    if (!saveAsExternalData) {
      if (externalDataLocation != null || externalDataSizeThreshold != null) {
        throw new picocli.CommandLine.ParameterException(
            command.commandLine(),
            "--external-data-location and --external-data-size-threshold go with"
                + " --save-as-external-data");
      }
      return Optional.empty();
    }
    String name =
        externalDataLocation != null || output == null
            ? Objects.requireNonNullElse(externalDataLocation, "model.data")
            : output.getFileName() + ".data";
    long threshold =
        Objects.requireNonNullElse(externalDataSizeThreshold, ExternalData.DEFAULT_THRESHOLD);
    try {
      return Optional.of(new ExternalData(name, threshold));
    } catch (IllegalArgumentException wrong) {
      throw new picocli.CommandLine.ParameterException(
          command.commandLine(), wrong.getMessage(), wrong);
    }
  }

  private PassChoice choice() {
    return new PassChoice(
        skipOptimization ? PassChoice.Rewrites.NONE : PassChoice.Rewrites.STANDARD,
        enable,
        disable,
        opset == null ? OptionalInt.empty() : OptionalInt.of(opset),
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
