package dev.octet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.octet.testkit.SharedData;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {
  @ParameterizedTest
  @CsvSource({
    "16000,8000",
    "44100,8000",
    "48000,8000",
    "22050,8000",
    "8000,16000",
    "11025,8000",
    "44101,8000"
  })
  void keepsTonesWithinTheBandInPlaceAndSize(int in, int out) {
    float[] resampled = Resampler.between(in, out).apply(tone(1234, in, in), Integer.MAX_VALUE);
    float[] wanted = tone(1234, out, out);
    assertThat(resampled).hasSize(out);
    // The ends hear the silence around the signal.
    for (int n = 100; n < out - 100; n++) {
      assertThat(resampled[n]).isCloseTo(wanted[n], within(2e-3f));
    }
  }

  @ParameterizedTest
  @CsvSource({"16000,8000,4400", "16000,8000,6000", "44100,8000,5000", "48000,8000,23000"})
  void removesTonesThatWouldFoldBack(int in, int out, double hertz) {
    float[] resampled = Resampler.between(in, out).apply(tone(hertz, in, in), Integer.MAX_VALUE);
    float[] middle = Arrays.copyOfRange(resampled, 200, out - 200);
    assertThat(rms(middle)).as("70 dB below the tone").isLessThan(0.707 * Math.pow(10, -3.5));
  }

  @Test
  void keepsConstantsAndCutsAtTheLimit() {
    float[] ones = new float[1000];
    Arrays.fill(ones, 1);
    float[] resampled = Resampler.between(16000, 8000).apply(ones, 300);
    assertThat(resampled).hasSize(300);
    for (int n = 50; n < 300; n++) {
      assertThat(resampled[n]).isCloseTo(1f, within(1e-6f));
    }
    assertThat(Resampler.between(8000, 8000).apply(ones, 2000)).isEqualTo(ones);
    assertThat(Resampler.between(16000, 8000).apply(new float[7], 100)).hasSize(4);
  }

  /// Clips whose 8 kHz versions were made by another resampler: below the transition band the two
  /// must be one signal.
  @Test
  void agreesWithAnotherResamplerOnRealSpeech() {
    Path data = SharedData.data().resolve("speech_commands");
    FileSet wide = FileSet.of(data.resolve("speech_commands_16k_sample.zip"));
    FileSet narrow = FileSet.of(data.resolve("speech_commands_8k_test.zip"));
    double[] ratios;
    try (FileSet.Opened wideFiles = wide.open();
        FileSet.Opened narrowFiles = narrow.open()) {
      ratios =
          wide.names().stream()
              .filter(WavFolder::isWav)
              .mapToDouble(
                  name -> {
                    Waveform ours =
                        WavReader.read(wide.bytes(wideFiles, name, 1 << 20), name)
                            .resampled(8000, Integer.MAX_VALUE);
                    Waveform theirs =
                        WavReader.read(narrow.bytes(narrowFiles, name, 1 << 20), name);
                    return snr(theirs.samples(), ours.samples());
                  })
              .sorted()
              .toArray();
    }
    assertThat(ratios).hasSizeGreaterThan(100);
    // What is left is the other file's rounding to 16 bits, which tells in quiet clips.
    assertThat(ratios[0]).isGreaterThan(30);
    assertThat(ratios[ratios.length / 2]).isGreaterThan(70);
  }

  /// Signal to difference in dB below 3.3 kHz.
  private static double snr(float[] wanted, float[] actual) {
    assertThat(actual.length).isCloseTo(wanted.length, within(1));
    float[] difference = new float[Math.min(wanted.length, actual.length)];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = wanted[i] - actual[i];
    }
    Resampler below = Resampler.between(8000, 7000);
    double signal = rms(below.apply(wanted, Integer.MAX_VALUE));
    return 20 * Math.log10(signal / rms(below.apply(difference, Integer.MAX_VALUE)));
  }

  private static double rms(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return Math.sqrt(sum / samples.length);
  }

  private static float[] tone(double hertz, int rate, int length) {
    float[] samples = new float[length];
    for (int n = 0; n < length; n++) {
      samples[n] = (float) Math.sin(2 * Math.PI * hertz * n / rate);
    }
    return samples;
  }
}
