package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import dev.octet.ir.Model;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.AttributeProto.AttributeType;
import dev.octet.ir.io.proto.FunctionProto;
import dev.octet.ir.io.proto.GraphProto;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.NodeProto;
import dev.octet.ir.io.proto.SparseTensorProto;
import dev.octet.ir.io.proto.StringStringEntryProto;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.ir.io.proto.TypeProto;
import dev.octet.ir.io.proto.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/// Reading, copying and writing lose no field of any message, known or unknown. Messages are filled
/// at random: by hand where a field has a meaning to the reader (names, types, data), and whatever
/// else the format's own description lists, by that description.
class LosslessTest {
  /// Fields that are not kept as they are in the main graph, on purpose: external data is read from
  /// its file, and written where the writer was asked to put it.
  private static final Set<String> PLACE_OF_DATA =
      Set.of("onnx.TensorProto.external_data", "onnx.TensorProto.data_location");

  @Property(tries = 300, seed = "20261124")
  void everyFieldComesBack(@ForAll long seed) throws Exception {
    ModelProto proto = new Messages(new SplittableRandom(seed)).model();
    Model model = ModelReader.parse(proto.toByteArray());
    byte[] written = ModelWriter.encode(model.copy());
    assertThat(ModelProto.parseFrom(written)).isEqualTo(proto);
  }

  @Property(tries = 100, seed = "20261124")
  void anEditThatChangesNothingWritesTheSameBytes(@ForAll long seed) {
    Model model = ModelReader.parse(new Messages(new SplittableRandom(seed)).model().toByteArray());
    byte[] before = ModelWriter.encode(model);
    model.edit(_ -> {});
    assertThat(ModelWriter.encode(model)).isEqualTo(before);
    assertThat(ModelWriter.encode(ModelReader.parse(before))).isEqualTo(before);
  }

  /// The two properties above are worth what is in their messages: here, every field of every
  /// message that a model can hold, in the main graph as well as in functions and training
  /// information.
  @Test
  void theMessagesUseEveryFieldOfTheFormat() {
    Set<String> anywhere = new TreeSet<>();
    Set<String> inGraph = new TreeSet<>();
    for (long seed = 0; seed < 600; seed++) {
      ModelProto model = new Messages(new SplittableRandom(seed)).model();
      collectUsed(model, anywhere);
      collectUsed(model.getGraph(), inGraph);
    }
    assertThat(anywhere).containsAll(fieldsFrom(ModelProto.getDescriptor()));
    Set<String> expected = fieldsFrom(GraphProto.getDescriptor());
    expected.removeAll(PLACE_OF_DATA);
    assertThat(inGraph).containsAll(expected);
  }

