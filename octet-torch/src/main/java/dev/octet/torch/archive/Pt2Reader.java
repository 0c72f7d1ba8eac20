package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads `.pt2` archives as PyTorch 2.9 to 2.14 write them.
public final class Pt2Reader {
  private static final String MODELS = "models/";
  private static final String WEIGHTS = "data/weights/";
  private static final String CONSTANTS = "data/constants/";
  private static final String EXTRA = "extra/";

  private final String place;
  private final ZipDirectory zip;
  private final String root;

  private Pt2Reader(String place, ZipDirectory zip) {
    this.place = place;
    this.zip = zip;
    this.root = rootFolder();
  }

  /// The program in an archive. Weights are not copied: the file is mapped, and stays so as long as
  /// some tensor of the program is reachable. It must not be changed in place meanwhile; replacing
  /// it, as [Pt2Writer] does, is fine.
  ///
  /// @throws OctetException of kind `BAD_INPUT` when the file is missing, damaged, of another
  ///     layout or major schema version, or holds pickled objects; the message names file and entry
  public static ExportedProgram read(Path file) {
    return parse(file.toString(), map(file));
  }

  /// The program in an archive held in memory, which must not change afterwards.
  ///
  /// @param place what to call the archive in messages
  /// @param bytes the whole archive
  /// @throws OctetException as [#read] does
  public static ExportedProgram parse(String place, MemorySegment bytes) {
    return new Pt2Reader(place, ZipDirectory.read(place, bytes)).program();
  }

  private static MemorySegment map(Path file) {
    if (Files.isDirectory(file)) {
      throw OctetException.badInput(
          "pt2-unreadable", file.toString(), "is a folder, not a .pt2 file", "");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      // Tensors outlive any scope this method could close; the collector unmaps after the last one.
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (NoSuchFileException e) {
      throw OctetException.badInput(
          "pt2-missing", file.toString(), "there is no such file", "check the path", e);
    } catch (IOException e) {
      throw OctetException.badInput(
          "pt2-unreadable", file.toString(), "cannot be read: " + e.getMessage(), "", e);
    }
  }

  private ExportedProgram program() {
    requireLayout();
    String model = modelName();
    ProgramParser parsed =
        ProgramParser.parse(Json.parse(place, zip.text(root + MODELS + model + ".json")));
    ExportedProgram program =
        new ExportedProgram(
            parsed.graph(),
            parsed.inputSpecs(),
            parsed.outputSpecs(),
            payloads(WEIGHTS, model, "weights_config", "model_param_config"),
            payloads(CONSTANTS, model, "constants_config", "model_constants_config"),
            parsed.rangeConstraints(),
            parsed.moduleCalls(),
            parsed.info(),
            extraFiles(),
            sampleInputs(model));
    ProgramCheck.check(place, program);
    return program;
  }

  private void requireLayout() {
    if (zip.contains(root + "archive_format")) {
      String format = zip.text(root + "archive_format").strip();
      if (!format.equals("pt2")) {
        throw unusable("pt2-format", "its archive_format is \"" + format + "\", not \"pt2\"", "");
      }
    } else if (zip.contains("serialized_exported_program.json")) {
      throw unusable(
          "pt2-version", "has the layout PyTorch wrote before 2.8", Pt2Hints.SAVE_WITH_NEWER);
    } else if (zip.contains(root + "data.pkl")) {
      throw unusable(
          "pt2-not-exported",
          "is a checkpoint or TorchScript file: it holds no exported program",
          "export the model with torch.export.export and save that with torch.export.save");
    } else {
      throw unusable("pt2-not-exported", "is a zip, but not one torch.export.save wrote", "");
    }
    String byteOrder = root + "byteorder";
    if (zip.contains(byteOrder) && !zip.text(byteOrder).strip().equals("little")) {
      throw unusable("pt2-byte-order", "its tensors are not little-endian", "");
    }
  }

  // Everything lies in one folder; its name is whatever the file was called when written.
  private String rootFolder() {
    for (String name : zip.names()) {
      int slash = name.indexOf('/');
      return slash < 0 ? "" : name.substring(0, slash + 1);
    }
    throw unusable("pt2-not-exported", "is an empty zip", Pt2Hints.FETCH_AGAIN);
  }

  private String modelName() {
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
          "pt2-models",
          models.isEmpty() ? "holds no model" : "holds several models: " + models,
          "save one program with torch.export.save");
    }
    return models.getFirst();
  }

  private Map<String, TorchTensor> payloads(
      String folder, String model, String suffix, String olderSuffix) {
    String prefix = root + folder + model + "_";
    String config = prefix + suffix + ".json";
    if (!zip.contains(config) && zip.contains(prefix + olderSuffix + ".json")) {
      config = prefix + olderSuffix + ".json";
    }
    if (!zip.contains(config) && zip.contains(root + folder + model + ".pt")) {
      throw unusable(
          "pt2-version", "keeps its tensors pickled, as PyTorch 2.8 did", Pt2Hints.SAVE_WITH_NEWER);
    }
    Json json = Json.parse(place + ": " + config, zip.text(config));
    return Payloads.read(zip, root + folder, json);
  }

  private Map<String, String> extraFiles() {
    Map<String, String> extra = new LinkedHashMap<>();
    for (String name : zip.names()) {
      if (name.startsWith(root + EXTRA) && !name.endsWith("/")) {
        extra.put(name.substring((root + EXTRA).length()), zip.text(name));
      }
    }
    return extra;
  }

  private @Nullable MemorySegment sampleInputs(String model) {
    String entry = root + "data/sample_inputs/" + model + ".pt";
    return zip.contains(entry) ? zip.content(entry) : null;
  }

  private OctetException unusable(String code, String message, String hint) {
    return OctetException.badInput(code, place, message, hint);
  }
}
