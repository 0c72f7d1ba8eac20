package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.StringTensor;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.NodeProto;
import dev.octet.ir.io.proto.TensorProto;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelReaderTest {
  @TempDir Path folder;

  @Test
  void filesThatAreNoModelsAreNamed() throws Exception {
    assertRefused(() -> ModelReader.read(folder.resolve("no.onnx")), "no.onnx", "no such file");
    assertRefused(() -> ModelReader.read(folder), folder.toString(), "is not a file");
    assertRefused(file("empty.onnx", ""), "empty.onnx", "is empty");
    assertRefused(file("zip.onnx", "PK\u0003\u0004."), "zip.onnx", "zip archive");
    assertRefused(file("lfs.onnx", "version https://git-lfs."), "lfs.onnx", "Git LFS");
    assertRefused(file("page.onnx", "<!DOCTYPE html>"), "page.onnx", "web page");
    assertRefused(file("text.onnx", "hello, this is no model"), "text.onnx", "is a text file");
    assertRefused(file("old.pkl", "(dp0\nVa\np1\nI1\ns."), "old.pkl", "in its oldest form");
    assertRefused(file("cut.onnx", "\b\b\u0012\u0044hello"), "cut.onnx", "not an ONNX model");
    byte[] pickle = {(byte) 0x80, 4, '}', '.'};
    Files.write(folder.resolve("bare.pkl"), pickle);
    assertRefused(() -> ModelReader.read(folder.resolve("bare.pkl")), "bare.pkl", "Python pickle");
    byte[] tar = new byte[512];
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
    Files.write(folder.resolve("a.tar"), tar);
    assertRefused(() -> ModelReader.read(folder.resolve("a.tar")), "a.tar", "tar archive");
    assertRefused(file("tiny.onnx", "\b\b"), "tiny.onnx", "holds no graph");
  }

  @Test
  void truncatedFileIsNamed() throws Exception {
    byte[] whole = ModelWriter.encode(OnnxText.parse(Texts.IF));
    Path file = folder.resolve("half.onnx");
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertRefused(() -> ModelReader.read(file), "half.onnx", "truncated");
  }

  @Test
  void contradictionsNameNodeAndValue() {
    assertRefused(graph(g -> g.addNode(node("Relu", "n", "x", "y"))), "Relu 'n'", "'x'");
    assertRefused(
        graph(
            g -> {
              g.addInputBuilder().setName("x");
              g.addNode(node("Relu", "a", "x", "y"));
              g.addNode(node("Neg", "b", "x", "y"));
            }),
        "Neg 'b'",
        "'y' is defined twice");
    assertRefused(graph(g -> g.addOutputBuilder().setName("z")), "output 'z'", "no node");
    assertRefused(graph(g -> g.addInputBuilder()), "input ''", "has no name");
    assertRefused(
        graph(
            g -> {
              g.addNode(node("Relu", "a", "q", "p"));
              g.addNode(node("Neg", "b", "p", "q"));
            }),
        "cycle");
    assertRefused(
        graph(
            g -> {
              g.addInputBuilder().setName("x");
              NodeProto.Builder node = node("Relu", "n", "x", "y").toBuilder();
              node.addAttributeBuilder().setName("a").setI(1);
              node.addAttributeBuilder().setName("a").setI(2);
              g.addNode(node);
            }),
        "Relu 'n', attribute 'a'",
        "twice");
  }

  @Test
  void tensorsThatContradictThemselvesAreNamed() {
    assertRefused(tensor(t -> t.addDims(2).setDataType(1)), "'w'", "2 numbers, found 0");
    assertRefused(tensor(t -> t.addDims(2).setDataType(99)), "'w'", "number 99");
    assertRefused(tensor(t -> t.addDims(-2).setDataType(1)), "'w'", "negative");
    assertRefused(
        tensor(t -> t.addDims(1L << 40).addDims(1L << 40).setDataType(1)), "'w'", "more than any");
    assertRefused(
        tensor(t -> t.addDims(1L << 61).setDataType(11).addDoubleData(1)), "'w'", "more than any");
    assertRefused(
        tensor(t -> t.addDims(2).setDataType(1).setRawData(ByteString.copyFromUtf8("1234567"))),
        "'w'",
        "8 bytes, found 7");
    assertRefused(tensor(t -> t.addDims(2).setDataType(8)), "'w'", "2 strings, found 0");
  }

  @Test
  void typedFieldsHoldTheSameAsRawData() {
    check(tensor(DataType.FLOAT, 2).addFloatData(1.5f).addFloatData(-2), "0000c03f000000c0");
    check(tensor(DataType.DOUBLE, 1).addDoubleData(1), "000000000000f03f");
    check(tensor(DataType.INT64, 1).addInt64Data(-2), "feffffffffffffff");
    check(tensor(DataType.UINT64, 1).addUint64Data(-1), "ffffffffffffffff");
    check(tensor(DataType.UINT32, 1).addUint64Data(0xFFFFFFFEL), "feffffff");
    check(tensor(DataType.INT32, 1).addInt32Data(-2), "feffffff");
    check(tensor(DataType.INT16, 2).addInt32Data(-2).addInt32Data(1), "feff0100");
    check(tensor(DataType.UINT16, 1).addInt32Data(65535), "ffff");
    check(tensor(DataType.FLOAT16, 1).addInt32Data(0x3C00), "003c");
    check(tensor(DataType.BFLOAT16, 1).addInt32Data(0x3F80), "803f");
    check(tensor(DataType.INT8, 2).addInt32Data(-1).addInt32Data(3), "ff03");
    check(tensor(DataType.UINT8, 1).addInt32Data(200), "c8");
    check(tensor(DataType.BOOL, 2).addInt32Data(1).addInt32Data(0), "0100");
    check(tensor(DataType.INT4, 3).addInt32Data(0x21).addInt32Data(0x0F), "210f");
    check(tensor(DataType.FLOAT8E4M3FN, 1).addInt32Data(0x7E), "7e");
    check(tensor(DataType.COMPLEX64, 1).addFloatData(1).addFloatData(2), "0000803f00000040");
  }

  @Test
  void stringsKeepTheirBytes() {
    ByteString odd = ByteString.copyFrom(new byte[] {(byte) 0xFF, 0});
    Model model = ModelReader.parse(tensor(t -> t.addDims(1).setDataType(8).addStringData(odd)));
    StringTensor tensor = (StringTensor) constant(model);
    assertThat(tensor.values().getFirst().encoded()).isEqualTo(odd.toByteArray());
    assertThat(
            ModelReader.parse(ModelWriter.encode(model))
                .graph()
                .initializers()
                .getFirst()
                .initializer())
        .contains(tensor);
  }

  @Test
  void nodesOutOfOrderAreSortedAndOthersStay() {
    Model model =
        ModelReader.parse(
            graph(
                g -> {
                  g.addInputBuilder().setName("x");
                  g.addNode(node("Abs", "first", "x", "a"));
                  g.addNode(node("Neg", "late", "c", "d"));
                  g.addNode(node("Relu", "mid", "a", "b"));
                  g.addNode(node("Exp", "early", "b", "c"));
                  g.addOutputBuilder().setName("d");
                }));
    assertThat(model.graph().nodes())
        .extracting(Node::name)
        .containsExactly("first", "mid", "early", "late");
  }

  @Test
  void subgraphsCountAsReadersWhenSorting() {
    GraphProto.Builder body = GraphProto.newBuilder().setName("body");
    body.addNode(node("Relu", "inner", "a", "r")).addOutputBuilder().setName("r");
    NodeProto.Builder branch = node("If", "if", "x", "y").toBuilder();
    branch
        .addAttributeBuilder()
        .setName("then_branch")
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(body);
    Model model =
        ModelReader.parse(
            graph(
                g -> {
                  g.addInputBuilder().setName("x");
                  g.addNode(branch);
                  g.addNode(node("Neg", "needed", "x", "a"));
                }));
    assertThat(model.graph().nodes()).extracting(Node::name).containsExactly("needed", "if");
  }

  @Test
  void longChainsInReverseOrderAreRead() {
    int length = 20_000;
    Model model =
        ModelReader.parse(
            graph(
                g -> {
                  g.addInputBuilder().setName("v0");
                  for (int i = length; i > 0; i--) {
                    g.addNode(node("Relu", "n" + i, "v" + (i - 1), "v" + i));
                  }
                }));
    assertThat(model.graph().nodes().getFirst().name()).isEqualTo("n1");
    assertThat(model.graph().nodes().getLast().name()).isEqualTo("n" + length);
  }

  @Test
  void inputsMayHaveDefaults() {
    Model model =
        OnnxText.parse(
            "<ir_version: 3, opset_import: [\"\": 8]> "
                + "g (float[2] x, float[2] w = {1, 2}) => (y) { y = Add (x, w) }");
    Value w = ModelReader.parse(ModelWriter.encode(model)).graph().inputs().get(1);
    assertThat(w.initializer()).contains(DenseTensor.ofFloats(new float[] {1, 2}, 2));
    assertThat(w.isConstant()).isFalse();
  }

  private static TensorProto.Builder tensor(DataType type, long... dims) {
    TensorProto.Builder builder = TensorProto.newBuilder().setDataType(type.onnxNumber());
    for (long dim : dims) {
      builder.addDims(dim);
    }
    return builder;
  }

  private static void check(TensorProto.Builder typed, String hex) {
    byte[] bytes = graph(g -> g.addInitializer(typed.setName("w")));
    assertThat(
            java.util.HexFormat.of()
                .formatHex(
                    constant(ModelReader.parse(bytes))
                        .data()
                        .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)))
        .isEqualTo(hex);
  }

  private static Tensor constant(Model model) {
    return model.graph().initializers().getFirst().initializer().orElseThrow();
  }

  private static byte[] tensor(Consumer<TensorProto.Builder> content) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName("w");
    content.accept(tensor);
    return graph(g -> g.addInitializer(tensor));
  }

  private static byte[] graph(Consumer<GraphProto.Builder> content) {
    ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(8);
    model.addOpsetImportBuilder().setVersion(17);
    content.accept(model.getGraphBuilder().setName("g"));
    return model.build().toByteArray();
  }

  private static NodeProto node(String op, String name, String input, String output) {
    return NodeProto.newBuilder()
        .setOpType(op)
        .setName(name)
        .addInput(input)
        .addOutput(output)
        .build();
  }

  private Path file(String name, String content) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, content, java.nio.charset.StandardCharsets.ISO_8859_1);
    return file;
  }

  private static void assertRefused(Path file, String... parts) {
    assertRefused(() -> ModelReader.read(file), parts);
  }

  private static void assertRefused(byte[] bytes, String... parts) {
    assertRefused(() -> ModelReader.parse(bytes), parts);
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable reading, String... parts) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            OctetException.class,
            e -> assertThat(e.kind()).isEqualTo(OctetException.Kind.BAD_INPUT))
        .hasMessageContainingAll(List.of(parts).toArray(CharSequence[]::new));
  }
}
