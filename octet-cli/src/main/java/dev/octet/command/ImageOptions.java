package dev.octet.command;

import dev.octet.data.ImagePreparation;
import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
  private @Nullable String channels;

  @Option(
      names = "--image-fit",
      paramLabel = "FIT",
      description =
          "How pictures of other proportions are fitted: STRETCH, LETTERBOX (grey right and below)"
              + " or CROP (the middle). Default: STRETCH.")
  private @Nullable String fit;

  @Option(
      names = "--image-size",
      paramLabel = "WxH",
      description = "Size in pixels. Default: what the model's input says.")
  private @Nullable String size;

  @Option(
      names = "--image-layout",
      paramLabel = "LAYOUT",
      description = "NCHW or NHWC. Default: what the model's input says.")
  private @Nullable String layout;

  @Option(
      names = "--image-scale",
      paramLabel = "FACTOR",
      description =
          "Factor of the pixels, which are 0 to 255; then the mean is subtracted and the result"
              + " divided by the deviation. Default: 1/255.")
  private @Nullable String scale;

  @Option(
      names = "--image-mean",
      paramLabel = "M,...",
      description = "Mean, one number or one a channel. Default: 0.")
  private @Nullable String mean;

  @Option(
      names = "--image-std",
      paramLabel = "S,...",
      description = "Deviation, one number or one a channel. Default: 1.")
  private @Nullable String std;

  /// @throws OctetException (USAGE) with everything that is wrong about these options
  ImagePreparation preparation() {
    ImagePreparation.Builder chosen = ImagePreparation.builder();
    List<Diagnostic> found = new ArrayList<>();
    read("--image-channels", channels, word(ImagePreparation.Channels.class), found)
        .ifPresent(chosen::channels);
    read("--image-fit", fit, word(ImagePreparation.Fit.class), found).ifPresent(chosen::fit);
    read("--image-size", size, ImageOptions::size, found).ifPresent(chosen::size);
    read("--image-layout", layout, word(ImagePreparation.Layout.class), found)
        .ifPresent(chosen::layout);
    read("--image-scale", scale, ImageOptions::factor, found).ifPresent(chosen::scale);
    read("--image-mean", mean, ImageOptions::numbers, found).ifPresent(chosen::mean);
    read("--image-std", std, ImageOptions::numbers, found).ifPresent(chosen::std);
    ImagePreparation preparation = ImagePreparation.DEFAULT;
    try {
      preparation = chosen.build();
    } catch (IllegalArgumentException e) {
      found.add(
          Diagnostic.of("bad-option", "--image-mean, --image-std", String.valueOf(e.getMessage())));
    }
    if (!found.isEmpty()) {
      throw new OctetException(OctetException.Kind.USAGE, found, null);
    }
    return preparation;
  }

  /// A value as it was meant; empty where none was given, or it means nothing, which is noted.
  private static <T> Optional<T> read(
      String option, @Nullable String text, Function<String, T> meaning, List<Diagnostic> found) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(meaning.apply(text));
    } catch (IllegalArgumentException e) {
      found.add(
          new Diagnostic(
              "bad-option",
              option,
              "'" + text + "' means nothing here",
              String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }

  private static <E extends Enum<E>> Function<String, E> word(Class<E> words) {
    return text ->
        Arrays.stream(words.getEnumConstants())
            .filter(word -> word.name().equalsIgnoreCase(text))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "one of "
                            + Arrays.stream(words.getEnumConstants())
                                .map(Enum::name)
                                .collect(Collectors.joining(", "))));
  }

  private static ImagePreparation.Size size(String text) {
    Matcher sides = SIZE.matcher(text);
    if (!sides.matches()) {
      throw new IllegalArgumentException("a size such as 224x224");
    }
    return new ImagePreparation.Size(
        Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
  }

  private static double factor(String text) {
    Matcher fraction = FRACTION.matcher(text);
    double factor =
        fraction.matches() ? number(fraction.group(1)) / number(fraction.group(2)) : number(text);
    if (!Double.isFinite(factor) || factor == 0) {
      throw new IllegalArgumentException("a factor such as 1 or 1/255");
    }
    return factor;
  }

  private static List<Double> numbers(String text) {
    List<Double> numbers = Arrays.stream(text.split(",", -1)).map(ImageOptions::number).toList();
    if (!numbers.stream().allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("one number, or one a channel, such as 0.5,0.5,0.5");
    }
    return numbers;
  }

  /// Not a number where the text is none.
  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException none) {
      return Double.NaN;
    }
  }
}
