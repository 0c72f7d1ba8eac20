package dev.octet.torch.archive;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/// Writes a zip of stored entries whose content starts on 64-byte boundaries, as PyTorch's own
/// writer does, with zip64 records where sizes ask for them. No times are recorded.
final class ZipFileWriter {
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_SIZE = 30;
  private static final int CENTRAL_SIZE = 46;
  private static final int ZIP64_SIZE = 28;
  private static final int UTF8 = 0x800;
  private static final int VERSION = 20;
  private static final int VERSION_ZIP64 = 45;
  private static final int DATE_1980 = (1 << 5) | 1;
  private static final long SATURATED = 0xffff_ffffL;
  private static final int SATURATED_COUNT = 0xffff;
  private static final int CHUNK = 1 << 24;

  private final FileChannel channel;
  private final List<Entry> entries = new ArrayList<>();
  private long position;

  private record Entry(String name, long crc, long size, long header) {
    byte[] encodedName() {
      return name.getBytes(StandardCharsets.UTF_8);
    }
  }

  ZipFileWriter(FileChannel channel) {
    this.channel = channel;
  }

  void add(String name, String text) throws IOException {
    add(name, MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8)));
  }

  void add(String name, MemorySegment content) throws IOException {
    byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
    long size = content.byteSize();
    boolean wide = size >= SATURATED;
    Entry entry = new Entry(name, checksum(content), size, position);
    int wideSize = wide ? 4 + 16 : 0;
    long unpadded = position + LOCAL_SIZE + encoded.length + wideSize + 4;
    int padding = (int) ((ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT);
    int extra = wideSize + 4 + padding;
    ByteBuffer header = buffer(LOCAL_SIZE + encoded.length + extra);
    header.putInt(0x04034b50).putShort((short) (wide ? VERSION_ZIP64 : VERSION));
    common(header, entry.crc(), wide ? SATURATED : size, wide ? SATURATED : size);
    header.putShort((short) encoded.length).putShort((short) extra).put(encoded);
    if (wide) {
      header.putShort((short) 1).putShort((short) 16).putLong(size).putLong(size);
    }
    // The padding is an extra field of its own, tagged as PyTorch tags it.
    header.put((byte) 'F').put((byte) 'B').putShort((short) padding);
    byte[] filler = new byte[padding];
    Arrays.fill(filler, (byte) 'Z');
    header.put(filler);
    write(header.flip());
    for (long at = 0; at < size; at += CHUNK) {
      write(content.asSlice(at, Math.min(CHUNK, size - at)).asByteBuffer());
    }
    entries.add(entry);
  }

  /// Forty digits made from the entries written so far, which tell archives of different content
  /// apart.
  String contentDigits() {
    CRC32 names = new CRC32();
    CRC32 contents = new CRC32();
    for (Entry entry : entries) {
      names.update(entry.encodedName());
      contents.update(buffer(16).putLong(entry.crc()).putLong(entry.size()).flip());
    }
    return "%020d%020d".formatted(names.getValue(), contents.getValue());
  }

  /// Writes the directory. Nothing can be added afterwards.
  void finish() throws IOException {
    long start = position;
    for (Entry entry : entries) {
      write(central(entry).flip());
    }
    long size = position - start;
    boolean wide = entries.size() >= SATURATED_COUNT || size >= SATURATED || start >= SATURATED;
    if (wide) {
      long end64 = position;
      ByteBuffer record = buffer(56 + 20);
      record.putInt(0x06064b50).putLong(44).putShort((short) VERSION_ZIP64);
      record.putShort((short) VERSION_ZIP64).putInt(0).putInt(0);
      record.putLong(entries.size()).putLong(entries.size()).putLong(size).putLong(start);
      record.putInt(0x07064b50).putInt(0).putLong(end64).putInt(1);
      write(record.flip());
    }
    short count = (short) Math.min(entries.size(), SATURATED_COUNT);
    ByteBuffer end = buffer(22);
    end.putInt(0x06054b50).putInt(0).putShort(count).putShort(count);
    end.putInt((int) Math.min(size, SATURATED)).putInt((int) Math.min(start, SATURATED));
    end.putShort((short) 0);
    write(end.flip());
  }

  private static ByteBuffer central(Entry entry) {
    boolean wide = entry.size() >= SATURATED || entry.header() >= SATURATED;
    long size = wide ? SATURATED : entry.size();
    int extra = wide ? ZIP64_SIZE : 0;
    byte[] name = entry.encodedName();
    ByteBuffer record = buffer(CENTRAL_SIZE + name.length + extra);
    record.putInt(0x02014b50).putShort((short) VERSION_ZIP64);
    record.putShort((short) (wide ? VERSION_ZIP64 : VERSION));
    common(record, entry.crc(), size, size);
    record.putShort((short) name.length).putShort((short) extra);
    record.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    record.putInt((int) (wide ? SATURATED : entry.header())).put(name);
    if (wide) {
      record.putShort((short) 1).putShort((short) (ZIP64_SIZE - 4));
      record.putLong(entry.size()).putLong(entry.size()).putLong(entry.header());
    }
    return record;
  }

  private static void common(ByteBuffer record, long crc, long packed, long size) {
    record.putShort((short) UTF8).putShort((short) 0);
    record.putShort((short) 0).putShort((short) DATE_1980);
    record.putInt((int) crc).putInt((int) packed).putInt((int) size);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long checksum(MemorySegment content) {
    CRC32 crc = new CRC32();
    for (long at = 0; at < content.byteSize(); at += CHUNK) {
      crc.update(content.asSlice(at, Math.min(CHUNK, content.byteSize() - at)).asByteBuffer());
    }
    return crc.getValue();
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      position += channel.write(bytes);
    }
  }
}
