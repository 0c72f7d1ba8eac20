package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Tensor;
import dev.octet.runtime.TensorSpec;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Samples as the ONNX project keeps its own: a folder `test_data_set_<n>` each, with files
/// `input_0.pb`, `input_1.pb`, ... in the order of the model's inputs. Or one such folder.
public final class OnnxTestData implements SampleSource {
  private static final Pattern INPUT = Pattern.compile("(.*/)?input_(\\d+)\\.pb");
  private static final Pattern NUMBER = Pattern.compile("(\\d+)/$");
  private static final int MAX_BYTES = 1 << 30;

  private final FileSet files;
  private final List<TensorSpec> inputs;
  private final List<String> folders;

  private OnnxTestData(FileSet files, List<TensorSpec> inputs, List<String> folders) {
    this.files = files;
    this.inputs = inputs;
    this.folders = folders;
  }

  /// Lists the samples; none is read yet.
  ///
  /// @param root a `test_data_set_<n>` folder, or a folder or zip archive of such
  /// @param inputs what the model takes
  /// @throws OctetException `BAD_INPUT` when there are no samples, or one lacks an input
  public static OnnxTestData open(Path root, List<TensorSpec> inputs) {
    return of(FileSet.of(root), inputs);
  }

  static OnnxTestData of(FileSet files, List<TensorSpec> inputs) {
    Set<String> folders = new LinkedHashSet<>();
    for (String name : files.names()) {
      Matcher input = INPUT.matcher(name);
      if (input.matches()) {
        folders.add(input.group(1) == null ? "" : input.group(1));
      }
    }
    if (folders.isEmpty()) {
      throw OctetException.badInput(
          "no-samples",
          files.root().toString(),
          "holds no samples",
          "expected test_data_set_<n>/input_<i>.pb");
    }
    for (String folder : folders) {
      for (int i = 0; i < inputs.size(); i++) {
        if (!files.names().contains(file(folder, i))) {
          throw OctetException.badInput(
              "input-missing",
              files.place(file(folder, i)),
              "does not exist; expected input " + inputs.get(i),
              "");
        }
      }
    }
    // By number, so that set 10 does not come before set 2.
    Comparator<String> byNumber = Comparator.comparingLong(OnnxTestData::number);
    List<String> order = folders.stream().sorted(byNumber.thenComparing(name -> name)).toList();
    return new OnnxTestData(files, inputs, order);
  }

  /// Whether a path is that of a sample's input.
  static boolean isInput(String name) {
    return INPUT.matcher(name).matches();
  }

  @Override
  public List<String> labels() {
    return List.of();
  }

  @Override
  public long size() {
    return folders.size();
  }

  @Override
  public Stream<Sample> samples() {
    return samplesFrom(0);
  }

  @Override
  public Stream<Sample> samplesFrom(long first) {
    FileSet.Opened opened = files.open();
    return folders.stream()
        .skip(first)
        .map(folder -> sample(opened, folder))
        .onClose(opened::close);
  }

  private Sample sample(FileSet.Opened opened, String folder) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      String name = file(folder, i);
      byte[] message = files.bytes(opened, name, MAX_BYTES);
      tensors.put(inputs.get(i).name(), TensorFile.read(message, files.place(name)));
    }
    return Sample.unlabelled(files.place(folder), tensors);
  }

  private static String file(String folder, int input) {
    return folder + "input_" + input + ".pb";
  }

  private static long number(String folder) {
    Matcher number = NUMBER.matcher(folder);
    return number.find() && number.group(1).length() < 18 ? Long.parseLong(number.group(1)) : -1;
  }
}
