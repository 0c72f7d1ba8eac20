package dev.octet.command;

import dev.octet.flow.PrepareFlow;
import dev.octet.flow.SampleRequest;
import dev.octet.transform.rules.StandardPipelines;
import java.nio.file.Path;
import java.util.List;
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
      "  octet prepare --list",
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
      names = "--skip",
      paramLabel = "PASS",
      description = "Leave out a pass (see --list). Repeatable.")
  private List<String> skip = List.of();

  @Option(
      names = "--sample",
      paramLabel = "PATH",
      description = {
        "Samples, as for --data of the other commands. The model is run on the first few, and"
            + " shapes that no rule knows are taken from what is seen: types and ranks, and sizes"
            + " that stay the same while the inputs' open sizes change."
      })
  private @Nullable Path sample;

  @Option(names = "--list", description = "List the passes and do nothing else.")
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
      StandardPipelines.prepare()
          .catalog()
          .forEach(
              (name, description) ->
                  command.commandLine().getOut().printf("%-32s %s%n", name, description));
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
                  skip,
                  Optional.ofNullable(sample).map(PrepareCommand::samples)),
              progress);
    }
    result.show(found.json(), explain ? found::explanation : found::report);
    return ExitCodes.OK;
  }

  private static SampleRequest samples(Path path) {
    return new SampleRequest(path, OptionalInt.empty(), 0, OptionalInt.empty(), Optional.empty());
  }
}
