package dev.octet.command;

import dev.octet.data.ImagePreparation;
import dev.octet.diagnostic.OctetException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say how pictures become tensors.
final class ImageOptions {
  private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");
  private static final Pattern FRACTION = Pattern.compile("(.+)/(.+)");

  @Option(
      names = "--image-channels",
      paramLabel = "ORDER",
      description = "RGB, BGR or GRAY. Default: RGB.")
  private ImagePreparation.Channels channels = ImagePreparation.DEFAULT.channels();

  @Option(
      names = "--image-fit",
      paramLabel = "FIT",
      description =
          "How pictures of other proportions are fitted: STRETCH, LETTERBOX (grey right and below)"
              + " or CROP (the middle). Default: STRETCH.")
  private ImagePreparation.Fit fit = ImagePreparation.DEFAULT.fit();

  @Option(
      names = "--image-size",
      paramLabel = "WxH",
      description = "Size in pixels. Default: what the model's input says.")
  private @Nullable String size;

  @Option(
      names = "--image-layout",
      paramLabel = "LAYOUT",
      description = "NCHW or NHWC. Default: what the model's input says.")
  private ImagePreparation.@Nullable Layout layout;

  @Option(
      names = "--image-scale",
      paramLabel = "FACTOR",
      description =
          "Factor of the pixels, which are 0 to 255; then the mean is subtracted and the result"
              + " divided by the deviation. Default: 1/255.")
  private @Nullable String scale;

  @Option(
      names = "--image-mean",
      split = ",",
      paramLabel = "M",
      description = "Mean, one number or one a channel. Default: 0.")
  private List<Double> mean = List.of();

  @Option(
      names = "--image-std",
      split = ",",
      paramLabel = "S",
      description = "Deviation, one number or one a channel. Default: 1.")
  private List<Double> std = List.of();

  ImagePreparation preparation() {
    ImagePreparation.Builder chosen = ImagePreparation.builder().channels(channels).fit(fit);
    if (scale != null) {
      chosen.scale(factor(scale));
    }
    if (size != null) {
      chosen.size(size(size));
    }
    if (layout != null) {
      chosen.layout(layout);
    }
    if (!mean.isEmpty()) {
      chosen.mean(mean);
    }
    if (!std.isEmpty()) {
      chosen.std(std);
    }
    return Options.checked("--image-mean, --image-std", chosen::build);
  }

  private static ImagePreparation.Size size(String text) {
    Matcher sides = SIZE.matcher(text);
    if (!sides.matches()) {
      throw OctetException.usage(
          "bad-option", "--image-size", "'" + text + "' is no size", "such as 224x224");
    }
    return new ImagePreparation.Size(
        Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
  }

  private static double factor(String text) {
    try {
      Matcher fraction = FRACTION.matcher(text);
      return fraction.matches()
          ? Double.parseDouble(fraction.group(1)) / Double.parseDouble(fraction.group(2))
          : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw OctetException.usage(
          "bad-option", "--image-scale", "'" + text + "' is no factor", "such as 1 or 1/255");
    }
  }
}
