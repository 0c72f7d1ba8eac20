package dev.octet.ir.io;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.octet.ir.TensorMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way back of [WeightLift]: a model's small structure and the weights taken out of it become
/// one encoded model. The weights go from where they lie straight to where it goes, a part at a
/// time, so that gigabytes need no memory; protobuf would copy each byte twice on its way.
final class WeightReturn {
  private static final int PART = 1 << 26;
  private static final int BUFFER = 1 << 16;

  /// Wire type of a field that begins with its length.
  private static final int DELIMITED = 2;

  private final byte[] structure;
  private final List<MemorySegment> weights;
  // Of each message that weights may lie in, in the order they begin.
  private final List<Long> lengths = new ArrayList<>();
  private final long size;

  /// @param structure an encoded `ModelProto` whose tensors hold indices, written by this program
  /// @param weights what they stand for
  WeightReturn(byte[] structure, List<MemorySegment> weights) {
    this.structure = structure;
    this.weights = weights;
    this.size = new Measure().message(WeightLift.Message.MODEL, 0, structure.length);
  }

  /// Bytes of the whole.
  long size() {
    return size;
  }

  void writeTo(WritableByteChannel channel) throws IOException {
    try {
      copyTo(
          bytes -> {
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /// @throws ArithmeticException when the whole is larger than an array can be
  byte[] toByteArray() {
    byte[] whole = new byte[Math.toIntExact(size)];
    copyTo(ByteBuffer.wrap(whole)::put);
    return whole;
  }

  private void copyTo(Target target) {
    Copy copy = new Copy(target);
    copy.message(WeightLift.Message.MODEL, 0, structure.length);
    copy.flush();
  }

  /// Takes all of some bytes.
  private interface Target {
    void take(ByteBuffer bytes) throws IOException;
  }

  /// Goes through a structure field by field.
  private abstract class Walk {
    private int position;

    /// Bytes that the content of a message takes with its weights.
    long message(WeightLift.Message kind, int start, int end) {
      long bytes = 0;
      position = start;
      while (position < end) {
        int field = position;
        long tag = varint();
        int afterTag = position;
        int length = length((int) (tag & 7));
        int content = position;
        position += length;
        // A field of the same number in another form is one that nobody knows.
        boolean delimited = (tag & 7) == DELIMITED;
        WeightLift.@Nullable Message child = delimited ? kind.child(tag >>> 3) : null;
        if (kind == WeightLift.Message.TENSOR && delimited && tag >>> 3 == WeightLift.RAW_DATA) {
          MemorySegment weight = weights.get((int) number(content));
          bytes += plain(field, afterTag) + varint(weight.byteSize()) + weight(weight);
        } else if (child != null) {
          bytes += plain(field, afterTag) + child(child, content, content + length);
          position = content + length;
        } else {
          bytes += plain(field, position);
        }
      }
      return bytes;
    }

    /// A length and the message of that length.
    abstract long child(WeightLift.Message kind, int start, int end);

    /// Bytes of the structure as they are.
    abstract long plain(int start, int end);

    abstract long weight(MemorySegment bytes);

    abstract long varint(long value);

    private int length(int wireType) {
      return switch (wireType) {
        case 0 -> {
          int start = position;
          varint();
          int length = position - start;
          position = start;
          yield length;
        }
        case 1 -> Long.BYTES;
        case DELIMITED -> (int) varint();
        case 5 -> Integer.BYTES;
        default -> throw new IllegalStateException("not written by protobuf");
      };
    }

    private long varint() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = structure[position++];
        value |= (next & 0x7FL) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    private long number(int at) {
      return ByteBuffer.wrap(structure).order(LITTLE_ENDIAN).getLong(at);
    }
  }

  /// Counts, and keeps the lengths that must be known before what they tell the length of.
  private final class Measure extends Walk {
    @Override
    long child(WeightLift.Message kind, int start, int end) {
      int slot = lengths.size();
      lengths.add(0L);
      long length = message(kind, start, end);
      lengths.set(slot, length);
      return varint(length) + length;
    }

    @Override
    long plain(int start, int end) {
      return (long) end - start;
    }

    @Override
    long weight(MemorySegment bytes) {
      return bytes.byteSize();
    }

    @Override
    long varint(long value) {
      return Math.max(1, Math.ceilDiv(Long.SIZE - Long.numberOfLeadingZeros(value), 7));
    }
  }

  private final class Copy extends Walk {
    private final Target target;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private int next;

    private Copy(Target target) {
      this.target = target;
    }

    @Override
    long child(WeightLift.Message kind, int start, int end) {
      long length = lengths.get(next++);
      return varint(length) + message(kind, start, end);
    }

    @Override
    long plain(int start, int end) {
      put(ByteBuffer.wrap(structure, start, end - start));
      return (long) end - start;
    }

    @Override
    long weight(MemorySegment bytes) {
      long size = bytes.byteSize();
      for (long done = 0; done < size; done += PART) {
        MemorySegment part = bytes.asSlice(done, Math.min(PART, size - done));
        put(part.asByteBuffer());
        TensorMemory.release(part);
      }
      return size;
    }

    @Override
    long varint(long value) {
      ByteBuffer encoded = ByteBuffer.allocate(10);
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        encoded.put((byte) ((rest & 0x7F) | 0x80));
        rest >>>= 7;
      }
      put(encoded.put((byte) rest).flip());
      return encoded.limit();
    }

    private void put(ByteBuffer bytes) {
      if (bytes.remaining() <= buffer.remaining()) {
        buffer.put(bytes);
        return;
      }
      flush();
      if (bytes.remaining() <= buffer.remaining()) {
        buffer.put(bytes);
      } else {
        write(bytes);
      }
    }

    private void flush() {
      write(buffer.flip());
      buffer.clear();
    }

    private void write(ByteBuffer bytes) {
      try {
        target.take(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
