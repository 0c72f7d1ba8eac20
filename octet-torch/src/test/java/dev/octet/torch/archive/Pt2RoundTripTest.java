package dev.octet.torch.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.testkit.SharedData;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Archives PyTorch wrote come back unchanged after reading, writing and reading again.
class Pt2RoundTripTest {
  @TempDir Path folder;

  static Stream<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(SharedData.pt2())) {
      return files.filter(file -> file.toString().endsWith(".pt2")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("archives")
  void writingLosesNothing(Path archive) {
    ExportedProgram read = Pt2Reader.read(archive);
    Path copy = folder.resolve("copy.pt2");
    Pt2Writer.write(read, copy);
    ExportedProgram again = Pt2Reader.read(copy);

    assertThat(again.graph()).isEqualTo(read.graph());
    assertThat(again.inputSpecs()).isEqualTo(read.inputSpecs());
    assertThat(again.outputSpecs()).isEqualTo(read.outputSpecs());
    assertThat(again.rangeConstraints()).isEqualTo(read.rangeConstraints());
    assertThat(again.moduleCalls()).isEqualTo(read.moduleCalls());
    assertThat(again.info()).isEqualTo(read.info());
    assertSameTensors(again.state(), read.state());
    assertSameTensors(again.constants(), read.constants());
  }

  @Test
  void sameProgramSameBytes() throws IOException {
    ExportedProgram program = Pt2Reader.read(SharedData.pt2("n1_ptq.pt2"));
    Path one = Files.createDirectory(folder.resolve("one")).resolve("m.pt2");
    Path two = Files.createDirectory(folder.resolve("two")).resolve("m.pt2");
    Pt2Writer.write(program, one);
    Pt2Writer.write(program, two);
    assertThat(one).hasSameBinaryContentAs(two);
  }

  @Test
  void extraFilesTravel() {
    ExportedProgram program =
        Pt2Reader.read(SharedData.pt2("n1_ptq.pt2"))
            .withExtraFiles(Map.of("labels", "yes\nno\n", "octet.json", "{}"));
    Path copy = folder.resolve("labelled.pt2");
    Pt2Writer.write(program, copy);
    assertThat(Pt2Reader.read(copy).extraFiles())
        .containsExactlyInAnyOrderEntriesOf(Map.of("labels", "yes\nno\n", "octet.json", "{}"));
  }

  private static void assertSameTensors(
      Map<String, TorchTensor> actual, Map<String, TorchTensor> expected) {
    assertThat(List.copyOf(actual.keySet())).isEqualTo(List.copyOf(expected.keySet()));
    List<TorchTensor> copies = List.copyOf(actual.values());
    List<TorchTensor> originals = List.copyOf(expected.values());
    for (int i = 0; i < originals.size(); i++) {
      TorchTensor copy = copies.get(i);
      TorchTensor original = originals.get(i);
      assertThat(copy.sizes()).isEqualTo(original.sizes());
      assertThat(copy.strides()).isEqualTo(original.strides());
      assertThat(copy.requiresGrad()).isEqualTo(original.requiresGrad());
      assertThat(copy.toDense().data().mismatch(original.toDense().data())).isEqualTo(-1);
    }
  }
}
