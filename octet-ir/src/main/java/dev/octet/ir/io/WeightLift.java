package dev.octet.ir.io;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import com.google.protobuf.ByteString;
import dev.octet.diagnostic.OctetException;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes an encoded model apart before protobuf sees it: the weights stay where they are, the small
/// rest is copied for protobuf to parse.
///
/// Protobuf for Java parses from arrays, so that a mapped file would be copied whole, and arrays
/// end at 2 GiB. This walks the wire format along the few paths that lead to tensors
/// (`ModelProto.graph.initializer`, `NodeProto.attribute.t`, subgraphs in attributes) and replaces
/// each `raw_data` there with its eight-byte index into [#weights()]. Every `raw_data` on these
/// paths is replaced, whatever its size, so an index cannot be confused with data. Functions,
/// training information and sparse tensors are off these paths and keep their bytes.
final class WeightLift {
  static final int RAW_DATA = 9;
  private static final int MAX_DEPTH = 100;
  private static final int MAX_STRUCTURE = Integer.MAX_VALUE - 64;
  private static final ValueLayout.OfLong FIXED64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

  /// The message types on the way to a tensor.
  enum Message {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR;

    /// The type of `field` when tensors lie beyond it.
    @Nullable Message child(long field) {
      return switch (this) {
        case MODEL -> field == 7 ? GRAPH : null;
        case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : null;
        case NODE -> field == 5 ? ATTRIBUTE : null;
        case ATTRIBUTE ->
            field == 5 || field == 10 ? TENSOR : field == 6 || field == 11 ? GRAPH : null;
        case TENSOR -> null;
      };
    }
  }

  private final MemorySegment bytes;
  private final Source source;
  private final List<MemorySegment> weights = new ArrayList<>();
  private long position;

  private WeightLift(MemorySegment bytes, Source source) {
    this.bytes = bytes;
    this.source = source;
  }

  /// A model taken apart.
  ///
  /// @param structure an encoded `ModelProto` whose tensors hold indices
  /// @param weights views of the bytes taken out
  record Lifted(byte[] structure, List<MemorySegment> weights) {
    /// The bytes that an index found in a `raw_data` field stands for.
    MemorySegment weight(ByteString index) {
      return weights.get((int) index.asReadOnlyByteBuffer().order(LITTLE_ENDIAN).getLong());
    }
  }

  /// @throws dev.octet.diagnostic.OctetException when the bytes are no protobuf message
  static Lifted lift(MemorySegment bytes, Source source) {
    WeightLift lift = new WeightLift(bytes, source);
    ByteArrayOutputStream structure = new ByteArrayOutputStream();
    lift.copy(Message.MODEL, bytes.byteSize(), structure, 0);
    return new Lifted(structure.toByteArray(), List.copyOf(lift.weights));
  }

  private void copy(Message kind, long end, ByteArrayOutputStream out, int depth) {
    if (depth > MAX_DEPTH) {
      throw malformed("messages are nested more than " + MAX_DEPTH + " deep");
    }
    while (position < end) {
      long start = position;
      long tag = varint(end);
      switch ((int) (tag & 7)) {
        case 0 -> varint(end);
        case 1 -> skip(8, end);
        case 2 -> {
          long length = varint(end);
          long from = position;
          skip(length, end);
          Message child = kind.child(tag >>> 3);
          if (kind == Message.TENSOR && tag >>> 3 == RAW_DATA) {
            writeField(tag, index(weights.size()), out);
            weights.add(bytes.asSlice(from, length));
            continue;
          }
          if (child != null) {
            ByteArrayOutputStream inner = new ByteArrayOutputStream();
            position = from;
            copy(child, from + length, inner, depth + 1);
            writeField(tag, inner.toByteArray(), out);
            continue;
          }
        }
        case 5 -> skip(4, end);
        default -> throw malformed("byte " + start + " starts no protobuf field");
      }
      requireRoom(out, position - start);
      out.writeBytes(bytes.asSlice(start, position - start).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  private long varint(long end) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      skip(1, end);
      byte next = bytes.get(ValueLayout.JAVA_BYTE, position - 1);
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed("the number before byte " + position + " has no end");
  }

  private void skip(long length, long end) {
    if (length < 0 || length > end - position) {
      throw malformed(
          "a field at byte "
              + position
              + " takes "
              + Long.toUnsignedString(length)
              + " bytes, but only "
              + (end - position)
              + " are left");
    }
    position += length;
  }

  private OctetException malformed(String detail) {
    return source.bad(
        "model-not-readable",
        "not an ONNX model, or a truncated one: " + detail,
        "copy or export the file again");
  }

  private void writeField(long tag, byte[] content, ByteArrayOutputStream out) {
    requireRoom(out, content.length + 20L);
    writeVarint(tag, out);
    writeVarint(content.length, out);
    out.writeBytes(content);
  }

  private void requireRoom(ByteArrayOutputStream out, long more) {
    if (out.size() + more > MAX_STRUCTURE) {
      throw source.bad(
          "model-too-large",
          "more than 2 GiB besides raw tensor data, which is more than a protobuf message may hold",
          "export the model again, with its weights as raw or external data");
    }
  }

  /// What stands in a tensor's `raw_data` for the bytes taken out.
  static byte[] index(int index) {
    byte[] encoded = new byte[Long.BYTES];
    MemorySegment.ofArray(encoded).set(FIXED64, 0, index);
    return encoded;
  }

  private static void writeVarint(long value, ByteArrayOutputStream out) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
