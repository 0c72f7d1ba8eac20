package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Reads RIFF/WAVE sound: PCM of 8, 16, 24 or 32 bits and IEEE float of 32 or 64 bits, any number
/// of channels, plain or `WAVE_FORMAT_EXTENSIBLE` (Microsoft, *Multimedia Programming Interface and
/// Data Specifications 1.0*, and *Multiple channel audio data and WAVE files*).
public final class WavReader {
  private static final int RIFF = fourCc("RIFF");
  private static final int WAVE = fourCc("WAVE");
  private static final int FORMAT = fourCc("fmt ");
  private static final int DATA = fourCc("data");
  private static final int PCM = 1;
  private static final int IEEE_FLOAT = 3;
  private static final int EXTENSIBLE = 0xFFFE;

  /// What writers that cannot seek back put for a size they do not know yet.
  private static final long UNKNOWN_SIZE = 0xFFFF_FFFFL;

  private static final int MIN_RATE = 100;
  private static final int MAX_RATE = 1_000_000;

  private final ByteBuffer bytes;
  private final String place;

  private WavReader(byte[] file, String place) {
    this.bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    this.place = place;
  }

  /// Decodes a whole file, mixing its channels down to their mean.
  ///
  /// @param file the bytes of the file
  /// @param place for messages
  /// @return integers scaled to [-1, 1), floats as they are
  /// @throws OctetException `BAD_INPUT` when the file is no such sound, is cut short, or holds
  ///     numbers that are not finite
  public static Waveform read(byte[] file, String place) {
    return new WavReader(file, place).read();
  }

  private Waveform read() {
    if (bytes.remaining() < 12 || bytes.getInt() != RIFF) {
      throw bad("wav-not-a-wav", "is no WAV file: it does not begin with a RIFF header");
    }
    bytes.getInt();
    if (bytes.getInt() != WAVE) {
      throw bad("wav-not-a-wav", "is no WAV file: it is another kind of RIFF file");
    }
    Format format = null;
    while (bytes.remaining() >= 8) {
      int id = bytes.getInt();
      long size = Integer.toUnsignedLong(bytes.getInt());
      if (id == DATA) {
        return decode(format, size);
      }
      if (size > bytes.remaining()) {
        throw bad("wav-cut-short", "is cut short: a chunk of " + size + " bytes passes its end");
      }
      int start = bytes.position();
      if (id == FORMAT) {
        format = format((int) size);
      }
      // Chunks begin at even offsets; a writer may leave out the last padding byte.
      bytes.position((int) Math.min(start + size + size % 2, bytes.limit()));
    }
    throw bad("wav-cut-short", "is cut short: it has no data chunk");
  }

  private Format format(int size) {
    if (size < 16) {
      throw bad("wav-format", "has a format chunk of " + size + " bytes; expected 16 or more");
    }
    int start = bytes.position();
    int code = Short.toUnsignedInt(bytes.getShort());
    int channels = Short.toUnsignedInt(bytes.getShort());
    long rate = Integer.toUnsignedLong(bytes.getInt());
    bytes.position(start + 14);
    int bits = Short.toUnsignedInt(bytes.getShort());
    if (code == EXTENSIBLE && size >= 26) {
      code = Short.toUnsignedInt(bytes.getShort(start + 24));
    }
    boolean pcm = code == PCM && (bits == 8 || bits == 16 || bits == 24 || bits == 32);
    boolean floating = code == IEEE_FLOAT && (bits == 32 || bits == 64);
    if (!pcm && !floating) {
      throw bad(
          "wav-format",
          "has encoding "
              + code
              + " with "
              + bits
              + " bits; expected PCM (8, 16, 24, 32 bits) or"
              + " IEEE float (32, 64)");
    }
    if (channels == 0 || rate < MIN_RATE || rate > MAX_RATE) {
      throw bad("wav-format", "claims " + channels + " channels at " + rate + " Hz");
    }
    return new Format(floating, channels, (int) rate, bits / 8);
  }

  private Waveform decode(@Nullable Format format, long claimed) {
    if (format == null) {
      throw bad("wav-format", "has no format chunk before its data");
    }
    if (claimed != UNKNOWN_SIZE && claimed > bytes.remaining()) {
      throw bad(
          "wav-cut-short",
          "is cut short: " + bytes.remaining() + " of " + claimed + " bytes of sound are there");
    }
    long size = claimed == UNKNOWN_SIZE ? bytes.remaining() : claimed;
    int frames = (int) (size / ((long) format.channels * format.bytes));
    if (frames == 0) {
      throw bad("wav-empty", "holds no sound");
    }
    float[] samples = new float[frames];
    for (int frame = 0; frame < frames; frame++) {
      double sum = 0;
      for (int channel = 0; channel < format.channels; channel++) {
        sum += next(format);
      }
      samples[frame] = (float) (sum / format.channels);
      if (!Float.isFinite(samples[frame])) {
        throw bad("wav-not-finite", "sample " + frame + " is " + samples[frame]);
      }
    }
    return new Waveform(samples, format.rate);
  }

  private double next(Format format) {
    if (format.floating) {
      return format.bytes == 4 ? bytes.getFloat() : bytes.getDouble();
    }
    return switch (format.bytes) {
      // Eight bits are unsigned, all wider ones signed.
      case 1 -> (Byte.toUnsignedInt(bytes.get()) - 128) / 128.0;
      case 2 -> bytes.getShort() / 32768.0;
      case 3 -> (Short.toUnsignedInt(bytes.getShort()) | bytes.get() << 16) / 8388608.0;
      default -> bytes.getInt() / 2147483648.0;
    };
  }

  private OctetException bad(String code, String message) {
    return OctetException.badInput(code, place, message, "expected a PCM or float WAV file");
  }

  private static int fourCc(String text) {
    return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
  }

  /// @param floating IEEE floats instead of integers
  /// @param channels interleaved channels
  /// @param rate frames a second
  /// @param bytes of one number
  private record Format(boolean floating, int channels, int rate, int bytes) {}
}
