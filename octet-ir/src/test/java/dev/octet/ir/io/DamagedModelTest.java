package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever is done to a file, reading it ends in a model or in an [OctetException].
class DamagedModelTest {
  private static final List<String> TEXTS =
      List.of(Texts.IF, Texts.TYPES, Texts.TENSORS, Texts.ATTRIBUTES, Texts.FUNCTION);
  private static final List<byte[]> MODELS =
      TEXTS.stream().map(OnnxText::parse).map(ModelWriter::encode).toList();

  @Property(tries = 3000, seed = "20261124")
  void changedBytes(@ForAll("changed") byte[] bytes) {
    read(bytes);
  }

  @Property(tries = 500, seed = "20261124")
  void truncatedBytes(@ForAll("truncated") byte[] bytes) {
    read(bytes);
  }

  @Property(tries = 500, seed = "20261124")
  void anyBytes(@ForAll byte[] bytes) {
    read(bytes);
  }

  @Property(tries = 2000, seed = "20261124")
  void changedText(@ForAll("changedTexts") String text) {
    try {
      OnnxText.print(OnnxText.parse(text));
    } catch (OctetException e) {
      assertThat(e.kind()).isEqualTo(OctetException.Kind.BAD_INPUT);
    }
  }

  @Property(tries = 20, seed = "20261124")
  void nestingHasAnEnd(@ForAll("depths") int depth) {
    assertThatThrownBy(() -> ModelReader.parse(nestedGraphs(depth)))
        .isInstanceOf(OctetException.class);
    String type = "seq(".repeat(depth) + "float" + ")".repeat(depth);
    assertThatThrownBy(() -> OnnxText.parse("g (" + type + " x) => (x) {}"))
        .isInstanceOf(OctetException.class);
  }

  @Provide
  Arbitrary<Integer> depths() {
    return Arbitraries.of(101, 1_000, 3_000);
  }

  @Provide
  Arbitrary<byte[]> changed() {
    Arbitrary<List<Integer>> places = Arbitraries.integers().greaterOrEqual(0).list().ofSize(3);
    Arbitrary<List<Byte>> values = Arbitraries.bytes().list().ofSize(3);
    return Combinators.combine(Arbitraries.of(MODELS), places, values)
        .as(
            (model, at, with) -> {
              byte[] bytes = model.clone();
              for (int i = 0; i < at.size(); i++) {
                bytes[at.get(i) % bytes.length] = with.get(i);
              }
              return bytes;
            });
  }

  @Provide
  Arbitrary<byte[]> truncated() {
    return Arbitraries.of(MODELS)
        .flatMap(
            model ->
                Arbitraries.integers()
                    .between(0, model.length - 1)
                    .map(length -> Arrays.copyOf(model, length)));
  }

  @Provide
  Arbitrary<String> changedTexts() {
    Arbitrary<String> pieces =
        Arbitraries.of("<", ">", "(", ")", "{", "}", "[", "]", "=", ",", "\"", "@", ":", "9", "");
    return Combinators.combine(
            Arbitraries.of(TEXTS), Arbitraries.integers().greaterOrEqual(0), pieces)
        .as(
            (text, place, piece) -> {
              int at = place % text.length();
              return text.substring(0, at) + piece + text.substring(at + 1);
            });
  }

  private static void read(byte[] bytes) {
    Model model;
    try {
      model = ModelReader.parse(bytes);
    } catch (OctetException e) {
      assertThat(e.kind()).isEqualTo(OctetException.Kind.BAD_INPUT);
      assertThat(e).hasMessageStartingWith("model in memory");
      return;
    }
    try {
      assertThat(ModelWriter.encode(ModelReader.parse(ModelWriter.encode(model))))
          .isEqualTo(ModelWriter.encode(model));
    } catch (OctetException e) {
      assertThat(e.kind()).isEqualTo(OctetException.Kind.FAILURE);
    }
  }

  /// A graph in an attribute of a node of a graph in an attribute, and so on.
  private static byte[] nestedGraphs(int depth) {
    byte[] content = {};
    for (int level = 0; level < depth; level++) {
      content = field(1, field(5, field(6, content)));
    }
    return field(7, content);
  }

  private static byte[] field(int number, byte[] content) {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    out.write(number << 3 | 2);
    int rest = content.length;
    while (rest > 0x7F) {
      out.write(rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
    out.writeBytes(content);
    return out.toByteArray();
  }
}
