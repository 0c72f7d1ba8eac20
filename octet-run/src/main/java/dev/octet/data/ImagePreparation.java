package dev.octet.data;

import java.util.List;
import java.util.Optional;

/// How a picture becomes a tensor. Each pixel `p`, 0 to 255, becomes `(p * scale - mean) / std`,
/// channel by channel.
///
/// @param layout where the channels are; empty for what the model's input says
/// @param size of the picture the model takes; empty for what the model's input says
/// @param fit how pictures of other proportions are fitted
/// @param channels which channels, in which order
/// @param scale factor of the pixels
/// @param mean subtracted from each channel; one number for all of them, or one each
/// @param std what each channel is divided by; likewise
public record ImagePreparation(
    Optional<Layout> layout,
    Optional<Size> size,
    Fit fit,
    Channels channels,
    double scale,
    List<Double> mean,
    List<Double> std) {
  /// RGB from 0 to 1, stretched to the model's size.
  public static final ImagePreparation DEFAULT =
      new ImagePreparation(
          Optional.empty(),
          Optional.empty(),
          Fit.STRETCH,
          Channels.RGB,
          1 / 255.0,
          List.of(0.0),
          List.of(1.0));

  /// Order of the axes.
  public enum Layout {
    NCHW,
    NHWC
  }

  /// How a picture is brought to the model's size; always bilinear, pixels sampled at their
  /// centres.
  public enum Fit {
    /// Each side by its own factor.
    STRETCH,
    /// By the factor that makes it fit, the rest, right and below, filled with grey (114).
    LETTERBOX,
    /// By the factor that makes it cover, what is too much cut off evenly.
    CROP
  }

  /// Channels in their order.
  public enum Channels {
    RGB(3),
    BGR(3),
    /// Luma: 0.299 red, 0.587 green, 0.114 blue.
    GRAY(1);

    private final int count;

    Channels(int count) {
      this.count = count;
    }

    public int count() {
      return count;
    }
  }

  /// @param width in pixels
  /// @param height in pixels
  public record Size(int width, int height) {
    public Size {
      if (width < 1 || height < 1) {
        throw new IllegalArgumentException("no picture is " + width + "x" + height);
      }
    }

    @Override
    public String toString() {
      return width + "x" + height;
    }
  }

  public ImagePreparation {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    checkCount("means", mean, channels);
    checkCount("deviations", std, channels);
    if (std.stream().anyMatch(each -> each == 0)) {
      throw new IllegalArgumentException("a deviation of 0 divides by 0");
    }
  }

  /// Starts with [#DEFAULT].
  public static Builder builder() {
    return DEFAULT.toBuilder();
  }

  /// Starts with these options.
  public Builder toBuilder() {
    return new Builder(this);
  }

  double mean(int channel) {
    return mean.get(mean.size() == 1 ? 0 : channel);
  }

  double std(int channel) {
    return std.get(std.size() == 1 ? 0 : channel);
  }

  private static void checkCount(String what, List<Double> numbers, Channels channels) {
    if (numbers.size() != 1 && numbers.size() != channels.count()) {
      throw new IllegalArgumentException(
          numbers.size() + " " + what + " for " + channels.count() + " channels");
    }
  }

  /// Collects changes.
  public static final class Builder {
    private Optional<Layout> layout;
    private Optional<Size> size;
    private Fit fit;
    private Channels channels;
    private double scale;
    private List<Double> mean;
    private List<Double> std;

    private Builder(ImagePreparation options) {
      layout = options.layout;
      size = options.size;
      fit = options.fit;
      channels = options.channels;
      scale = options.scale;
      mean = options.mean;
      std = options.std;
    }

    public Builder layout(Layout value) {
      layout = Optional.of(value);
      return this;
    }

    public Builder size(Size value) {
      size = Optional.of(value);
      return this;
    }

    public Builder fit(Fit value) {
      fit = value;
      return this;
    }

    public Builder channels(Channels value) {
      channels = value;
      return this;
    }

    public Builder scale(double value) {
      scale = value;
      return this;
    }

    /// One number for all channels, or one each.
    public Builder mean(List<Double> value) {
      mean = value;
      return this;
    }

    /// One number for all channels, or one each.
    public Builder std(List<Double> value) {
      std = value;
      return this;
    }

    /// @throws IllegalArgumentException as the constructor
    public ImagePreparation build() {
      return new ImagePreparation(layout, size, fit, channels, scale, mean, std);
    }
  }
}
