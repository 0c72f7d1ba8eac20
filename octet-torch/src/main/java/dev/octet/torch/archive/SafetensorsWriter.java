package dev.octet.torch.archive;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.io.AtomicFile;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Writes tensors as safetensors, which [CheckpointReader] and Python read. The same tensors give
/// the same bytes.
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;
  private static final int CHUNK = 1 << 24;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SafetensorsWriter() {}

  /// Writes a file, first beside `target` and then moved there.
  ///
  /// @throws OctetException (`FAILURE`) when it cannot be written
  /// @throws IllegalArgumentException when the format has no such element type
  public static void write(Map<String, TorchTensor> tensors, Path target) {
    ObjectNode header = JSON.createObjectNode();
    List<MemorySegment> contents = new ArrayList<>();
    long position = 0;
    for (Map.Entry<String, TorchTensor> entry : tensors.entrySet()) {
      MemorySegment content = entry.getValue().toDense().data();
      ObjectNode facts = header.putObject(entry.getKey());
      facts.put("dtype", type(entry.getValue().dtype()));
      entry.getValue().sizes().forEach(facts.putArray("shape")::add);
      facts.putArray("data_offsets").add(position).add(position + content.byteSize());
      contents.add(content);
      position += content.byteSize();
    }
    try (AtomicFile draft = AtomicFile.open(target)) {
      FileChannel channel = draft.channel();
      all(channel, ByteBuffer.wrap(head(JSON.writeValueAsString(header))));
      for (MemorySegment content : contents) {
        for (long at = 0; at < content.byteSize(); at += CHUNK) {
          all(
              channel,
              content.asSlice(at, Math.min(CHUNK, content.byteSize() - at)).asByteBuffer());
        }
      }
      draft.commit();
    } catch (IOException e) {
      throw OctetException.failure(
          "unwritable", target.toString(), "cannot be written: " + e.getMessage(), "", e);
    }
  }

  /// The header's length and the header, padded with blanks so that data is aligned.
  private static byte[] head(String json) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer head = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(padded).put(text);
    while (head.hasRemaining()) {
      head.put((byte) ' ');
    }
    return head.array();
  }

  private static void all(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String type(TorchDtype dtype) {
    return Safetensors.TYPES.entrySet().stream()
        .filter(entry -> entry.getValue() == dtype)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("safetensors has no type " + dtype));
  }
}
