package dev.octet.torch.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// Whatever is done to an archive, reading it gives a program whose tensors lie within the file, or
/// says in one kind of failure what is wrong.
class BrokenArchiveTest {
  private static final byte[] INTACT = fixture();

  @Property(tries = 400, seed = "20261124")
  void changedBytesNeverEscape(
      @ForAll @Size(min = 1, max = 8) int[] places, @ForAll @IntRange(min = 1, max = 255) int by) {
    byte[] broken = INTACT.clone();
    for (int place : places) {
      broken[Math.floorMod(place, broken.length)] ^= (byte) by;
    }
    readsOrRefuses(broken);
  }

  @Property(tries = 400, seed = "20261124")
  void changedDirectoryNeverEscapes(
      @ForAll @IntRange(max = 3000) int fromEnd, @ForAll byte value, @ForAll byte next) {
    byte[] broken = INTACT.clone();
    int at = Math.max(0, broken.length - 2 - fromEnd);
    broken[at] = value;
    broken[at + 1] = next;
    readsOrRefuses(broken);
  }

  @Property(tries = 200, seed = "20261124")
  void truncatedArchivesAreRefused(@ForAll @IntRange(max = 1_000_000) int length) {
    Assume.that(length < INTACT.length);
    byte[] truncated = Arrays.copyOf(INTACT, length);
    assertThatThrownBy(() -> Pt2Reader.parse("cut.pt2", MemorySegment.ofArray(truncated)))
        .isInstanceOfSatisfying(
            OctetException.class,
            e -> assertThat(e.kind()).isEqualTo(OctetException.Kind.BAD_INPUT));
  }

  /// Changes inside the JSON texts, with checksums mended, reach the parser behind the zip.
  @Property(tries = 400, seed = "20261124")
  void changedTextsNeverEscape(
      @ForAll @IntRange(max = 60_000) int place, @ForAll @IntRange(max = 9) int kind) {
    String text = text();
    String[] bits = {"-1", "null", "{}", "[]", "\"\"", "9223372036854775807", "]", "1e9", "7", ""};
    int at = place % text.length();
    String changed = text.substring(0, at) + bits[kind] + text.substring(at + 1);
    readsOrRefuses(MendedZip.withText(INTACT, "models/model.json", changed));
  }

  @Test
  void missingFileIsNamed(@org.junit.jupiter.api.io.TempDir Path folder) {
    Path missing = folder.resolve("nowhere.pt2");
    assertThatThrownBy(() -> Pt2Reader.read(missing))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("nowhere.pt2")
        .hasMessageContaining("no such file");
  }

  @Test
  void unknownMinorIsReadAndUnknownMajorRefused() {
    String text = text();
    byte[] later =
        MendedZip.withText(
            INTACT,
            "models/model.json",
            text.replaceFirst("\"minor\":\\s*\\d+", "\"minor\": 99, \"new_field\": [1]"));
    assertThat(Pt2Reader.parse("later.pt2", MemorySegment.ofArray(later)).info().schemaMinor())
        .isEqualTo(99);
    byte[] other =
        MendedZip.withText(
            INTACT, "models/model.json", text.replaceFirst("\"major\":\\s*8", "\"major\": 9"));
    assertThatThrownBy(() -> Pt2Reader.parse("other.pt2", MemorySegment.ofArray(other)))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("schema 9.");
  }

  @Test
  void pickledPayloadIsRefused() {
    String entry = "data/weights/model_weights_config.json";
    String config = MendedZip.text(INTACT, entry);
    byte[] pickled =
        MendedZip.withText(
            INTACT, entry, config.replaceFirst("\"use_pickle\":\\s*false", "\"use_pickle\": true"));
    assertThatThrownBy(() -> Pt2Reader.parse("pickled.pt2", MemorySegment.ofArray(pickled)))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("pickled");
  }

  @Test
  void tensorBeyondItsDataIsRefused() {
    String entry = "data/weights/model_weights_config.json";
    String config = MendedZip.text(INTACT, entry);
    byte[] shifted =
        MendedZip.withText(
            INTACT,
            entry,
            config.replaceFirst(
                "\"storage_offset\":\\s*\\{\"as_int\":\\s*0\\}",
                "\"storage_offset\": {\"as_int\": 100000}"));
    assertThatThrownBy(() -> Pt2Reader.parse("shifted.pt2", MemorySegment.ofArray(shifted)))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("does not fit its data");
  }

  private static void readsOrRefuses(byte[] archive) {
    ExportedProgram program;
    try {
      program = Pt2Reader.parse("broken.pt2", MemorySegment.ofArray(archive));
    } catch (OctetException e) {
      assertThat(e.kind()).isEqualTo(OctetException.Kind.BAD_INPUT);
      assertThat(e.getMessage()).contains("broken.pt2");
      return;
    }
    for (TorchTensor tensor : program.state().values()) {
      assertThat(tensor.toDense().elementCount()).isEqualTo(tensor.elementCount());
    }
  }

  private static String text() {
    return MendedZip.text(INTACT, "models/model.json");
  }

  private static byte[] fixture() {
    try (InputStream stream = BrokenArchiveTest.class.getResourceAsStream("/pt2/conv1d_bn.pt2")) {
      if (stream == null) {
        throw new IllegalStateException("the test resource pt2/conv1d_bn.pt2 is missing");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A zip with one entry's text exchanged and every checksum right.
  private static final class MendedZip {
    static String text(byte[] zip, String suffix) {
      ZipDirectory directory = ZipDirectory.read("fixture", MemorySegment.ofArray(zip));
      for (String name : directory.names()) {
        if (name.endsWith(suffix)) {
          return directory.text(name);
        }
      }
      throw new IllegalArgumentException("no entry " + suffix);
    }

    static byte[] withText(byte[] zip, String suffix, String text) {
      ZipDirectory directory = ZipDirectory.read("fixture", MemorySegment.ofArray(zip));
      java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
      try (java.util.zip.ZipOutputStream out = new java.util.zip.ZipOutputStream(bytes)) {
        for (String name : directory.names()) {
          out.putNextEntry(new java.util.zip.ZipEntry(name));
          out.write(
              name.endsWith(suffix)
                  ? text.getBytes(StandardCharsets.UTF_8)
                  : directory.content(name).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
          out.closeEntry();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }
  }
}
