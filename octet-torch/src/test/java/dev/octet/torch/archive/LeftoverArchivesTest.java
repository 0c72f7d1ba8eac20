package dev.octet.torch.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Archives made by `make_leftover_archives.py`: pickled objects keep nobody from reading a program
/// that does not read them.
class LeftoverArchivesTest {

  @Test
  void objectsTheProgramDoesNotNameAreLeftOut() {
    ExportedProgram program = Pt2Reader.read(archive("leftover"));
    assertThat(program.constants()).containsOnlyKeys("table");
    assertThat(program.inputSpecs()).hasSize(2);
  }

  @Test
  void inputsNothingReadsAreLeftOut() {
    ExportedProgram program = Pt2Reader.read(archive("unread"));
    assertThat(program.constants()).isEmpty();
    assertThat(program.inputSpecs())
        .containsExactly(new InputSpec.UserInput(AtenArgument.tensor("x")));
    assertThat(program.graph().inputs()).containsExactly(AtenArgument.tensor("x"));
  }

  @Test
  void anObjectThatIsReadIsNamed() {
    assertThatThrownBy(() -> Pt2Reader.read(archive("read")))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("table, which the program reads, is stored as a pickled Python")
        .hasMessageContaining("plain tensors before exporting");
  }

  private static Path archive(String name) {
    URL url =
        Objects.requireNonNull(
            LeftoverArchivesTest.class.getResource("/pt2-leftovers/" + name + ".pt2"));
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
