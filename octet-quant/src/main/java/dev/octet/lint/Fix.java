package dev.octet.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// What removes the cause of a finding.
public sealed interface Fix {
  /// Stands for the model that was looked at in [Command#words()].
  String MODEL = "{model}";

  /// Stands for the file to write in [Command#words()].
  String RESULT = "{result}";

  /// The float model that a quantized one was made from; only the user knows its name.
  String FLOAT_MODEL = "FLOAT_MODEL.onnx";

  /// The program that a model was exported from; only the user knows its name.
  String PROGRAM = "PROGRAM.pt2";

  /// Calibration samples; only the user knows where they are.
  String DATA = "DATA";

  /// A command of Octet's.
  ///
  /// @param words the command's name and arguments, with [#MODEL] and [#RESULT] for files
  record Command(List<String> words) implements Fix {
    public Command {
      words = List.copyOf(words);
    }
  }

  /// No command can do it.
  ///
  /// @param what to change in the program the model comes from
  record Change(String what) implements Fix {}

  static Fix command(String... words) {
    return new Command(List.of(words));
  }

  static Fix change(String what) {
    return new Change(what);
  }

  /// The command's words for a model file; empty for a change.
  ///
  /// @param model file that was looked at
  /// @param result file to write
  default List<String> arguments(String model, String result) {
    return switch (this) {
      case Command(List<String> words) ->
          words.stream()
              .map(word -> word.equals(MODEL) ? model : word.equals(RESULT) ? result : word)
              .toList();
      case Change _ -> List.of();
    };
  }

  /// What to type or to do, for a model file.
  ///
  /// @param model file that was looked at
  /// @param result file to write
  default String text(String model, String result) {
    return switch (this) {
      case Command _ -> {
        List<String> line = new ArrayList<>(List.of("octet"));
        arguments(model, result).stream().map(QUOTED).forEach(line::add);
        yield String.join(" ", line);
      }
      case Change(String what) -> what;
    };
  }

  /// A word as a POSIX shell takes it.
  Function<String, String> QUOTED =
      word ->
          word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
}
