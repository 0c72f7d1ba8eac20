package dev.octet.ir.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.ModelReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Each operator against onnx's own inference (ONNX Runtime's own operators: against its symbolic
/// shape inference) and against the sizes onnx's reference implementation yields: what is inferred
/// here never disagrees with either, and is at least what onnx infers.
/// `shape-goldens.zip` holds the cases and says how they were made; `shape-goldens-exceptions.txt`
/// those where the two are meant to differ.
class OperatorGoldensTest {
  private static final Pattern SYMBOL = Pattern.compile("\\bD(\\d+)\\b");

  /// @param name the archive's entry: operator, opset, variant and number
  /// @param model graph outputs carry the types onnx infers
  record Golden(String name, Model model) {
    String operator() {
      return name.substring(0, name.indexOf('/'));
    }
  }

  @TestFactory
  Stream<DynamicTest> knowsWhatOnnxKnows() throws IOException {
    List<String> exceptions = exceptions();
    Map<String, List<Golden>> byOperator = new TreeMap<>();
    goldens()
        .forEach(
            golden ->
                byOperator.computeIfAbsent(golden.operator(), _ -> new ArrayList<>()).add(golden));
    return byOperator.entrySet().stream()
        .map(
            entry ->
                dynamicTest(
                    entry.getKey(),
                    () -> {
                      List<String> complaints = new ArrayList<>();
                      for (Golden golden : entry.getValue()) {
                        if (exceptions.stream().noneMatch(golden.name()::startsWith)) {
                          check(golden, complaints);
                        }
                      }
                      assertThat(complaints).isEmpty();
                    }));
  }

  @Test
  void goldensCoverTheStandard() throws IOException {
    assertThat(goldens().stream().map(Golden::operator).distinct()).hasSizeGreaterThan(225);
  }

  private static void check(Golden golden, List<String> complaints) {
    Map<String, Optional<ValueType>> expected = new LinkedHashMap<>();
    Model model = golden.model();
    model.graph().outputs().forEach(output -> expected.put(output.name(), output.type()));
    model.edit(editor -> model.graph().outputs().forEach(output -> editor.setType(output, null)));
    ShapeReport report = ShapeInference.infer(model);
    for (Diagnostic contradiction : report.contradictions()) {
      complaints.add(golden.name() + ": " + contradiction);
    }
    for (Value output : model.graph().outputs()) {
      String truth = model.metadata().get("truth:" + output.name());
      ValueType onnx = Objects.requireNonNull(expected.get(output.name())).orElse(null);
      ValueType ours = output.type().orElse(null);
      Optional<String> wrong = compare(onnx, ours, truth == null ? null : sizes(truth));
      wrong.ifPresent(
          what ->
              complaints.add(
                  "%s: %s %s: inferred %s, onnx %s, computed [%s]"
                      .formatted(golden.name(), output.name(), what, ours, onnx, truth)));
    }
  }

  private static Optional<String> compare(
      @Nullable ValueType onnx, @Nullable ValueType ours, long @Nullable [] truth) {
    if (onnx == null) {
      return ours instanceof ValueType.OfTensor(var type, Shape shape) && shape != null
          ? disagrees(shape, truth)
          : Optional.empty();
    }
    if (ours == null) {
      return Optional.of("is not known");
    }
    return switch (onnx) {
      case ValueType.OfTensor(var type, Shape shape) -> {
        if (!(ours instanceof ValueType.OfTensor(var ourType, Shape ourShape)) || type != ourType) {
          yield Optional.of("has another type");
        }
        if (ourShape == null) {
          yield shape == null ? Optional.empty() : Optional.of("has no shape");
        }
        Optional<String> wrong = disagrees(ourShape, truth);
        yield wrong.isPresent() || shape == null ? wrong : knowsLess(shape, ourShape);
      }
      case ValueType.OfSequence(ValueType element) ->
          ours instanceof ValueType.OfSequence(ValueType our)
              ? compare(element, our, null)
              : Optional.of("is no sequence");
      case ValueType.OfOptional(ValueType element) ->
          ours instanceof ValueType.OfOptional(ValueType our)
              ? compare(element, our, null)
              : Optional.of("is no optional");
      case ValueType.OfMap map ->
          map.equals(ours) ? Optional.empty() : Optional.of("is another map");
      case ValueType.OfSparseTensor sparse ->
          sparse.equals(ours) ? Optional.empty() : Optional.of("is another sparse tensor");
    };
  }

  /// Whether what we know is not so.
  private static Optional<String> disagrees(Shape ours, long @Nullable [] truth) {
    if (truth == null) {
      return Optional.empty();
    }
    if (ours.rank() != truth.length) {
      return Optional.of("has another rank");
    }
    for (int axis = 0; axis < truth.length; axis++) {
      OptionalLong size = size(ours.dim(axis));
      if (size.isPresent() && size.getAsLong() != truth[axis]) {
        return Optional.of("is wrong at axis " + axis);
      }
    }
    return Optional.empty();
  }

  /// Whether we know less than onnx, or otherwise.
  private static Optional<String> knowsLess(Shape onnx, Shape ours) {
    if (onnx.rank() != ours.rank()) {
      return Optional.of("has another rank than onnx says");
    }
    for (int axis = 0; axis < onnx.rank(); axis++) {
      Dim dim = ours.dim(axis);
      boolean fine =
          switch (onnx.dim(axis)) {
            case Dim.Known known -> dim.equals(known);
            case Dim.Symbol symbol ->
                symbol.name().startsWith("unk__") || dim.equals(symbol) || size(dim).isPresent();
            case Dim.Unknown() -> true;
          };
      if (!fine) {
        return Optional.of("is less than onnx knows at axis " + axis);
      }
    }
    return Optional.empty();
  }

  /// The size of a dimension when symbol `Dn` stands for n.
  private static OptionalLong size(Dim dim) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    if (dim instanceof Dim.Symbol(String text)) {
      SYMBOL
          .matcher(text)
          .results()
          .forEach(found -> sizes.put(found.group(), Long.valueOf(found.group(1))));
    }
    return DimExpression.of(dim).map(e -> e.evaluate(sizes)).orElse(OptionalLong.empty());
  }

  private static long[] sizes(String text) {
    return text.isEmpty()
        ? new long[0]
        : Arrays.stream(text.split(",")).mapToLong(Long::parseLong).toArray();
  }

  /// Prefixes of names of goldens left out.
  private static List<String> exceptions() throws IOException {
    try (InputStream stream = resource("shape-goldens-exceptions.txt")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.substring(0, line.indexOf('|')).strip())
          .toList();
    }
  }

  private static List<Golden> goldens() throws IOException {
    List<Golden> goldens = new ArrayList<>();
    try (ZipInputStream archive = new ZipInputStream(resource("shape-goldens.zip"))) {
      for (ZipEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
        goldens.add(new Golden(entry.getName(), ModelReader.parse(archive.readAllBytes())));
      }
    }
    return goldens;
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(OperatorGoldensTest.class.getResourceAsStream(name), name);
  }
}
