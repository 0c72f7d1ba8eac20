package dev.octet.command;

import dev.octet.flow.OutputFile;
import dev.octet.report.HtmlRenderer;
import dev.octet.report.Json;
import dev.octet.report.Report;
import dev.octet.report.TextRenderer;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/// The options that say how results are shown.
final class ResultOptions {
  @Spec(Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(names = "--json", description = "Print the result as JSON on standard output.")
  private boolean json;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also write the result as one self-contained HTML page.")
  private @Nullable Path html;

  /// Refuses an HTML page that could not be written; called before the work.
  void check() {
    if (html != null) {
      OutputFile.checked(html);
    }
  }

  /// Prints a result.
  ///
  /// @param record what `--json` prints
  /// @param report what is printed otherwise
  void show(Object record, Supplier<Report> report) {
    if (command == null) {
      throw new IllegalStateException("the options belong to no command");
    }
    var out = command.commandLine().getOut();
    out.print(json ? Json.print(record) + "\n" : new TextRenderer().render(report.get()));
    out.flush();
    if (html != null) {
      OutputFile.write(html, new HtmlRenderer().render(report.get()));
    }
  }
}
