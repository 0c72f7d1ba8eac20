package dev.octet.torch.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.torch.graph.TorchTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Checkpoints that PyTorch and the safetensors library wrote (`make_checkpoints.py`).
class CheckpointReaderTest {
  @ParameterizedTest
  @ValueSource(strings = {"zip.pth", "legacy.pth", "weights.safetensors"})
  void everyFormHoldsTheSameTensors(String name) {
    Map<String, TorchTensor> tensors = CheckpointReader.parse(name, bytes(name)).tensors();
    assertThat(tensors).containsOnlyKeys("fc.weight", "fc.bias", "steps", "half");
    assertThat(tensor(tensors, "fc.weight").sizes()).containsExactly(2L, 3L);
    assertThat(numbers(tensor(tensors, "fc.weight"))).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(numbers(tensor(tensors, "fc.bias"))).containsExactly(-1, 0.5);
    assertThat(numbers(tensor(tensors, "steps"))).containsExactly(7);
    assertThat(numbers(tensor(tensors, "half"))).containsExactly(1.5, -2);
  }

  @Test
  void nestedDictionariesBecomeDottedNamesAndObjectsAreNamed() {
    Checkpoint checkpoint = CheckpointReader.parse("nested.pth", bytes("nested.pth"));
    assertThat(checkpoint.tensors()).containsOnlyKeys("model.weight", "model.turned", "list.0");
    // A transposed tensor shares its storage and keeps its strides.
    assertThat(tensor(checkpoint.tensors(), "model.turned").strides()).containsExactly(1L, 3L);
    assertThat(numbers(tensor(checkpoint.tensors(), "model.turned")))
        .containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(checkpoint.leftOut()).singleElement().asString().contains("system");
  }

  @Test
  void otherFilesAreRefusedByName() {
    assertThatThrownBy(
            () ->
                CheckpointReader.parse(
                    "notes.txt", MemorySegment.ofArray("hello".getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("notes.txt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "module.pth | a whole pickled __main__.Network",
        "module_legacy.pth | a whole pickled __main__.Network",
        "bare.pkl | a bare pickle (of: result of collections.OrderedDict)"
      })
  void filesWithoutStateDictAreNamedAndSayWhatToSave(String name, String what) {
    assertThatThrownBy(() -> CheckpointReader.parse(name, bytes(name)))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(what)
        .hasMessageContaining("torch.save(model.state_dict(), …)")
        .hasMessageContaining("torch.export.save");
  }

  /// Broken in one place, a file is either read or refused.
  @Property(tries = 400, seed = "20261124")
  void brokenFilesAreReadOrRefused(
      @ForAll @IntRange(max = 3) int which,
      @ForAll @IntRange(max = 1 << 20) int place,
      @ForAll byte value) {
    String name = List.of("zip.pth", "legacy.pth", "weights.safetensors", "nested.pth").get(which);
    byte[] bytes = bytes(name).toArray(ValueLayout.JAVA_BYTE);
    bytes[place % bytes.length] = value;
    try {
      assertThat(CheckpointReader.parse(name, MemorySegment.ofArray(bytes)).tensors()).isNotNull();
    } catch (OctetException refusal) {
      assertThat(refusal.diagnostics()).isNotEmpty();
    }
  }

  private static MemorySegment bytes(String name) {
    try (InputStream stream =
        CheckpointReaderTest.class.getResourceAsStream("/checkpoints/" + name)) {
      if (stream == null) {
        throw new IllegalStateException("the test resource checkpoints/" + name + " is missing");
      }
      return MemorySegment.ofArray(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TorchTensor tensor(Map<String, TorchTensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  private static double[] numbers(TorchTensor tensor) {
    DenseTensor dense = tensor.toDense();
    return LongStream.range(0, dense.elementCount())
        .mapToDouble(i -> dense.dataType().isFloat() ? dense.doubleAt(i) : dense.longAt(i))
        .toArray();
  }
}
