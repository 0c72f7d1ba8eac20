package dev.octet.command;

import dev.octet.diagnostic.Diagnostic;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParseResult;

/// The files a command line names. What knows only a graph, not its file, cannot say in which file
/// a node is at fault; here it is known.
///
/// @param models those the command works on
/// @param all the others too, such as the one to write
record GivenFiles(List<Path> models, List<Path> all) {
  /// What is said of a model as a whole.
  private static final Set<String> WHOLE = Set.of("", "model", "the model");

  static GivenFiles of(ParseResult parsed) {
    return new GivenFiles(
        paths(parsed.matchedPositionals()).toList(), paths(parsed.matchedArgs()).toList());
  }

  /// A finding about one of the files, with the file's name unless it has one.
  Diagnostic named(Diagnostic found) {
    boolean names =
        all.stream()
            .map(Path::toString)
            .anyMatch(file -> found.place().contains(file) || found.message().contains(file));
    if (names || models.isEmpty()) {
      return found;
    }
    String file = models.stream().map(Path::toString).collect(Collectors.joining(" or "));
    return new Diagnostic(
        found.code(),
        WHOLE.contains(found.place()) ? file : file + ": " + found.place(),
        found.message(),
        found.hint());
  }

  private static Stream<Path> paths(List<? extends ArgSpec> arguments) {
    return arguments.stream()
        .map(ArgSpec::getValue)
        .flatMap(value -> value instanceof Collection<?> many ? many.stream() : Stream.of(value))
        .filter(Path.class::isInstance)
        .map(Path.class::cast);
  }
}
