package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.TensorMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// A zip's central directory over mapped bytes (PKWARE APPNOTE 6.3, with zip64): entries by name,
/// and their content as a view when stored.
final class ZipDirectory {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int LOCATOR64_SIGNATURE = 0x07064b50;
  private static final int LOCAL_SIZE = 30;
  private static final int CENTRAL_SIZE = 46;
  private static final int END_SIZE = 22;
  private static final int END64_SIZE = 56;
  private static final int LOCATOR64_SIZE = 20;
  private static final int MAX_COMMENT = 0xffff;
  private static final long SATURATED = 0xffff_ffffL;
  private static final int SATURATED_COUNT = 0xffff;
  private static final int ZIP64_EXTRA = 1;
  private static final int ENCRYPTED = 1;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  // DEFLATE cannot expand further than this; a larger claim is a lie.
  private static final long MAX_EXPANSION = 1032;
  // Of an entry, read at once.
  private static final long PART = 1 << 22;

  private final String place;
  private final MemorySegment bytes;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private record Entry(String name, int method, long crc, long packed, long size, long header) {}

  private ZipDirectory(String place, MemorySegment bytes) {
    this.place = place;
    this.bytes = bytes;
  }

  /// @param place the file's name, for messages
  /// @param bytes the whole file
  /// @throws OctetException of kind `BAD_INPUT` when this is no intact zip
  static ZipDirectory read(String place, MemorySegment bytes) {
    ZipDirectory directory = new ZipDirectory(place, bytes);
    directory.readEntries();
    return directory;
  }

  /// Entry names in directory order.
  Iterable<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /// The one folder everything lies in, with a slash; its name is whatever the file was called when
  /// written. Empty when there is none.
  String rootFolder() {
    for (String name : names()) {
      int slash = name.indexOf('/');
      return slash < 0 ? "" : name.substring(0, slash + 1);
    }
    throw broken("pt2-not-exported", "is an empty zip");
  }

  boolean contains(String name) {
    return entries.containsKey(name);
  }

