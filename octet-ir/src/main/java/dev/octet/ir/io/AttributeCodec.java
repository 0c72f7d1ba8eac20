package dev.octet.ir.io;

import com.google.protobuf.ByteString;
import dev.octet.ir.io.proto.AttributeProto;
import dev.octet.ir.io.proto.AttributeProto.AttributeType;

/// What reading and writing attributes share.
final class AttributeCodec {
  private AttributeCodec() {}

  /// The kind of value an attribute holds. Files of the first format versions do not say; there it
  /// is the one field that is filled.
  static AttributeType typeOf(AttributeProto attribute) {
    if (attribute.hasType() && attribute.getType() != AttributeType.UNDEFINED) {
      return attribute.getType();
    }
    if (attribute.hasI()) {
      return AttributeType.INT;
    }
    if (attribute.hasF()) {
      return AttributeType.FLOAT;
    }
    if (attribute.hasS()) {
      return AttributeType.STRING;
    }
    if (attribute.hasT()) {
      return AttributeType.TENSOR;
    }
    if (attribute.hasG()) {
      return AttributeType.GRAPH;
    }
    if (attribute.getIntsCount() > 0) {
      return AttributeType.INTS;
    }
    if (attribute.getFloatsCount() > 0) {
      return AttributeType.FLOATS;
    }
    if (attribute.getStringsCount() > 0) {
      return AttributeType.STRINGS;
    }
    if (attribute.getTensorsCount() > 0) {
      return AttributeType.TENSORS;
    }
    if (attribute.getGraphsCount() > 0) {
      return AttributeType.GRAPHS;
    }
    return AttributeType.UNDEFINED;
  }

  static boolean areText(Iterable<ByteString> strings) {
    for (ByteString string : strings) {
      if (!string.isValidUtf8()) {
        return false;
      }
    }
    return true;
  }
}
