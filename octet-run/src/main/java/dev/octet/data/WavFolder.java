package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.runtime.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
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

  private final FileSet files;
  private final AudioInput input;
  private final int sampleRate;
  private final List<String> labels;
  private final List<Clip> clips;

  private WavFolder(
      FileSet files, AudioInput input, int sampleRate, List<String> labels, List<Clip> clips) {
    this.files = files;
    this.input = input;
    this.sampleRate = sampleRate;
    this.labels = labels;
    this.clips = clips;
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
    List<String> names =
        files.names().stream()
            .filter(WavFolder::isWav)
            .filter(name -> !isNoClass(folder(name), options.labels()))
            .toList();
    if (names.isEmpty()) {
      throw OctetException.badInput(
          "no-samples", files.root().toString(), "holds no clips", "expected <label>/<name>.wav");
    }
    TreeSet<String> folders = new TreeSet<>();
    names.forEach(name -> folders.add(folder(name)));
    if (folders.equals(new TreeSet<>(List.of("")))) {
      List<Clip> clips = names.stream().map(name -> new Clip(name, -1)).toList();
      return new WavFolder(files, input, options.sampleRate(), options.labels(), clips);
    }
    List<String> labels =
        options.labels().isEmpty() ? List.copyOf(folders) : List.copyOf(options.labels());
    checkFolders(files, names, labels, folders);
    List<Clip> clips = new ArrayList<>();
    names.forEach(name -> clips.add(new Clip(name, labels.indexOf(folder(name)))));
    return new WavFolder(files, input, options.sampleRate(), labels, clips);
  }

  @Override
  public List<String> labels() {
    return labels;
  }

  @Override
  public long size() {
    return clips.size();
  }

  @Override
  public Stream<Sample> samples() {
    return samplesFrom(0);
  }

  @Override
  public Stream<Sample> samplesFrom(long first) {
    FileSet.Opened opened = files.open();
    return clips.stream().skip(first).map(clip -> sample(opened, clip)).onClose(opened::close);
  }

  /// Chooses by folder name: no clip is read.
  @Override
  public SampleSource balancedSample(int count, long seed) {
    BitSet chosen =
        BalancedChoice.choose(clips.stream().mapToInt(Clip::label).toArray(), count, seed);
    List<Clip> kept =
        IntStream.range(0, clips.size()).filter(chosen::get).mapToObj(clips::get).toList();
    return new WavFolder(files, input, sampleRate, labels, kept);
  }

  private Sample sample(FileSet.Opened opened, Clip clip) {
    String place = files.place(clip.name);
    Waveform sound = WavReader.read(files.bytes(opened, clip.name, MAX_CLIP_BYTES), place);
    return new Sample(
        place,
        Map.of(input.name(), input.tensor(sound, sampleRate)),
        clip.label < 0 ? OptionalInt.empty() : OptionalInt.of(clip.label));
  }

  private static void checkFolders(
      FileSet files, List<String> names, List<String> labels, Set<String> folders) {
    if (folders.contains("")) {
      String stray = names.stream().filter(name -> folder(name).isEmpty()).findFirst().orElse("");
      throw OctetException.badInput(
          "clip-without-label",
          files.place(stray),
          "lies beside folders of labelled clips",
          "put it into the folder of its class, or give unlabelled clips only");
    }
    List<String> unknown = folders.stream().filter(name -> !labels.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw OctetException.badInput(
          "label-unknown",
          files.root().toString(),
          "folder '"
              + unknown.getFirst()
              + "' is none of the "
              + labels.size()
              + " labels"
              + (unknown.size() > 1 ? ", nor are " + (unknown.size() - 1) + " more folders" : ""),
          "add it to the labels, or take it out of the data");
    }
  }

  static boolean isWav(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(".wav");
  }

  /// Name of the folder right above a clip; empty at the root.
  private static String folder(String name) {
    String parent = name.substring(0, Math.max(0, name.lastIndexOf('/')));
    return parent.substring(parent.lastIndexOf('/') + 1);
  }

  private static boolean isNoClass(String folder, List<String> labels) {
    return folder.startsWith("_") && !labels.contains(folder);
  }

  /// @param name path in the folder or archive
  /// @param label -1 when unlabelled
  private record Clip(String name, int label) {}
}
