package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.runtime.AxisOrder;
import dev.octet.runtime.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Samples in a table: a CSV file with a line of column names, or a file of JSON objects, one a
/// line.
///
/// An input takes the column of its name. In CSV an input of several numbers takes the columns
/// `<name>_0`, `<name>_1`, ...; in JSON nested arrays, without the batch axis or with it. A model
/// with one input that has no column of its name takes all columns but the label, in order. A
/// column `labels`, `label` or `y` gives the class: its number, or its name.
public final class TableSource implements SampleSource {
  private static final List<String> LABEL_NAMES = List.of("labels", "label", "y");

  private final Path file;
  private final List<TensorSpec> inputs;
  private final List<String> labels;
  private final long size;

  private TableSource(Path file, List<TensorSpec> inputs, List<String> labels, long size) {
    this.file = file;
    this.inputs = inputs;
    this.labels = labels;
    this.size = size;
  }

  /// Reads through the file once, to count the samples and learn the names of the classes.
  ///
  /// @param file `.csv`, `.jsonl` or `.ndjson`
  /// @param inputs what the model takes
  /// @throws OctetException `BAD_INPUT` when there are no samples, or a row cannot be read
  public static TableSource open(Path file, List<TensorSpec> inputs, SampleOptions options) {
    TreeSet<String> names = new TreeSet<>();
    boolean numbered = true;
    long size = 0;
    try (TableRows rows = TableRows.open(file)) {
      while (rows.hasNext()) {
        Optional<String> label = label(rows.next(), inputs);
        size++;
        if (label.isPresent()) {
          names.add(label.get());
          numbered &= classNumber(label.get()).isPresent();
        }
      }
    }
    if (size == 0) {
      throw OctetException.badInput(
          "no-samples", file.toString(), "holds no samples", "expected one a line");
    }
    List<String> labels = options.labels();
    if (labels.isEmpty() && !numbered) {
      labels = List.copyOf(names);
    }
    return new TableSource(file, inputs, labels, size);
  }

