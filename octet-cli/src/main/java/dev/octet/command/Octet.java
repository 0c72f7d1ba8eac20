package dev.octet.command;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The root command and the program's entry point.
@Command(
    name = "octet",
    mixinStandardHelpOptions = true,
    version = "octet " + Octet.VERSION,
    description = "From a trained PyTorch network to a small, fast, verified int8 ONNX model.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nTypical use:%n",
    footer = {
      "  octet demo                                          the whole path on embedded data",
      "  octet export   model.pt2 -o model.onnx --verify     PyTorch program to ONNX",
      "  octet prepare  model.onnx -o prepared.onnx          shapes, folding, clean-up",
      "  octet quantize prepared.onnx --data d -o int8.onnx  int8 weights and activations",
      "  octet evaluate model.onnx int8.onnx --data test     size, accuracy, latency",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, and every verdict asked for was met",
      "1:the work could not be done",
      "2:wrong usage",
      "3:done, but the verdict is no (models differ, below the bar)",
      "4:a file or sample is missing, broken or of the wrong form",
    })
public final class Octet implements Callable<Integer> {
  /// Of this program, as `--version` says and result files carry it.
  static final String VERSION = "0.1.0";

  /// In the order of the help.
  private static final Map<String, Supplier<Callable<Integer>>> COMMANDS = commands();

  @Spec private CommandSpec spec;

  Octet() {}

  /// Runs a command line and ends the process with its exit code.
  public static void main(String[] args) {
    // Figures read the same wherever a report was made.
    Locale.setDefault(Locale.ROOT);
    System.exit(commandLine(args).execute(args));
  }

  /// The command line for some arguments. Putting a command together takes picocli a while, so
  /// when the arguments name one, it is the only one there; all others serve for help.
  public static CommandLine commandLine(String... args) {
    CommandLine octet = new CommandLine(new Octet());
    COMMANDS.forEach(
        (name, command) -> {
          if (args.length == 0 || !COMMANDS.containsKey(args[0]) || name.equals(args[0])) {
            octet.addSubcommand(name, command.get());
          }
        });
    return octet
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setAbbreviatedOptionsAllowed(false)
        .setParameterExceptionHandler(Octet::explainUsage)
        .setExecutionExceptionHandler(Octet::explain);
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCodes.USAGE;
  }

  private static Map<String, Supplier<Callable<Integer>>> commands() {
    Map<String, Supplier<Callable<Integer>>> commands = new LinkedHashMap<>();
    commands.put("demo", DemoCommand::new);
    commands.put("train", TrainCommand::new);
    commands.put("export", ExportCommand::new);
    commands.put("prepare", PrepareCommand::new);
    commands.put("calibrate", CalibrateCommand::new);
    commands.put("quantize", QuantizeCommand::new);
    commands.put("ptq", PtqCommand::new);
    commands.put("qat", QatCommand::new);
    commands.put("align", AlignCommand::new);
    commands.put("evaluate", EvaluateCommand::new);
    commands.put("lint", LintCommand::new);
    commands.put("inspect", InspectCommand::new);
    commands.put("diff", DiffCommand::new);
    return Collections.unmodifiableMap(commands);
  }

  /// What is wrong with the words, and where to read on: the whole help would hide it.
  private static int explainUsage(CommandLine.ParameterException wrong, String[] words) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    String message = String.valueOf(wrong.getMessage());
    err.println("octet: " + message.replaceFirst("^Error: ", ""));
    CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println(
        "octet: '%s --help' shows the options".formatted(command.getCommandSpec().qualifiedName()));
    err.flush();
    return ExitCodes.USAGE;
  }

  /// Turns a failure into lines a user can act on; a bug keeps its stack trace, and says it is one.
  private static int explain(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (failure instanceof OctetException known) {
      GivenFiles files = GivenFiles.of(command.getParseResult());
      for (Diagnostic diagnostic : known.diagnostics()) {
        boolean ofUse = known.kind() == OctetException.Kind.USAGE;
        err.println("octet: " + (ofUse ? diagnostic : files.named(diagnostic)));
      }
      err.flush();
      return switch (known.kind()) {
        case USAGE -> ExitCodes.USAGE;
        case BAD_INPUT -> ExitCodes.BAD_INPUT;
        case FAILURE -> ExitCodes.FAILURE;
      };
    }
    err.println("octet: this is a bug in octet, please report it with what follows");
    failure.printStackTrace(err);
    err.flush();
    return ExitCodes.FAILURE;
  }
}
