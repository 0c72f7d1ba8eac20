package dev.octet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WavReaderTest {
  /// The JDK's own writer is the judge.
  @ParameterizedTest
  @ValueSource(ints = {8, 16, 24, 32})
  void readsIntegerPcm(int bits) throws Exception {
    int bytes = bits / 8;
    long full = 1L << (bits - 1);
    long[] codes = {0, 1, -1, full - 1, -full, full / 2};
    ByteBuffer data = ByteBuffer.allocate(codes.length * bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long code : codes) {
      for (int i = 0; i < bytes; i++) {
        data.put((byte) ((bits == 8 ? code + 128 : code) >> (8 * i)));
      }
    }
    AudioFormat.Encoding encoding =
        bits == 8 ? AudioFormat.Encoding.PCM_UNSIGNED : AudioFormat.Encoding.PCM_SIGNED;
    AudioFormat format = new AudioFormat(encoding, 8000, bits, 1, bytes, 8000, false);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(data.array()), format, codes.length),
        AudioFileFormat.Type.WAVE,
        file);
    Waveform sound = WavReader.read(file.toByteArray(), "x.wav");
    assertThat(sound.sampleRate()).isEqualTo(8000);
    float[] expected = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      expected[i] = (float) ((double) codes[i] / full);
    }
    assertThat(sound.samples()).containsExactly(expected);
  }

  @Test
  void readsFloatsAndMixesChannelsDown() {
    ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(0.5f).putFloat(-0.25f).putFloat(1f).putFloat(0f);
    assertThat(WavReader.read(Wavs.file(3, 2, 44100, 32, data.array()), "x.wav").samples())
        .containsExactly(0.125f, 0.5f);
    ByteBuffer doubles = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(0.75);
    assertThat(WavReader.read(Wavs.file(3, 1, 8000, 64, doubles.array()), "x.wav").samples())
        .containsExactly(0.75f);
  }

  @Test
  void saysWhatIsWrong() {
    byte[] good = Wavs.pcm16(8000, (short) 1, (short) 2);
    refuses(new byte[0], "is no WAV file");
    refuses(
        "RIFFxxxxAVI abcdefgh".getBytes(StandardCharsets.US_ASCII), "another kind of RIFF file");
    refuses(Arrays.copyOf(good, 46), "2 of 4 bytes of sound");
    refuses(Arrays.copyOf(good, 30), "is cut short");
    refuses(Wavs.pcm16(8000), "holds no sound");
    refuses(Wavs.file(6, 1, 8000, 8, new byte[4]), "encoding 6 with 8 bits");
    refuses(Wavs.file(1, 0, 8000, 16, new byte[4]), "0 channels");
    refuses(Wavs.file(1, 1, -1, 16, new byte[4]), "4294967295 Hz");
    byte[] nan = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(Float.NaN).array();
    refuses(Wavs.file(3, 1, 8000, 32, nan), "sample 0 is NaN");
  }

  private static void refuses(byte[] file, String message) {
    assertThatThrownBy(() -> WavReader.read(file, "yes/x.wav"))
        .isInstanceOf(OctetException.class)
        .hasMessageStartingWith("yes/x.wav: ")
        .hasMessageContaining(message);
  }
}
