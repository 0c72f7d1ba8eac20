package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads safetensors: the length of a header, the header in JSON, the tensors' bytes.
final class Safetensors {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long LONGEST_HEADER = 100_000_000;
  static final Map<String, TorchDtype> TYPES =
      Map.ofEntries(
          Map.entry("F64", TorchDtype.FLOAT64),
          Map.entry("F32", TorchDtype.FLOAT32),
          Map.entry("F16", TorchDtype.FLOAT16),
          Map.entry("BF16", TorchDtype.BFLOAT16),
          Map.entry("F8_E4M3", TorchDtype.FLOAT8_E4M3FN),
          Map.entry("F8_E5M2", TorchDtype.FLOAT8_E5M2),
          Map.entry("I64", TorchDtype.INT64),
          Map.entry("I32", TorchDtype.INT32),
          Map.entry("I16", TorchDtype.INT16),
          Map.entry("I8", TorchDtype.INT8),
          Map.entry("U64", TorchDtype.UINT64),
          Map.entry("U32", TorchDtype.UINT32),
          Map.entry("U16", TorchDtype.UINT16),
          Map.entry("U8", TorchDtype.UINT8),
          Map.entry("BOOL", TorchDtype.BOOL));

  private Safetensors() {}

  static boolean looksLike(MemorySegment bytes) {
    if (bytes.byteSize() < 10) {
      return false;
    }
    long header = bytes.get(LONG, 0);
    return header >= 2
        && header <= LONGEST_HEADER
        && header <= bytes.byteSize() - 8
        && bytes.get(ValueLayout.JAVA_BYTE, 8) == '{';
  }

  static Checkpoint read(String place, MemorySegment bytes) {
    long header = bytes.get(LONG, 0);
    byte[] text = bytes.asSlice(8, header).toArray(ValueLayout.JAVA_BYTE);
    Json json = Json.parse(place, new String(text, StandardCharsets.UTF_8));
    MemorySegment data = bytes.asSlice(8 + header);
    Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    json.map(entry -> entry)
        .forEach(
            (name, entry) -> {
              if (!name.equals("__metadata__")) {
                tensors.put(name, tensor(place + ": " + name, entry, data));
              }
            });
    return new Checkpoint(tensors, List.of());
  }

  private static TorchTensor tensor(String place, Json entry, MemorySegment data) {
    TorchDtype dtype = TYPES.get(entry.field("dtype").text());
    List<Long> offsets = entry.field("data_offsets").list(Json::integer);
    List<Long> sizes = entry.field("shape").list(Json::integer);
    if (dtype == null) {
      throw broken(place, "has elements of type " + entry.field("dtype").text());
    }
    boolean inside =
        offsets.size() == 2
            && offsets.get(0) >= 0
            && offsets.get(0) <= offsets.get(1)
            && offsets.get(1) <= data.byteSize();
    if (!inside) {
      throw broken(place, "its data lies outside the file");
    }
    try {
      return new TorchTensor(
          dtype,
          sizes,
          TorchTensor.contiguous(sizes),
          0,
          false,
          data.asSlice(offsets.get(0), offsets.get(1) - offsets.get(0)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw broken(place, "does not fit its data: " + e.getMessage());
    }
  }

  private static OctetException broken(String place, String message) {
    return OctetException.badInput("checkpoint-broken", place, message, Pt2Hints.FETCH_AGAIN);
  }
}
