package dev.octet.data;

import java.util.List;
import java.util.Optional;

/// A row of a table of samples, read but not yet understood.
///
/// @param line it begins on, from 1
/// @param fields what it has, in order
record TableRow(long line, List<Field> fields) {

  /// One field.
  ///
  /// @param name of the column
  /// @param dims shape of the numbers; none for a single one
  /// @param numbers in row-major order, or what stands there instead of them
  record Field(String name, List<Long> dims, List<String> numbers) {}

  Optional<Field> field(String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }
}