  private static void collectUsed(Message message, Set<String> used) {
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              used.add(field.getFullName());
              if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                List<?> each = field.isRepeated() ? (List<?>) value : List.of(value);
                each.forEach(inner -> collectUsed((Message) inner, used));
              }
            });
  }

  private static Set<String> fieldsFrom(Descriptor message) {
    Set<String> fields = new TreeSet<>();
    Set<Descriptor> seen = new LinkedHashSet<>(Set.of(message));
    Deque<Descriptor> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      for (FieldDescriptor field : open.pop().getFields()) {
        fields.add(field.getFullName());
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
            && seen.add(field.getMessageType())) {
          open.push(field.getMessageType());
        }
      }
    }
    return fields;
  }

  /// Random messages that make a readable model.
  private static final class Messages {
    private final SplittableRandom random;
    private int names;

    Messages(SplittableRandom random) {
      this.random = random;
    }

    ModelProto model() {
      ModelProto.Builder model = ModelProto.newBuilder().setIrVersion(4 + random.nextInt(10));
      model.addOpsetImportBuilder().setDomain("").setVersion(17);
      model.addOpsetImportBuilder().setDomain("x.y").setVersion(1);
      maybe(() -> model.setProducerName("producer").setProducerVersion("1"));
      maybe(() -> model.setDomain("here").setModelVersion(3));
      maybe(() -> model.addMetadataProps(entry()).addMetadataProps(entry()));
      maybe(() -> model.addMetadataProps(entry("same")).addMetadataProps(entry("same")));
      maybe(() -> model.addFunctions(function()));
      maybe(() -> model.addTrainingInfoBuilder().setAlgorithm(graph(1, List.of())));
      fill(
          model,
          5,
          Set.of(
              "ir_version",
              "opset_import",
              "producer_name",
              "producer_version",
              "domain",
              "model_version",
              "graph",
              "metadata_props"));
      return unknown(model.setGraph(graph(2, List.of())).build());
    }

    GraphProto graph(int depth, List<String> outer) {
      GraphProto.Builder graph = GraphProto.newBuilder().setName(name());
      List<String> seen = new ArrayList<>(outer);
      for (int i = random.nextInt(3); i >= 0; i--) {
        ValueInfoProto input = info(name());
        graph.addInput(input);
        seen.add(input.getName());
      }
      maybe(
          () -> {
            TensorProto standard = tensor(graph.getInput(0).getName());
            graph.addInitializer(standard).setInput(0, as(standard, graph.getInput(0)));
          });
      for (int i = random.nextInt(3); i >= 0; i--) {
        TensorProto tensor = tensor(name());
        graph.addInitializer(tensor);
        seen.add(tensor.getName());
      }
      maybe(
          () -> {
            boolean isDefault = graph.getInputCount() > 1 && random.nextBoolean();
            SparseTensorProto sparse = sparse(isDefault ? graph.getInput(1).getName() : name());
            graph.addSparseInitializer(sparse);
            seen.add(sparse.getValues().getName());
          });
      for (int i = random.nextInt(4); i >= 0; i--) {
        NodeProto node = node(depth, seen);
        graph.addNode(node);
        for (String output : node.getOutputList()) {
          if (!output.isEmpty()) {
            seen.add(output);
          }
        }
      }
      graph.addOutput(info(graph.getNode(0).getOutput(0)));
      maybe(() -> graph.addOutput(info(seen.get(random.nextInt(seen.size())))));
      // In any order; of inputs, constants and outputs, of outer values and of none; repeated.
      for (int i = random.nextInt(8); i > 0; i--) {
        boolean ofNone = random.nextInt(8) == 0;
        graph.addValueInfo(info(ofNone ? name() : seen.get(random.nextInt(seen.size()))));
      }
      fill(
          graph,
          3,
          Set.of(
              "name",
              "node",
              "initializer",
              "sparse_initializer",
              "input",
              "output",
              "value_info",
              "quantization_annotation"));
      maybe(
          () ->
              graph
                  .addQuantizationAnnotationBuilder()
                  .setTensorName(seen.getLast())
                  .addQuantParameterTensorNames(entry("SCALE_TENSOR")));
      return unknown(graph.build());
    }

    private NodeProto node(int depth, List<String> seen) {
      NodeProto.Builder node = NodeProto.newBuilder().setOpType("Op").addOutput(name());
      maybe(() -> node.setName(random.nextBoolean() ? "same" : name()));
      maybe(() -> node.setDomain("x.y").setOverload("special"));
      maybe(() -> node.addOutput("").addOutput(name()));
      for (int i = random.nextInt(4); i > 0; i--) {
        node.addInput(random.nextInt(4) == 0 ? "" : seen.get(random.nextInt(seen.size())));
      }
      AttributeType[] kinds = AttributeType.values();
      for (int i = random.nextInt(4); i > 0; i--) {
        node.addAttribute(attribute(kinds[1 + random.nextInt(kinds.length - 1)], depth, seen));
      }
      fill(
          node, 4, Set.of("name", "op_type", "domain", "overload", "input", "output", "attribute"));
      return unknown(node.build());
    }

    private AttributeProto attribute(AttributeType kind, int depth, List<String> seen) {
      AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name());
      switch (kind) {
        case INT -> attribute.setI(random.nextLong());
        case FLOAT -> attribute.setF(random.nextInt());
        case STRING -> attribute.setS(bytes());
        case TENSOR -> attribute.setT(tensor(random.nextBoolean() ? name() : ""));
        case GRAPH, GRAPHS -> {
          if (depth == 0) {
            return attribute(AttributeType.INT, depth, seen);
          }
          if (kind == AttributeType.GRAPH) {
            attribute.setG(graph(depth - 1, seen));
          } else {
            attribute.addGraphs(graph(depth - 1, seen)).addGraphs(graph(depth - 1, seen));
          }
        }
        case INTS -> attribute.addInts(1).addInts(random.nextLong());
        case FLOATS -> attribute.addFloats(0.5f);
        case STRINGS -> attribute.addStrings(bytes()).addStrings(bytes());
        case TENSORS -> attribute.addTensors(plainTensor("")).addTensors(tensor(name()));
        case SPARSE_TENSOR -> attribute.setSparseTensor(sparse(name()));
        case SPARSE_TENSORS -> attribute.addSparseTensors(sparse(name()));
        case TYPE_PROTO -> attribute.setTp(type());
        case TYPE_PROTOS -> attribute.addTypeProtos(type()).addTypeProtos(type());
        case UNDEFINED -> throw new IllegalStateException();
      }
      if (random.nextInt(8) == 0) {
        attribute.clear().setName(name()).setRefAttrName("caller");
      }
      attribute.setType(kind);
      maybe(() -> attribute.setDocString("doc"));
      return unknown(attribute.build());
    }

    private FunctionProto function() {
      FunctionProto.Builder function =
          FunctionProto.newBuilder().setDomain("x.y").setName(name()).addInput("a").addOutput("b");
      function.addNode(NodeProto.newBuilder().setOpType("Op").addInput("a").addOutput("b"));
      function
          .getNodeBuilder(0)
          .addAttributeBuilder()
          .setName("value")
          .setType(AttributeType.TENSOR)
          .setT(plainTensor("in a function"));
      return function.setDocString("doc").build();
    }

    private TensorProto tensor(String name) {
      TensorProto.Builder tensor = plainTensor(name).toBuilder();
      maybe(() -> tensor.setDocString("doc"));
      maybe(() -> tensor.addMetadataProps(entry()));
      maybe(() -> tensor.getSegmentBuilder().setBegin(random.nextInt(2)).setEnd(2));
      return unknown(tensor.build());
    }

    private TensorProto plainTensor(String name) {
      TensorProto.Builder tensor = TensorProto.newBuilder().addDims(1).addDims(2);
      if (!name.isEmpty()) {
        tensor.setName(name);
      }
      return switch (random.nextInt(12)) {
        case 8 -> tensor.setDataType(2).addInt32Data(255).addInt32Data(1).build();
        case 9 -> tensor.setDataType(10).addInt32Data(0xBC00).addInt32Data(0x3C00).build();
        case 10 -> tensor.setDataType(21).addInt32Data(0xF1).build();
        case 11 -> tensor.setDataType(12).addUint64Data(0xFFFF_FFFFL).addUint64Data(2).build();
        case 5 -> tensor.setDataType(11).addDoubleData(0.1).addDoubleData(2).build();
        case 6 -> tensor.setDataType(13).addUint64Data(random.nextLong()).addUint64Data(2).build();
        case 7 -> tensor.setDataType(8).addStringData(bytes()).addStringData(bytes()).build();
        case 0 -> tensor.setDataType(1).addFloatData(random.nextInt()).addFloatData(2).build();
        case 1 -> tensor.setDataType(7).addInt64Data(random.nextLong()).addInt64Data(2).build();
        case 2 -> tensor.setDataType(3).addInt32Data(-1).addInt32Data(2).build();
        case 3 -> tensor.setDataType(1).setRawData(ByteString.copyFrom(new byte[8])).build();
        default -> tensor.setDataType(22).setRawData(ByteString.copyFrom(new byte[1])).build();
      };
    }

    private SparseTensorProto sparse(String name) {
      return SparseTensorProto.newBuilder()
          .addDims(9)
          .setValues(plainTensor(name))
          .setIndices(TensorProto.newBuilder().setDataType(7).addDims(2).addInt64Data(4))
          .build();
    }

    private ValueInfoProto info(String name) {
      ValueInfoProto.Builder info = ValueInfoProto.newBuilder().setName(name);
      if (random.nextInt(4) > 0) {
        info.setType(type());
      }
      maybe(() -> info.setDocString("doc"));
      maybe(() -> info.addMetadataProps(entry()));
      return unknown(info.build());
    }

    /// The same description, of a value that can be this tensor.
    private static ValueInfoProto as(TensorProto tensor, ValueInfoProto info) {
      ValueInfoProto.Builder typed = info.toBuilder();
      typed.getTypeBuilder().getTensorTypeBuilder().setElemType(tensor.getDataType()).clearShape();
      return typed.build();
    }

    private TypeProto type() {
      TypeProto.Builder type = TypeProto.newBuilder();
      if (random.nextInt(4) == 0) {
        fill(type, 4, Set.of());
        return type.build();
      }
      int kind = random.nextInt(8);
      switch (kind) {
        case 0 -> type.getSequenceTypeBuilder().setElemType(type());
        case 1 -> type.getOptionalTypeBuilder().setElemType(type());
        case 2 -> type.getMapTypeBuilder().setKeyType(8).setValueType(type());
        case 3 -> type.getOpaqueTypeBuilder().setDomain("d").setName("n");
        case 4 -> type.getTensorTypeBuilder().setElemType(77);
        case 5 -> type.getSparseTensorTypeBuilder().setElemType(1);
        default -> {
          var shape = type.getTensorTypeBuilder().setElemType(1 + kind).getShapeBuilder();
          shape.addDimBuilder().setDimValue(random.nextInt(3) - 1);
          shape.addDimBuilder().setDimParam(random.nextBoolean() ? "N" : "");
          shape.addDimBuilder();
          maybe(() -> shape.addDimBuilder().setDimValue(3).setDenotation("DATA_CHANNEL"));
        }
      }
      maybe(() -> type.setDenotation("IMAGE"));
      return type.build();
    }

    /// Sets fields by the format's own description, each with even chances.
    private void fill(Message.Builder message, int depth, Set<String> without) {
      for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
        boolean nested = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
        boolean taken =
            field.getContainingOneof() != null && message.hasOneof(field.getContainingOneof());
        if (without.contains(field.getName())
            || taken
            || (nested && depth == 0)
            || random.nextBoolean()) {
          continue;
        }
        if (field.isRepeated()) {
          for (int i = random.nextInt(2); i >= 0; i--) {
            message.addRepeatedField(field, any(message, field, depth));
          }
        } else {
          message.setField(field, any(message, field, depth));
        }
      }
    }

    private Object any(Message.Builder message, FieldDescriptor field, int depth) {
      return switch (field.getJavaType()) {
        case INT -> random.nextInt(30);
        case LONG -> random.nextLong();
        case FLOAT -> (float) random.nextInt();
        case DOUBLE -> (double) random.nextInt();
        case BOOLEAN -> random.nextBoolean();
        case STRING -> name();
        case BYTE_STRING -> bytes();
        case ENUM -> {
          var values = field.getEnumType().getValues();
          yield values.get(random.nextInt(values.size()));
        }
        case MESSAGE -> {
          Message.Builder inner = message.newBuilderForField(field);
          fill(inner, depth - 1, Set.of());
          yield inner.build();
        }
      };
    }

    private StringStringEntryProto entry() {
      return entry(name());
    }

    private static StringStringEntryProto entry(String key) {
      return StringStringEntryProto.newBuilder().setKey(key).setValue("v").build();
    }

    private ByteString bytes() {
      return random.nextBoolean()
          ? ByteString.copyFromUtf8("t\u00e9xt")
          : ByteString.copyFrom(new byte[] {(byte) 0xC0, 1});
    }

    private String name() {
      return "n" + names++;
    }

    private void maybe(Runnable part) {
      if (random.nextBoolean()) {
        part.run();
      }
    }

    /// With a field from a future version of the format, sometimes.
    @SuppressWarnings("unchecked")
    private <M extends MessageLite> M unknown(M message) {
      if (random.nextInt(3) > 0) {
        return message;
      }
      try {
        byte[] future = {(byte) 0xC2, 0x3E, 2, 'h', 'i'}; // Field 1000: "hi".
        return (M)
            message.toBuilder()
                .mergeFrom(
                    CodedInputStream.newInstance(future), ExtensionRegistryLite.getEmptyRegistry())
                .build();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
