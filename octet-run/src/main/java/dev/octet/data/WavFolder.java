package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.runtime.TensorSpec;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// Sound clips in a folder or zip archive: `<label>/<name>.wav`, or `<name>.wav` for unlabelled
/// ones, any number of folders further down. Each clip is resampled to the model's rate and cut to
/// its length, or padded with zeros at the end.
///
/// A folder whose name begins with `_`, such as Speech Commands' `_background_noise_`, is no class
/// and is skipped, unless the given labels name it. Files of other kinds are skipped.
public final class WavFolder implements SampleSource {
  /// A minute of 192 kHz stereo in 32 bits, and some more.
  private static final int MAX_CLIP_BYTES = 128 << 20;

  private final LabelledFiles clips;
  private final AudioInput input;
  private final int sampleRate;

  private WavFolder(LabelledFiles clips, AudioInput input, int sampleRate) {
    this.clips = clips;
    this.input = input;
    this.sampleRate = sampleRate;
  }

  /// Lists the clips; none is read yet.
  ///
  /// @param root folder or zip archive
  /// @param inputs what the model takes: one input of floats `[batch,1,time]` or `[batch,time]`
  /// @throws OctetException `BAD_INPUT` when there are no clips, or a folder is missing from the
  ///     labels; `USAGE` when the model takes no sound
  public static WavFolder open(Path root, List<TensorSpec> inputs, SampleOptions options) {
    return of(FileSet.of(root), inputs, options);
  }

  static WavFolder of(FileSet files, List<TensorSpec> inputs, SampleOptions options) {
    AudioInput input = AudioInput.of(inputs);
    LabelledFiles clips =
        LabelledFiles.of(files, WavFolder::isWav, options.labels(), "clip", "<label>/<name>.wav");
    return new WavFolder(clips, input, options.sampleRate());
  }

  @Override
  public List<String> labels() {
    return clips.labels();
  }

  @Override
  public long size() {
    return clips.entries().size();
  }

  @Override
  public Stream<Sample> samples() {
    return read(clips.entries().stream());
  }

  @Override
  public Stream<Sample> samplesFrom(long first) {
    return read(clips.entries().stream().skip(first));
  }

  @Override
  public Stream<Sample> samplesAt(BitSet positions) {
    return read(positions.stream().mapToObj(clips.entries()::get));
  }

  @Override
  public int[] classes() {
    return clips.classes();
  }

  private Stream<Sample> read(Stream<LabelledFiles.Entry> chosen) {
    FileSet.Opened opened = clips.files().open();
    return chosen.map(clip -> sample(opened, clip)).onClose(opened::close);
  }

  private Sample sample(FileSet.Opened opened, LabelledFiles.Entry clip) {
    FileSet files = clips.files();
    String place = files.place(clip.name());
    Waveform sound = WavReader.read(files.bytes(opened, clip.name(), MAX_CLIP_BYTES), place);
    return new Sample(place, Map.of(input.name(), input.tensor(sound, sampleRate)), clip.label());
  }

  static boolean isWav(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(".wav");
  }
}
