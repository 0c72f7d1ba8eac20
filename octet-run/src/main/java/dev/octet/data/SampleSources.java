package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.runtime.TensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Opens whatever samples a path holds.
public final class SampleSources {
  private static final String EXPECTED =
      "expected a folder or zip of <label>/<name>.wav or .jpg or .png, an .npy or .npz file, a"
          + " folder of .npy files, a .csv or .jsonl file, or a folder of ONNX test_data_set_<n>"
          + " folders";

  private SampleSources() {}

  /// Chooses by content: [WavFolder], [ImageFolder], [NpySource], [TableSource] or
  /// [OnnxTestData].
  ///
  /// @param path file or folder
  /// @param inputs what the model takes
  /// @throws OctetException `BAD_INPUT` when there are no samples at `path`, or they are not for
  ///     this model; the file and what was expected are named
  public static SampleSource open(Path path, List<TensorSpec> inputs, SampleOptions options) {
    if (!Files.exists(path)) {
      throw OctetException.badInput("samples-missing", path.toString(), "does not exist", EXPECTED);
    }
    if (NpySource.isNpy(path.toString())) {
      return NpySource.open(path, inputs, options);
    }
    if (TableRows.isTable(path.toString()) && Files.isRegularFile(path)) {
      return TableSource.open(path, inputs, options);
    }
    FileSet files = FileSet.of(path);
    if (files.names().stream().anyMatch(WavFolder::isWav)) {
      return WavFolder.of(files, inputs, options);
    }
    if (files.names().stream().anyMatch(NpySource::isNpy)) {
      return NpySource.of(files, inputs, options);
    }
    if (files.names().stream().anyMatch(OnnxTestData::isInput)) {
      return OnnxTestData.of(files, inputs);
    }
    if (files.names().stream().anyMatch(ImageFolder::isImage)) {
      return ImageFolder.of(files, inputs, options);
    }
    throw OctetException.badInput("no-samples", path.toString(), "holds no samples", EXPECTED);
  }
}
