package dev.octet.ir.io;

import com.google.protobuf.ByteString;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.AttributeProto.AttributeType;
import dev.octet.ir.io.proto.FunctionProto;
import dev.octet.ir.io.proto.TensorProto;
import dev.octet.ir.io.proto.TypeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Attributes in text: `axis = 1`, `alpha: float = 1`, `value = float[2] {1, 2}`,
/// `body = loop (…) => (…) {…}`, `alpha: float = @outer`. The kind is seen from the value where it
/// is not stated; an empty list needs it stated.
final class TextAttributes {
  private final TextScanner in;
  private final TextParser parser;

  TextAttributes(TextScanner in, TextParser parser) {
    this.in = in;
    this.parser = parser;
  }

  AttributeProto attribute() {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(in.name());
    AttributeType stated = AttributeType.UNDEFINED;
    if (in.matches(":")) {
      stated = kind(in.word());
    }
    in.expect("=");
    value(attribute, stated);
    return attribute.build();
  }

  /// An attribute that a function takes, with a default or without.
  void declaration(FunctionProto.Builder function) {
    String name = in.name();
    if (in.peek() == ':' || in.peek() == '=') {
      AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
      AttributeType stated = in.matches(":") ? kind(in.word()) : AttributeType.UNDEFINED;
      in.expect("=");
      value(attribute, stated);
      function.addAttributeProto(attribute);
    } else {
      function.addAttribute(name);
    }
  }

  static String kindName(AttributeType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  private AttributeType kind(String word) {
    for (AttributeType type : AttributeType.values()) {
      if (type != AttributeType.UNDEFINED && kindName(type).equals(word)) {
        return type;
      }
    }
    throw in.wrong("'" + word + "' is no kind of attribute");
  }

  private void value(AttributeProto.Builder attribute, AttributeType stated) {
    if (in.matches("@")) {
      attribute.setRefAttrName(in.name());
      if (stated != AttributeType.UNDEFINED) {
        attribute.setType(stated);
      }
      return;
    }
    if (!in.matches("[")) {
      AttributeProto.Builder item = item(stated);
      if (stated != AttributeType.UNDEFINED && item.getType() != stated) {
        throw in.wrong("the value before is of kind " + kindName(item.getType()));
      }
      attribute.mergeFrom(item.build());
      return;
    }
    List<AttributeProto.Builder> items = new ArrayList<>();
    parser.list("]", () -> items.add(item(single(stated))));
    items(attribute, items, stated);
  }

  private void items(
      AttributeProto.Builder attribute, List<AttributeProto.Builder> items, AttributeType stated) {
    AttributeType kind = single(stated);
    for (AttributeProto.Builder item : items) {
      if (kind == AttributeType.UNDEFINED
          || (kind == AttributeType.INT && item.getType() == AttributeType.FLOAT)) {
        kind = item.getType();
      }
    }
    for (AttributeProto.Builder item : items) {
      if (kind == AttributeType.FLOAT && item.getType() == AttributeType.INT) {
        item.setType(AttributeType.FLOAT).setF(item.getI());
      }
      if (item.getType() != kind) {
        throw in.wrong("the list before mixes kinds");
      }
      switch (kind) {
        case INT -> attribute.addInts(item.getI());
        case FLOAT -> attribute.addFloats(item.getF());
        case STRING -> attribute.addStrings(item.getS());
        case TENSOR -> attribute.addTensors(item.getT());
        case GRAPH -> attribute.addGraphs(item.getG());
        case TYPE_PROTO -> attribute.addTypeProtos(item.getTp());
        case SPARSE_TENSOR, SPARSE_TENSORS, UNDEFINED -> throw in.wrong("expected values");
        case INTS, FLOATS, STRINGS, TENSORS, GRAPHS, TYPE_PROTOS ->
            throw in.wrong("lists do not nest");
      }
    }
    if (kind == AttributeType.UNDEFINED) {
      throw in.wrong("an empty list needs its kind, as in 'axes: ints = []'");
    }
    attribute.setType(AttributeType.valueOf(kind.name() + "S"));
  }

  private AttributeProto.Builder item(AttributeType stated) {
    AttributeProto.Builder item = AttributeProto.newBuilder();
    if (in.atNumber()) {
      return number(item, stated);
    }
    if (in.peek() == '"') {
      String text = in.string();
      return in.peek() == '(' && stated != AttributeType.STRING
          ? item.setType(AttributeType.GRAPH).setG(parser.graph(text))
          : item.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
    }
    if (!in.atType()) {
      return item.setType(AttributeType.GRAPH).setG(parser.graph(in.word()));
    }
    TypeProto type = parser.type();
    char next = in.peek();
    if (next != '{' && next != '=' && next != '"' && in.peekWord().isEmpty()) {
      return item.setType(AttributeType.TYPE_PROTO).setTp(type);
    }
    String name = next == '{' || next == '=' ? "" : in.name();
    in.matches("=");
    TensorProto.Builder tensor = TextTensors.parse(in, type).toBuilder();
    if (!name.isEmpty()) {
      tensor.setName(name);
    }
    return item.setType(AttributeType.TENSOR).setT(tensor);
  }

  private AttributeProto.Builder number(AttributeProto.Builder item, AttributeType stated) {
    String number = in.number();
    return stated != AttributeType.FLOAT && in.isWhole(number)
        ? item.setType(AttributeType.INT).setI(in.integer(number))
        : item.setType(AttributeType.FLOAT).setF(in.real32(number));
  }

  /// The kind of a list's items.
  private static AttributeType single(AttributeType list) {
    return switch (list) {
      case INTS -> AttributeType.INT;
      case FLOATS -> AttributeType.FLOAT;
      case STRINGS -> AttributeType.STRING;
      case TENSORS -> AttributeType.TENSOR;
      case GRAPHS -> AttributeType.GRAPH;
      case TYPE_PROTOS -> AttributeType.TYPE_PROTO;
      case SPARSE_TENSORS -> AttributeType.SPARSE_TENSOR;
      case INT, FLOAT, STRING, TENSOR, GRAPH, TYPE_PROTO, SPARSE_TENSOR, UNDEFINED -> list;
    };
  }
}