  @Override
  public List<String> labels() {
    return labels;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Stream<Sample> samples() {
    TableRows rows = TableRows.open(file);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .map(this::sample)
        .onClose(rows::close);
  }

  private Sample sample(TableRow row) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TensorSpec input : inputs) {
      tensors.put(input.name(), tensor(row, input));
    }
    Optional<String> label = label(row, inputs);
    return new Sample(
        file + ":" + row.line(),
        tensors,
        label.isPresent() ? OptionalInt.of(classOf(row, label.get())) : OptionalInt.empty());
  }

  private int classOf(TableRow row, String label) {
    int named = labels.indexOf(label);
    OptionalInt number = named >= 0 ? OptionalInt.of(named) : classNumber(label);
    int limit = labels.isEmpty() ? Integer.MAX_VALUE : labels.size();
    if (number.isEmpty() || number.getAsInt() >= limit) {
      throw OctetException.badInput(
          "label-unknown",
          place(row),
          "has class '" + label + "'",
          labels.isEmpty()
              ? "expected a number from 0 on"
              : "expected a number below " + limit + " or one of the " + limit + " labels");
    }
    return number.getAsInt();
  }

  private Tensor tensor(TableRow row, TensorSpec input) {
    TableRow.Field field = field(row, input);
    List<Long> dims = dims(row, input, field);
    double[] numbers = new double[field.numbers().size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(row, field, field.numbers().get(i));
    }
    long[] sizes = dims.stream().mapToLong(Long::longValue).toArray();
    DataType type = input.dataType();
    return switch (type) {
      case FLOAT -> {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) numbers[i];
        }
        yield DenseTensor.ofFloats(floats, sizes);
      }
      case INT64 -> {
        long[] longs = new long[numbers.length];
        for (int i = 0; i < longs.length; i++) {
          longs[i] = whole(row, field, numbers[i], Long.MIN_VALUE, Long.MAX_VALUE);
        }
        yield DenseTensor.ofLongs(longs, sizes);
      }
      case INT32 -> {
        int[] ints = new int[numbers.length];
        for (int i = 0; i < ints.length; i++) {
          ints[i] = (int) whole(row, field, numbers[i], Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        yield DenseTensor.ofInts(ints, sizes);
      }
      case BOOL, UINT8, INT8 -> {
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) whole(row, field, numbers[i], type == DataType.INT8 ? -128 : 0, 255);
        }
        yield DenseTensor.ofBytes(type, bytes, sizes);
      }
      default ->
          throw OctetException.usage(
              "input-not-in-tables",
              place(row),
              "tables hold no " + type + " numbers, as input " + input + " asks for",
              "give samples as .npy or .npz arrays");
    };
  }

  private TableRow.Field field(TableRow row, TensorSpec input) {
    Optional<TableRow.Field> own = row.field(input.name());
    if (own.isPresent()) {
      return own.get();
    }
    List<String> numbers = new ArrayList<>();
    for (int i = 0; row.field(input.name() + "_" + i).isPresent(); i++) {
      numbers.addAll(row.field(input.name() + "_" + i).orElseThrow().numbers());
    }
    if (numbers.isEmpty() && inputs.size() == 1) {
      List<TableRow.Field> all =
          row.fields().stream().filter(field -> !LABEL_NAMES.contains(field.name())).toList();
      if (all.size() == 1) {
        return all.getFirst();
      }
      all.forEach(field -> numbers.addAll(field.numbers()));
    }
    if (numbers.isEmpty()) {
      throw OctetException.badInput(
          "column-missing",
          place(row),
          "has no column for input "
              + input
              + "; it has "
              + row.fields().stream().map(TableRow.Field::name).toList(),
          "name columns after the inputs");
    }
    return new TableRow.Field(input.name(), List.of((long) numbers.size()), numbers);
  }

  /// The shape one run takes: the field's own, with the batch axis or without, or its numbers dealt
  /// over the input's axes. Arrays in arrays say in what order their axes are, so these are dealt
  /// only where the input's differ by axes of size 1.
  private List<Long> dims(TableRow row, TensorSpec input, TableRow.Field field) {
    Shape shape = input.shape();
    if (fits(shape, field.dims())) {
      return field.dims();
    }
    List<Long> batched = new ArrayList<>(field.dims());
    batched.addFirst(1L);
    if (fits(shape, batched)) {
      return batched;
    }
    List<Long> nested = withoutOnes(field.dims());
    List<Long> dealt = new ArrayList<>();
    int open = -1;
    long known = 1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      long size = shape.dim(axis) instanceof Dim.Known(long fixed) ? fixed : axis == 0 ? 1 : -1;
      if (size < 0 && open < 0) {
        open = axis;
      }
      dealt.add(Math.max(1, size));
      known *= Math.max(1, size);
    }
    if (open >= 0 && field.numbers().size() % known == 0) {
      dealt.set(open, field.numbers().size() / known);
    }
    if (dealt.stream().reduce(1L, (a, b) -> a * b) != field.numbers().size()) {
      throw OctetException.badInput(
          "row-shape",
          place(row),
          "has " + field.numbers().size() + " numbers for input " + input,
          "one sample a row");
    }
    if (nested.size() > 1 && !nested.equals(withoutOnes(dealt))) {
      throw OctetException.badInput(
          "row-shape",
          place(row),
          "nests its numbers as " + field.dims() + " for input " + input,
          AxisOrder.advice(shape, batched)
              .or(() -> AxisOrder.advice(shape, field.dims()))
              .orElse("nest them in the input's axes, or write them as one flat list"));
    }
    return dealt;
  }

  private static List<Long> withoutOnes(List<Long> dims) {
    return dims.stream().filter(size -> size != 1).toList();
  }

  private double number(TableRow row, TableRow.Field field, String text) {
    try {
      return switch (text) {
        case "true", "True" -> 1;
        case "false", "False" -> 0;
        case "nan" -> Double.NaN;
        case "inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    } catch (NumberFormatException cause) {
      throw notANumber(row, field, "'" + text + "'");
    }
  }

  private long whole(TableRow row, TableRow.Field field, double number, long least, long most) {
    if (number != Math.rint(number) || number < least || number > most) {
      throw notANumber(
          row, field, number + " where a whole number of the input's type is expected");
    }
    return (long) number;
  }

  private OctetException notANumber(TableRow row, TableRow.Field field, String found) {
    return OctetException.badInput(
        "number-bad",
        place(row),
        "column '" + field.name() + "' holds " + found,
        "expected numbers");
  }

  private String place(TableRow row) {
    return file + ", line " + row.line();
  }

  private static Optional<String> label(TableRow row, List<TensorSpec> inputs) {
    return LABEL_NAMES.stream()
        .filter(name -> inputs.stream().noneMatch(input -> input.name().equals(name)))
        .flatMap(name -> row.field(name).stream())
        .filter(field -> field.numbers().size() == 1)
        .map(field -> field.numbers().getFirst())
        .findFirst();
  }

  private static OptionalInt classNumber(String label) {
    return label.matches("\\d{1,9}")
        ? OptionalInt.of(Integer.parseInt(label))
        : OptionalInt.empty();
  }

  private static boolean fits(Shape shape, List<Long> dims) {
    boolean fits = shape.rank() == dims.size();
    for (int axis = 0; fits && axis < shape.rank(); axis++) {
      fits = !(shape.dim(axis) instanceof Dim.Known(long size)) || size == dims.get(axis);
    }
    return fits;
  }
}
