package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Files in a folder or zip archive, `<label>/<name>` or unlabelled ones at the root, any number of
/// folders further down.
///
/// A folder whose name begins with `_`, such as Speech Commands' `_background_noise_`, is no class
/// and is skipped, unless the given labels name it. Files of other kinds are skipped.
///
/// @param files where they are
/// @param labels names of the classes
/// @param entries the files, in order of their names
record LabelledFiles(FileSet files, List<String> labels, List<Entry> entries) {

  /// One of the files.
  ///
  /// @param name path in the folder or archive
  /// @param classIndex -1 when unlabelled
  record Entry(String name, int classIndex) {
    OptionalInt label() {
      return classIndex < 0 ? OptionalInt.empty() : OptionalInt.of(classIndex);
    }
  }

  /// Lists the files; none is read.
  ///
  /// @param wanted by name
  /// @param kind what they are called in messages: `clip`
  /// @param form what is expected: `<label>/<name>.wav`
  /// @throws OctetException `BAD_INPUT` when there are none, or a folder is missing from the labels
  static LabelledFiles of(
      FileSet files, Predicate<String> wanted, List<String> given, String kind, String form) {
    List<String> names =
        files.names().stream()
            .filter(wanted)
            .filter(name -> !isNoClass(folder(name), given))
            .toList();
    if (names.isEmpty()) {
      throw OctetException.badInput(
          "no-samples", files.root().toString(), "holds no " + kind + "s", "expected " + form);
    }
    TreeSet<String> folders = new TreeSet<>();
    names.forEach(name -> folders.add(folder(name)));
    if (folders.equals(new TreeSet<>(List.of("")))) {
      return new LabelledFiles(
          files, given, names.stream().map(name -> new Entry(name, -1)).toList());
    }
    List<String> labels = given.isEmpty() ? List.copyOf(folders) : List.copyOf(given);
    checkFolders(files, names, labels, folders, kind);
    List<Entry> entries = new ArrayList<>();
    names.forEach(name -> entries.add(new Entry(name, labels.indexOf(folder(name)))));
    return new LabelledFiles(files, labels, entries);
  }

  /// The class of each file, in order; -1 for one without.
  int[] classes() {
    return entries.stream().mapToInt(Entry::classIndex).toArray();
  }

  private static void checkFolders(
      FileSet files, List<String> names, List<String> labels, Set<String> folders, String kind) {
    if (folders.contains("")) {
      String stray = names.stream().filter(name -> folder(name).isEmpty()).findFirst().orElse("");
      throw OctetException.badInput(
          kind + "-without-label",
          files.place(stray),
          "lies beside folders of labelled " + kind + "s",
          "put it into the folder of its class, or give unlabelled " + kind + "s only");
    }
    List<String> unknown = folders.stream().filter(name -> !labels.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw OctetException.badInput(
          "label-unknown",
          files.root().toString(),
          "folder '"
              + unknown.getFirst()
              + "' is none of the "
              + labels.size()
              + " labels"
              + (unknown.size() > 1 ? ", nor are " + (unknown.size() - 1) + " more folders" : ""),
          "add it to the labels, or take it out of the data");
    }
  }

  /// Name of the folder right above a clip; empty at the root.
  private static String folder(String name) {
    String parent = name.substring(0, Math.max(0, name.lastIndexOf('/')));
    return parent.substring(parent.lastIndexOf('/') + 1);
  }

  private static boolean isNoClass(String folder, List<String> labels) {
    return folder.startsWith("_") && !labels.contains(folder);
  }
}
