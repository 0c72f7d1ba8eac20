package dev.octet.ir.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Model;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeAssumptions.Broadcasts;
import dev.octet.ir.shape.ShapeAssumptions.WithoutRule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Against the peer's symbolic shape inference where nothing else knows: PyTorch's own operators,
/// some of ONNX Runtime's, and what may be assumed. `shape-peer.txt` says how it was made.
class PeerShapesTest {
  /// Where the peer gives up or is wrong: what is right, and why.
  private static final Map<String, String> ON_PURPOSE =
      Map.of(
          "embedding", "[B,S,64]", // gives up: takes ATen for a Gather it does not know
          "argmax\"> (x, )", "[]", // gives up: no second input
          "numpy_T", "[3,B,A]", // gives up
          "PythonOp", "[]", // gives up: its build knows no Python functions
          "NhwcConv", "[N,4,5,8]", // gives up: does not know the weight's shape
          "DynamicTimeWarping", "[2,unk.y.1]", // says FLOAT: ONNX Runtime computes INT32
          "int64[1] s = {-4096}", "[N,T]"); // says T + 4096: more than there is

  /// Sizes of the cases' symbols, such that what is assumed of them is so.
  private static final Map<String, Long> SIZES = sizes();

  /// One line of the file.
  ///
  /// @param flags of the peer
  /// @param text the model
  /// @param types of its outputs, as the peer states them; `none` where it gave up
  record Case(String flags, String text, List<String> types) {
    ShapeAssumptions assumptions() {
      return new ShapeAssumptions(
          flags.equals("auto_merge") ? Broadcasts.MERGED : Broadcasts.OPEN,
          flags.startsWith("int_max=")
              ? Long.parseLong(flags.substring("int_max=".length()))
              : ShapeAssumptions.BOUNDLESS,
          flags.equals("guess_output_rank") ? WithoutRule.LIKE_FIRST_INPUT : WithoutRule.UNKNOWN);
    }

    @Override
    public String toString() {
      return flags + text.substring(text.indexOf(" g "));
    }
  }

  static Stream<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    try (InputStream stream = PeerShapesTest.class.getResourceAsStream("shape-peer.txt")) {
      String file =
          new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
      for (String line : file.lines().filter(each -> !each.startsWith("#")).toList()) {
        String[] parts = line.split(" \\| ", -1);
        String constants = parts[2].isEmpty() ? "" : "<" + parts[2] + ">";
        cases.add(
            new Case(
                parts[0].strip(),
                """
                <ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1, "org.pytorch.aten" : 1,
                 "acme" : 1]> g (%s) => (%s) %s { %s }
                """
                    .formatted(parts[1], parts[4], constants, parts[3].replace("\\n", "\n")),
                List.of(parts[5].split(" ; "))));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void knowsWhatThePeerKnows(Case one) {
    Model model = OnnxText.parse(one.text());
    ShapeReport report = ShapeInference.infer(model, ShapeHints.NONE, one.assumptions());
    assertThat(report.contradictions()).isEmpty();
    assertThat(report.assumptions().isEmpty()).isEqualTo(one.flags().isEmpty());
    List<Value> outputs = model.graph().outputs();
    String right =
        ON_PURPOSE.entrySet().stream()
            .filter(entry -> one.text().contains(entry.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null);
    if (right != null) {
      assertThat(outputs.getFirst().shape().orElseThrow()).hasToString(right);
      return;
    }
    for (int i = 0; i < outputs.size(); i++) {
      compare(outputs.get(i), one.types().get(i));
    }
  }

  private static void compare(Value output, String peer) {
    int bracket = peer.indexOf('[');
    assertThat(output.dataType()).contains(DataType.valueOf(peer.substring(0, bracket)));
    String inside = peer.substring(bracket + 1, peer.length() - 1);
    // A comma inside parentheses separates operands, not sizes.
    String[] dims = inside.isEmpty() ? new String[0] : inside.split(",(?![^()]*\\))");
    Shape shape = output.shape().orElseThrow();
    assertThat(shape.rank()).as(shape + " against " + peer).isEqualTo(dims.length);
    for (int axis = 0; axis < dims.length; axis++) {
      boolean made = dims[axis].contains("__d") || dims[axis].equals("token_count");
      if (!made) {
        assertThat(size(shape.dim(axis)))
            .as(shape + " against " + peer)
            .isEqualTo(size(Dim.of(dims[axis].replace("Min", "min").replace("batch_size", "B"))));
      }
    }
  }

  private static OptionalLong size(Dim dim) {
    return DimExpression.of(dim instanceof Dim.Symbol(String text) ? parsed(text) : dim)
        .orElseThrow()
        .evaluate(SIZES);
  }

  private static Dim parsed(String text) {
    return DimExpression.parse(text.replace(" ", "")).toDim();
  }

  private static Map<String, Long> sizes() {
    Map<String, Long> sizes = new HashMap<>();
    List.of("A", "B", "C").forEach(name -> sizes.put(name, 4L));
    List.of("len", "total").forEach(name -> sizes.put(name, 5L));
    List.of("p", "q", "S", "N", "H", "W", "L", "D", "T", "P")
        .forEach(name -> sizes.put(name, 2L + sizes.size()));
    sizes.put("p", 2L);
    sizes.put("q", 3L);
    return Map.copyOf(sizes);
  }
}
