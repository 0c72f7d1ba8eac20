package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.runtime.AxisOrder;
import dev.octet.runtime.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Samples in NumPy arrays: an `.npz` archive or a folder of `.npy` files with one array for each
/// input, or a single `.npy` file for a model with one input.
///
/// An array is found by its input's name, else as `input_0`, `input_1`, ... or `arr_0`, ... in the
/// order of the inputs; a model with one input takes whatever single array there is. An integer
/// array `labels`, `label` or `y` gives the classes; arrays `output_0`, ... are skipped.
///
/// The first axis counts samples: an array `[1000,1,8000]` for an input `[batch,1,8000]` holds 1000
/// samples `[1,1,8000]`. One of a rank higher than the input's holds whole inputs one after
/// another. Arrays whose first axes disagree, as with several dynamic axes, are together one
/// sample.
public final class NpySource implements SampleSource {
  private static final String SUFFIX = ".npy";
  private static final List<String> LABEL_NAMES = List.of("labels", "label", "y");
  private static final Pattern OUTPUT = Pattern.compile("output_\\d+|output");

  private final FileSet files;
  private final List<InputArray> arrays;
  private final int @Nullable [] classes;
  private final List<String> labels;
  private final long size;
  private final List<String> notes;

  private NpySource(
      FileSet files,
      List<InputArray> arrays,
      int @Nullable [] classes,
      List<String> labels,
      long size,
      List<String> notes) {
    this.files = files;
    this.arrays = arrays;
    this.classes = classes;
    this.labels = labels;
    this.size = size;
    this.notes = notes;
  }

  /// Reads the headers and the labels; samples are read as they are asked for.
  ///
  /// @param file `.npy` or `.npz` file, or a folder of `.npy` files
  /// @param inputs what the model takes
  /// @throws OctetException `BAD_INPUT` when an input has no array, or one of another type or shape
  public static NpySource open(Path file, List<TensorSpec> inputs, SampleOptions options) {
    if (file.toString().endsWith(SUFFIX)) {
      Path folder = file.resolveSibling("");
      String name = String.valueOf(file.getFileName());
      return of(new FileSet.Folder(folder, List.of(name)), inputs, options).withoutNotes();
    }
    return of(FileSet.of(file), inputs, options);
  }

