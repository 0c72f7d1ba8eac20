package dev.octet.data;

import java.util.List;

/// How samples are to be read, where the files leave a choice.
///
/// @param sampleRate rate in Hz the model expects sound at
/// @param labels names of the model's classes, by label; empty to take them from the data
/// @param images how pictures become tensors
public record SampleOptions(int sampleRate, List<String> labels, ImagePreparation images) {
  /// 8 kHz sound, classes from the data, pictures as RGB from 0 to 1.
  public static final SampleOptions DEFAULT =
      new SampleOptions(8000, List.of(), ImagePreparation.DEFAULT);

  public SampleOptions {
    labels = List.copyOf(labels);
    if (sampleRate < 1) {
      throw new IllegalArgumentException("sample rate must be at least 1, not " + sampleRate);
    }
  }

  public SampleOptions withSampleRate(int rate) {
    return new SampleOptions(rate, labels, images);
  }

  public SampleOptions withLabels(List<String> names) {
    return new SampleOptions(sampleRate, names, images);
  }

  public SampleOptions withImages(ImagePreparation preparation) {
    return new SampleOptions(sampleRate, labels, preparation);
  }
}
