package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where an archive keeps its parts. Before 2.8 they lay side by side; since then in folders.
/// Before 2.9 tensors were a checkpoint inside the archive; since then every tensor is an entry.
///
/// @param program entry of the program in JSON
/// @param weights parameters and buffers
/// @param constants lifted constants
/// @param sampleInputs entry of the example inputs
/// @param extraFolder prefix of the extra files
record ArchiveLayout(
    String program, Tensors weights, Tensors constants, String sampleInputs, String extraFolder) {
  private static final String FLAT_PROGRAM = "serialized_exported_program.json";
  private static final String MODELS = "models/";

  /// Where tensors are.
  sealed interface Tensors {
    /// One entry, a zip of `torch.save`.
    record Pickled(String entry) implements Tensors {}

    /// An entry for each, listed in a file of JSON.
    record Listed(String folder, String config) implements Tensors {}
  }

  /// @throws OctetException of kind `BAD_INPUT` when this is no archive of a program
  static ArchiveLayout of(String place, ZipDirectory zip) {
    if (zip.contains(FLAT_PROGRAM)) {
      return new ArchiveLayout(
          FLAT_PROGRAM,
          new Tensors.Pickled("serialized_state_dict.pt"),
          new Tensors.Pickled("serialized_constants.pt"),
          "serialized_example_inputs.pt",
          "extra_files/");
    }
    String root = zip.rootFolder();
    requireProgram(place, zip, root);
    String model = modelName(place, zip, root);
    return new ArchiveLayout(
        root + MODELS + model + ".json",
        tensors(zip, root + "data/weights/", model, "weights_config", "model_param_config"),
        tensors(zip, root + "data/constants/", model, "constants_config", "model_constants_config"),
        root + "data/sample_inputs/" + model + ".pt",
        root + "extra/");
  }

  /// Texts saved beside the program.
  Map<String, String> extraFiles(ZipDirectory zip) {
    Map<String, String> extra = new LinkedHashMap<>();
    for (String name : zip.names()) {
      if (name.startsWith(extraFolder) && !name.endsWith("/")) {
        extra.put(name.substring(extraFolder.length()), zip.text(name));
      }
    }
    return extra;
  }

  private static void requireProgram(String place, ZipDirectory zip, String root) {
    if (zip.contains(root + "archive_format")) {
      String format = zip.text(root + "archive_format").strip();
      if (!format.equals("pt2")) {
        throw unusable(
            place, "pt2-format", "its archive_format is \"" + format + "\", not \"pt2\"", "");
      }
    } else if (zip.contains(root + "data.pkl")) {
      throw CheckpointReader.withoutProgram(place, CheckpointReader.zip(place, zip));
    } else {
      throw unusable(
          place, "pt2-not-exported", "is a zip, but not one torch.export.save wrote", "");
    }
    String byteOrder = root + "byteorder";
    if (zip.contains(byteOrder) && !zip.text(byteOrder).strip().equals("little")) {
      throw unusable(place, "pt2-byte-order", "its tensors are not little-endian", "");
    }
  }

  private static String modelName(String place, ZipDirectory zip, String root) {
    List<String> models = new ArrayList<>();
    for (String name : zip.names()) {
      if (name.startsWith(root + MODELS) && name.endsWith(".json")) {
        models.add(name.substring((root + MODELS).length(), name.length() - ".json".length()));
      }
    }
    if (models.contains("model")) {
      return "model";
    }
    if (models.size() != 1) {
      throw unusable(
          place,
          "pt2-models",
          models.isEmpty() ? "holds no model" : "holds several models: " + models,
          "save one program with torch.export.save");
    }
    return models.getFirst();
  }

  private static Tensors tensors(
      ZipDirectory zip, String folder, String model, String suffix, String olderSuffix) {
    String prefix = folder + model + "_";
    Optional<String> config =
        List.of(prefix + suffix + ".json", prefix + olderSuffix + ".json").stream()
            .filter(zip::contains)
            .findFirst();
    return config.isEmpty() && zip.contains(folder + model + ".pt")
        ? new Tensors.Pickled(folder + model + ".pt")
        : new Tensors.Listed(folder, config.orElse(prefix + suffix + ".json"));
  }

  private static OctetException unusable(String place, String code, String message, String hint) {
    return OctetException.badInput(code, place, message, hint);
  }
}
