package dev.octet.ir.io;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.octet.ir.Node;
import dev.octet.ir.io.proto.NodeProto;
import java.util.LinkedHashMap;
import java.util.Map;

/// The `metadata_props` of nodes, which the IR passes through uninterpreted.
public final class NodeMetadata {
  private NodeMetadata() {}

  /// Texts by key, in file order; of a key given twice the last.
  public static Map<String, String> of(Node node) {
    try {
      Map<String, String> texts = new LinkedHashMap<>();
      NodeProto.parseFrom(node.extraFields().encoded())
          .getMetadataPropsList()
          .forEach(entry -> texts.put(entry.getKey(), entry.getValue()));
      return texts;
    } catch (InvalidProtocolBufferException impossible) {
      throw new IllegalStateException("fields once read cannot be read again", impossible);
    }
  }
}