  /// An entry's content: a view of the file when stored, a copy when deflated. Its checksum holds.
  MemorySegment content(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw broken("pt2-entry-missing", "entry " + name + " is missing");
    }
    MemorySegment packed = packed(entry);
    MemorySegment content =
        switch (entry.method()) {
          case STORED -> stored(entry, packed);
          case DEFLATED -> inflated(entry, packed);
          default ->
              throw broken(
                  "pt2-zip", "entry " + name + " is compressed by method " + entry.method());
        };
    if (checksum(content) != entry.crc()) {
      throw broken("pt2-checksum", "entry " + name + " does not match its checksum");
    }
    return content.asReadOnly();
  }

  /// An entry's content as UTF-8 text.
  String text(String name) {
    return new String(content(name).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private void readEntries() {
    long end = findEnd();
    long count = Short.toUnsignedLong(shortAt(end + 10));
    long size = Integer.toUnsignedLong(intAt(end + 12));
    long offset = Integer.toUnsignedLong(intAt(end + 16));
    long locator = end - LOCATOR64_SIZE;
    boolean saturated = count == SATURATED_COUNT || size == SATURATED || offset == SATURATED;
    if (saturated && locator >= 0 && intAt(locator) == LOCATOR64_SIGNATURE) {
      long end64 = longAt(locator + 8);
      require(
          end64 >= 0 && end64 <= bytes.byteSize() - END64_SIZE && intAt(end64) == END64_SIGNATURE,
          "its zip64 end record is not where it should be");
      count = longAt(end64 + 32);
      size = longAt(end64 + 40);
      offset = longAt(end64 + 48);
    }
    require(
        offset >= 0 && size >= 0 && offset <= end && size <= end - offset,
        "its central directory lies outside the file");
    require(count >= 0 && count <= size / CENTRAL_SIZE, "its central directory is too small");
    long at = offset;
    for (long index = 0; index < count; index++) {
      at = readEntry(at, offset + size);
    }
  }

  private long readEntry(long at, long limit) {
    require(
        at <= limit - CENTRAL_SIZE && intAt(at) == CENTRAL_SIGNATURE,
        "its central directory is damaged");
    int flags = shortAt(at + 8);
    int nameLength = Short.toUnsignedInt(shortAt(at + 28));
    int extraLength = Short.toUnsignedInt(shortAt(at + 30));
    int commentLength = Short.toUnsignedInt(shortAt(at + 32));
    long next = at + CENTRAL_SIZE + nameLength + extraLength + commentLength;
    require(next <= limit, "its central directory is damaged");
    String name = utf8(at + CENTRAL_SIZE, nameLength);
    require((flags & ENCRYPTED) == 0, "entry " + name + " is encrypted");
    Entry entry =
        new Entry(
            name,
            Short.toUnsignedInt(shortAt(at + 10)),
            Integer.toUnsignedLong(intAt(at + 16)),
            Integer.toUnsignedLong(intAt(at + 20)),
            Integer.toUnsignedLong(intAt(at + 24)),
            Integer.toUnsignedLong(intAt(at + 42)));
    Entry wide = widened(entry, at + CENTRAL_SIZE + nameLength, extraLength);
    require(
        wide.packed() >= 0 && wide.size() >= 0 && wide.header() >= 0,
        "entry " + name + " has a negative size");
    require(entries.put(name, wide) == null, "entry " + name + " occurs twice");
    return next;
  }

  // The zip64 extra field holds, in this order, those of the three numbers that did not fit.
  private Entry widened(Entry entry, long extra, int extraLength) {
    long at = extra;
    long limit = extra + extraLength;
    while (at + 4 <= limit) {
      int id = Short.toUnsignedInt(shortAt(at));
      long end = at + 4 + Short.toUnsignedInt(shortAt(at + 2));
      require(end <= limit, "entry " + entry.name() + " has a damaged extra field");
      if (id == ZIP64_EXTRA) {
        Fields fields = new Fields(at + 4, end);
        long size = fields.widen(entry.size());
        long packed = fields.widen(entry.packed());
        long header = fields.widen(entry.header());
        return new Entry(entry.name(), entry.method(), entry.crc(), packed, size, header);
      }
      at = end;
    }
    return entry;
  }

  private final class Fields {
    private long at;
    private final long end;

    private Fields(long at, long end) {
      this.at = at;
      this.end = end;
    }

    private long widen(long narrow) {
      if (narrow != SATURATED) {
        return narrow;
      }
      require(at + 8 <= end, "a zip64 field is too short");
      long wide = longAt(at);
      at += 8;
      return wide;
    }
  }

  private MemorySegment packed(Entry entry) {
    long header = entry.header();
    require(
        header <= bytes.byteSize() - LOCAL_SIZE && intAt(header) == LOCAL_SIGNATURE,
        "entry " + entry.name() + " is not where the directory says");
    long start =
        header
            + LOCAL_SIZE
            + Short.toUnsignedInt(shortAt(header + 26))
            + Short.toUnsignedInt(shortAt(header + 28));
    require(
        start <= bytes.byteSize() && entry.packed() <= bytes.byteSize() - start,
        "entry " + entry.name() + " reaches beyond the end of the file");
    return bytes.asSlice(start, entry.packed());
  }

  private MemorySegment stored(Entry entry, MemorySegment packed) {
    require(
        entry.size() == entry.packed(), "entry " + entry.name() + " is stored with another size");
    return packed;
  }

  private MemorySegment inflated(Entry entry, MemorySegment packed) {
    require(
        entry.size() <= Integer.MAX_VALUE - 8 && packed.byteSize() <= Integer.MAX_VALUE - 8,
        "entry " + entry.name() + " is too large to be compressed");
    require(
        entry.size() / MAX_EXPANSION <= packed.byteSize(),
        "entry " + entry.name() + " claims an impossible size");
    byte[] content = new byte[(int) entry.size()];
    try (Inflater inflater = new Inflater(true)) {
      inflater.setInput(packed.toArray(ValueLayout.JAVA_BYTE));
      int filled = 0;
      while (filled < content.length) {
        int got = inflater.inflate(content, filled, content.length - filled);
        require(got > 0, "entry " + entry.name() + " is damaged");
        filled += got;
      }
    } catch (DataFormatException e) {
      throw OctetException.badInput(
          "pt2-zip", place, "entry " + entry.name() + " is damaged", Pt2Hints.FETCH_AGAIN, e);
    }
    return MemorySegment.ofArray(content);
  }

  private static long checksum(MemorySegment content) {
    CRC32 crc = new CRC32();
    long size = content.byteSize();
    for (long at = 0; at < size; at += PART) {
      MemorySegment part = content.asSlice(at, Math.min(PART, size - at));
      crc.update(part.asByteBuffer());
      TensorMemory.release(part);
    }
    return crc.getValue();
  }

  private long findEnd() {
    long last = bytes.byteSize() - END_SIZE;
    for (long at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
      if (intAt(at) == END_SIGNATURE && Short.toUnsignedInt(shortAt(at + 20)) == last - at) {
        return at;
      }
    }
    throw broken(
        "pt2-not-an-archive", "this is not a complete zip archive, as a .pt2 file must be");
  }

  private String utf8(long at, int length) {
    return new String(
        bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private short shortAt(long at) {
    return bytes.get(SHORT, at);
  }

  private int intAt(long at) {
    return bytes.get(INT, at);
  }

  private long longAt(long at) {
    return bytes.get(LONG, at);
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw broken("pt2-zip", message);
    }
  }

  private OctetException broken(String code, String message) {
    return OctetException.badInput(code, place, message, Pt2Hints.FETCH_AGAIN);
  }
}
