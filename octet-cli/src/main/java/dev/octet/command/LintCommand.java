package dev.octet.command;

import dev.octet.flow.LintFlow;
import dev.octet.flow.OutputFile;
import dev.octet.lint.LintRule;
import dev.octet.lint.ModelLint;
import dev.octet.lint.RuntimeVersion;
import dev.octet.lint.Severity;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "lint",
    mixinStandardHelpOptions = true,
    description = {
      "Find what will go wrong with an ONNX model, float or quantized, before anything is"
          + " calibrated or shipped: operators without integer kernels, floats between quantized"
          + " layers, biases that will not fit, dimensions baked in, an opset that is too new.",
      "Every finding names the node, the reason and the command that fixes it. Exits 0, or 3 when"
          + " --fail-on is met."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet lint m5.onnx",
      "  octet lint m5_int8.onnx --runtime 1.17 --fail-on warning",
      "  octet lint m5.onnx --disable dead-channel --sarif m5.sarif",
      "  octet lint --list-rules",
    })
final class LintCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "An .onnx file.")
  private @Nullable Path model;

  @Option(
      names = "--runtime",
      paramLabel = "VERSION",
      description = "Release of ONNX Runtime the model must load in, such as 1.17.")
  private @Nullable String runtime;

  @Option(
      names = "--fail-on",
      paramLabel = "SEVERITY",
      description = "Exit with 3 on a finding this bad or worse: ${COMPLETION-CANDIDATES}.")
  private @Nullable Severity failOn;

  @Option(
      names = "--disable",
      paramLabel = "RULE",
      description = "Leave out a rule (see --list-rules). Repeatable.")
  private List<String> disabled = List.of();

  @Option(names = "--list-rules", description = "List the rules and do nothing else.")
  private boolean listRules;

  @Option(
      names = "--sarif",
      paramLabel = "FILE",
      description = "Also write the findings as SARIF 2.1.0, which code hosts and editors show.")
  private @Nullable Path sarif;

  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    CommandSpec command = Options.given(spec);
    if (listRules) {
      list(command.commandLine().getOut());
      return ExitCodes.OK;
    }
    if (model == null) {
      throw new ParameterException(command.commandLine(), "lint needs a MODEL, or --list-rules");
    }
    result.check();
    if (sarif != null) {
      OutputFile.checked(sarif);
    }
    Optional<RuntimeVersion> target = Optional.ofNullable(runtime).map(RuntimeVersion::parse);
    LintFlow.Result found = LintFlow.run(new LintFlow.Request(model, target, disabled));
    result.show(found.json(), found::report);
    if (sarif != null) {
      OutputFile.write(sarif, found.sarif(Octet.VERSION) + "\n");
    }
    return failOn != null && found.has(failOn) ? ExitCodes.VERDICT_NOT_MET : ExitCodes.OK;
  }

  private static void list(PrintWriter out) {
    for (LintRule rule : ModelLint.rules()) {
      out.printf(
          "%-22s %-8s %s%n",
          rule.name(), rule.severity().name().toLowerCase(Locale.ROOT), rule.description());
    }
    out.flush();
  }
}
