package dev.octet.libtorch.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.libtorch.TinyNet;
import dev.octet.torch.archive.CheckpointReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {
  private static final SampleSource TRAINING = TinyNet.waves(20, 1);
  private static final SampleSource VALIDATION = TinyNet.waves(8, 2);

  /// Four epochs of four steps, with everything that is random.
  private static final TrainingOptions OPTIONS =
      TrainingOptions.builder()
          .epochs(4)
          .batchSize(16)
          .mixUp(0.3)
          .augmentation(new WaveformAugmentation(5, 3, 0.1))
          .build();

  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 4, 5, 10, 16})
  void whatIsStoppedAtAStepGoesOnToTheSameResult(long at, @TempDir Path folder) {
    TrainingOptions kept = OPTIONS.toBuilder().checkpoints(new Checkpoints(folder, 3)).build();
    assertThatThrownBy(
            () ->
                train(
                    kept,
                    step -> {
                      if (step == at) {
                        throw new Stopped();
                      }
                    }))
        .isInstanceOf(Stopped.class);
    assertSameAsUndisturbed(train(kept, step -> {}), folder);
  }

  @Test
  void aKilledProcessIsGoneOnFrom(@TempDir Path folder) throws Exception {
    Process child =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Child.class.getName(),
                    folder.toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("child.log").toFile())
            .start();
    assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(child.exitValue()).as(Files.readString(folder.resolve("child.log"))).isEqualTo(137);
    assertThat(folder.resolve("training.safetensors")).exists();
    TrainingOptions kept = OPTIONS.toBuilder().checkpoints(new Checkpoints(folder, 3)).build();
    assertSameAsUndisturbed(train(kept, step -> {}), folder);
  }

  /// Trains, and dies without a word in the third epoch.
  static final class Child {
    public static void main(String[] arguments) {
      Checkpoints checkpoints = new Checkpoints(Path.of(arguments[0]), 3);
      train(
          OPTIONS.toBuilder().checkpoints(checkpoints).build(),
          step -> {
            if (step == 11) {
              Runtime.getRuntime().halt(137);
            }
          });
    }
  }

  @Test
  void theStateOfAnotherTrainingIsRefused(@TempDir Path folder) {
    train(
        OPTIONS.toBuilder().epochs(1).checkpoints(new Checkpoints(folder, 3)).build(), step -> {});
    TrainingOptions other =
        OPTIONS.toBuilder().seed(9).checkpoints(new Checkpoints(folder, 3)).build();
    assertThatThrownBy(() -> train(other, step -> {}))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("another training");
  }

  private static void assertSameAsUndisturbed(TrainingResult result, Path folder) {
    TrainingResult undisturbed = train(OPTIONS, step -> {});
    assertThat(result.history()).isEqualTo(undisturbed.history());
    var best = CheckpointReader.read(folder.resolve("best.safetensors")).tensors();
    undisturbed
        .program()
        .state()
        .forEach(
            (name, tensor) -> {
              var same = Objects.requireNonNull(result.program().state().get(name));
              assertThat(same.toDense()).as(name).isEqualTo(tensor.toDense());
              assertThat(
                      Objects.requireNonNull(best.get(name))
                          .toDense()
                          .data()
                          .mismatch(tensor.toDense().data()))
                  .isEqualTo(-1);
            });
  }

  private interface AtStep {
    void at(long step);
  }

  private static TrainingResult train(TrainingOptions options, AtStep then) {
    return Trainer.train(
        TinyNet.program(),
        TRAINING,
        VALIDATION,
        options,
        new TrainingListener() {
          @Override
          public void step(long step, long steps) {
            then.at(step);
          }
        });
  }
}