  static NpySource of(FileSet files, List<TensorSpec> inputs, SampleOptions options) {
    Map<String, NpyHeader> headers = headers(files);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      names.add(arrayFor(inputs, i, files, headers));
    }
    List<InputArray> arrays = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      NpyHeader header = headers.get(names.get(i));
      if (header != null) {
        arrays.add(
            InputArray.split(files.place(names.get(i)), names.get(i), inputs.get(i), header));
      }
    }
    if (arrays.stream().map(InputArray::count).distinct().count() > 1) {
      arrays.replaceAll(array -> array.whole(files.place(array.file)));
    }
    long size = arrays.isEmpty() ? 0 : arrays.getFirst().count;
    if (size == 0) {
      throw OctetException.badInput(
          "no-samples", files.root().toString(), "holds no samples", "expected at least one");
    }
    int[] classes = classes(files, headers, names, size, options.labels().size());
    return new NpySource(files, arrays, classes, options.labels(), size, notes(arrays));
  }

  @Override
  public List<String> labels() {
    return labels;
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Stream<Sample> samples() {
    return samplesFrom(0);
  }

  @Override
  public Stream<Sample> samplesFrom(long first) {
    BitSet positions = new BitSet();
    positions.set(Math.toIntExact(Math.min(first, size)), Math.toIntExact(size));
    return samplesAt(positions);
  }

  @Override
  public Stream<Sample> samplesAt(BitSet positions) {
    FileSet.Opened opened = files.open();
    List<NpyRows> rows = new ArrayList<>();
    Runnable close =
        () -> {
          rows.forEach(NpyRows::close);
          opened.close();
        };
    try {
      for (InputArray array : arrays) {
        rows.add(rows(files, opened, array.file));
      }
    } catch (RuntimeException cause) {
      close.run();
      throw cause;
    }
    // Rows follow each other in the files, so they can only be read in order.
    int[] next = {0};
    return positions.stream()
        .sequential()
        .mapToObj(
            position -> {
              skip(rows, position - next[0]);
              next[0] = position + 1;
              return sample(rows, position);
            })
        .onClose(close);
  }

  @Override
  public int[] classes() {
    if (classes != null) {
      return classes.clone();
    }
    int[] none = new int[Math.toIntExact(size)];
    Arrays.fill(none, -1);
    return none;
  }

  /// Whether a file name is that of an array.
  static boolean isNpy(String name) {
    return name.endsWith(SUFFIX);
  }

  private void skip(List<NpyRows> rows, long count) {
    for (int i = 0; i < arrays.size(); i++) {
      rows.get(i).skip(arrays.get(i).dims, count);
    }
  }

  private Sample sample(List<NpyRows> rows, int index) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (int i = 0; i < arrays.size(); i++) {
      inputs.put(arrays.get(i).input.name(), rows.get(i).next(arrays.get(i).dims));
    }
    OptionalInt label = classes == null ? OptionalInt.empty() : OptionalInt.of(classes[index]);
    return new Sample(files.place(arrays.getFirst().file) + "[" + index + "]", inputs, label);
  }

  private static Map<String, NpyHeader> headers(FileSet files) {
    Map<String, NpyHeader> headers = new LinkedHashMap<>();
    try (FileSet.Opened opened = files.open()) {
      for (String name : files.names()) {
        if (isNpy(name)) {
          try (NpyRows rows = rows(files, opened, name)) {
            headers.put(name, rows.header());
          }
        }
      }
    }
    return headers;
  }

  private static NpyRows rows(FileSet files, FileSet.Opened opened, String name) {
    try {
      return NpyRows.open(opened.stream(name), files.place(name));
    } catch (IOException cause) {
      throw OctetException.badInput(
          "not-readable", files.place(name), "cannot be read: " + cause.getMessage(), "", cause);
    }
  }

  private static String arrayFor(
      List<TensorSpec> inputs, int index, FileSet files, Map<String, NpyHeader> headers) {
    List<String> candidates =
        List.of(inputs.get(index).name(), "input_" + index, "arr_" + index).stream()
            .map(name -> name + SUFFIX)
            .filter(headers::containsKey)
            .toList();
    if (!candidates.isEmpty()) {
      return candidates.getFirst();
    }
    List<String> others =
        headers.keySet().stream()
            .filter(name -> !LABEL_NAMES.contains(bare(name)))
            .filter(name -> !OUTPUT.matcher(bare(name)).matches())
            .toList();
    if (inputs.size() == 1 && others.size() == 1) {
      return others.getFirst();
    }
    throw OctetException.badInput(
        "array-missing",
        files.root().toString(),
        "has no array for input "
            + inputs.get(index)
            + "; it holds "
            + headers.keySet().stream().map(NpySource::bare).toList(),
        "name the array after the input");
  }

  /// The one array there is may be another input's: who named it should hear of it.
  private static List<String> notes(List<InputArray> arrays) {
    List<String> notes = new ArrayList<>();
    for (int i = 0; i < arrays.size(); i++) {
      arrays.get(i).otherwiseNamed(i).ifPresent(notes::add);
    }
    return notes;
  }

  /// The name of a lone `.npy` file is no array's.
  private NpySource withoutNotes() {
    return new NpySource(files, arrays, classes, labels, size, List.of());
  }

  private static int @Nullable [] classes(
      FileSet files,
      Map<String, NpyHeader> headers,
      List<String> taken,
      long size,
      int labelCount) {
    String file =
        LABEL_NAMES.stream()
            .map(name -> name + SUFFIX)
            .filter(name -> headers.containsKey(name) && !taken.contains(name))
            .findFirst()
            .orElse(null);
    NpyHeader header = file == null ? null : headers.get(file);
    if (file == null || header == null) {
      return null;
    }
    String place = files.place(file);
    if (!header.dataType().isInteger() || !header.dims().equals(List.of(size))) {
      throw OctetException.badInput(
          "labels-bad",
          place,
          "is " + header.dataType() + header.dims() + "; expected " + size + " integers",
          "one class number for each sample");
    }
    try (FileSet.Opened opened = files.open();
        NpyRows rows = rows(files, opened, file)) {
      DenseTensor tensor = rows.next(header.dims());
      int[] classes = new int[Math.toIntExact(size)];
      for (int i = 0; i < classes.length; i++) {
        long label = tensor.longAt(i);
        if (label < 0 || label >= (labelCount == 0 ? Integer.MAX_VALUE : labelCount)) {
          throw OctetException.badInput(
              "label-unknown",
              place,
              "sample " + i + " has class " + label,
              labelCount == 0 ? "expected 0 or more" : "expected 0 to " + (labelCount - 1));
        }
        classes[i] = (int) label;
      }
      return classes;
    }
  }

  private static String bare(String file) {
    return file.substring(0, file.length() - SUFFIX.length());
  }

  /// An array and how it divides into samples.
  ///
  /// @param file of the array
  /// @param input it is for
  /// @param header what it holds
  /// @param count samples in it
  /// @param dims of each sample
  private record InputArray(
      String file, TensorSpec input, NpyHeader header, long count, List<Long> dims) {

    static InputArray split(String place, String file, TensorSpec input, NpyHeader header) {
      List<Long> dims = header.dims();
      int rank = input.shape().rank();
      Function<String, OctetException> bad =
          hint ->
              OctetException.badInput(
                  "array-shape",
                  place,
                  "is " + header.dataType() + dims + "; expected samples for input " + input,
                  hint);
      if (header.dataType() != input.dataType()) {
        throw bad.apply("convert it with numpy.astype");
      }
      if (rank > 0 && dims.size() == rank) {
        long step = input.shape().dim(0) instanceof Dim.Known(long known) ? known : 1;
        List<Long> sample = new ArrayList<>(dims);
        sample.set(0, step);
        if (step > 0 && dims.getFirst() % step == 0 && fits(input.shape(), sample)) {
          return new InputArray(file, input, header, dims.getFirst() / step, sample);
        }
      }
      if (dims.size() == rank + 1 && fits(input.shape(), dims.subList(1, dims.size()))) {
        List<Long> sample = dims.subList(1, dims.size());
        return new InputArray(file, input, header, dims.getFirst(), sample);
      }
      if (dims.size() == rank && fits(input.shape(), dims)) {
        return new InputArray(file, input, header, 1, dims);
      }
      List<Long> one = new ArrayList<>(dims.size() > rank ? dims.subList(1, dims.size()) : dims);
      if (dims.size() == rank && rank > 0) {
        one.set(0, input.shape().dim(0) instanceof Dim.Known(long known) ? known : 1L);
      }
      throw bad.apply(AxisOrder.advice(input.shape(), one).orElse("the first axis counts samples"));
    }

    /// What to say where neither the input's name nor its number led to this array.
    ///
    /// @param index of the input
    Optional<String> otherwiseNamed(int index) {
      String name = bare(file);
      return List.of(input.name(), "input_" + index, "arr_" + index).contains(name)
          ? Optional.empty()
          : Optional.of(
              "array '%s' is taken for input '%s', as the model has no other: name it so if it is"
                      .formatted(name, input.name())
                  + " meant");
    }

    /// All of the array as one sample.
    InputArray whole(String place) {
      if (!fits(input.shape(), header.dims())) {
        throw OctetException.badInput(
            "array-counts",
            place,
            "holds " + count + " samples for input " + input + ", other arrays another number",
            "give every input as many samples");
      }
      return new InputArray(file, input, header, 1, header.dims());
    }

    private static boolean fits(Shape shape, List<Long> dims) {
      boolean fits = shape.rank() == dims.size();
      for (int axis = 0; fits && axis < shape.rank(); axis++) {
        fits = !(shape.dim(axis) instanceof Dim.Known(long size)) || size == dims.get(axis);
      }
      return fits;
    }
  }
}
