package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.runtime.TensorSpec;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/// A model's one input as a place for pictures: float or uint8, `[batch,C,H,W]` or `[batch,H,W,C]`.
final class ImageInput {
  private static final float GREY = 114;

  private final TensorSpec input;
  private final ImagePreparation preparation;
  private final ImagePreparation.Layout layout;
  private final ImagePreparation.Size size;

  private ImageInput(
      TensorSpec input,
      ImagePreparation preparation,
      ImagePreparation.Layout layout,
      ImagePreparation.Size size) {
    this.input = input;
    this.preparation = preparation;
    this.layout = layout;
    this.size = size;
  }

  /// @throws OctetException `USAGE` when the inputs are not for one picture, or what is declared
  ///     does not fit them
  static ImageInput of(List<TensorSpec> inputs, ImagePreparation preparation) {
    TensorSpec input = inputs.getFirst();
    Shape shape = input.shape();
    boolean typed = input.dataType() == DataType.FLOAT || input.dataType() == DataType.UINT8;
    if (inputs.size() != 1 || !typed || shape.rank() != 4 || !may(shape, 0, 1)) {
      throw unfit(
          "pictures go into one input of floats or bytes shaped [batch,C,H,W] or [batch,H,W,C]; the"
              + " model has "
              + inputs,
          "give samples as .npy or .npz arrays");
    }
    int channels = preparation.channels().count();
    boolean first = may(shape, 1, channels);
    boolean last = may(shape, 3, channels);
    ImagePreparation.Layout layout =
        preparation
            .layout()
            .orElse(first || !last ? ImagePreparation.Layout.NCHW : ImagePreparation.Layout.NHWC);
    boolean channelsFirst = layout == ImagePreparation.Layout.NCHW;
    if (!(channelsFirst ? first : last)) {
      throw unfit(
          "the model's input " + input + " does not take " + channels + " channels as " + layout,
          first || last
              ? "the layout is " + (first ? "NCHW" : "NHWC")
              : "declare other channels: one (GRAY) or three (RGB, BGR)");
    }
    int heightAxis = channelsFirst ? 2 : 1;
    ImagePreparation.Size size = preparation.size().orElseGet(() -> size(input, heightAxis));
    if (!may(shape, heightAxis, size.height()) || !may(shape, heightAxis + 1, size.width())) {
      throw unfit(
          "the model's input " + input + " does not take pictures of " + size + " as " + layout,
          "declare the size and layout it takes, or none");
    }
    return new ImageInput(input, preparation, layout, size);
  }

  String name() {
    return input.name();
  }

  /// The picture as the model takes it.
  DenseTensor tensor(BufferedImage picture) {
    int channels = preparation.channels().count();
    float[][] planes = new float[channels][];
    for (int channel = 0; channel < channels; channel++) {
      planes[channel] = fitted(picture, channel);
    }
    int pixels = size.width() * size.height();
    boolean channelsFirst = layout == ImagePreparation.Layout.NCHW;
    long[] dims =
        channelsFirst
            ? new long[] {1, channels, size.height(), size.width()}
            : new long[] {1, size.height(), size.width(), channels};
    float[] values = new float[channels * pixels];
    byte[] bytes = new byte[input.dataType() == DataType.UINT8 ? values.length : 0];
    for (int channel = 0; channel < channels; channel++) {
      double mean = preparation.mean(channel);
      double std = preparation.std(channel);
      for (int i = 0; i < pixels; i++) {
        int at = channelsFirst ? channel * pixels + i : i * channels + channel;
        float value = planes[channel][i];
        if (bytes.length > 0) {
          bytes[at] = (byte) Math.clamp((int) Math.rint(value), 0, 255);
        } else {
          values[at] = (float) ((value * preparation.scale() - mean) / std);
        }
      }
    }
    return bytes.length > 0
        ? DenseTensor.ofBytes(DataType.UINT8, bytes, dims)
        : DenseTensor.ofFloats(values, dims);
  }

  /// One channel, 0 to 255, row by row, at the model's size.
  private float[] fitted(BufferedImage picture, int channel) {
    double byWidth = (double) size.width() / picture.getWidth();
    double byHeight = (double) size.height() / picture.getHeight();
    double factor =
        switch (preparation.fit()) {
          case STRETCH -> 0;
          case LETTERBOX -> Math.min(byWidth, byHeight);
          case CROP -> Math.max(byWidth, byHeight);
        };
    int width = factor == 0 ? size.width() : scaled(picture.getWidth(), factor);
    int height = factor == 0 ? size.height() : scaled(picture.getHeight(), factor);
    float[] resized =
        Bilinear.resized(
            plane(picture, channel), picture.getWidth(), picture.getHeight(), width, height);
    if (width == size.width() && height == size.height()) {
      return resized;
    }
    int left = Math.max(0, (width - size.width()) / 2);
    int top = Math.max(0, (height - size.height()) / 2);
    float[] placed = new float[size.width() * size.height()];
    Arrays.fill(placed, GREY);
    for (int y = 0; y < Math.min(height, size.height()); y++) {
      System.arraycopy(
          resized,
          (y + top) * width + left,
          placed,
          y * size.width(),
          Math.min(width, size.width()));
    }
    return placed;
  }

  private float[] plane(BufferedImage picture, int channel) {
    int[] pixels =
        picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
    float[] plane = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      int red = (pixels[i] >> 16) & 255;
      int green = (pixels[i] >> 8) & 255;
      int blue = pixels[i] & 255;
      plane[i] =
          switch (preparation.channels()) {
            case RGB -> channel == 0 ? red : channel == 1 ? green : blue;
            case BGR -> channel == 0 ? blue : channel == 1 ? green : red;
            case GRAY -> 0.299f * red + 0.587f * green + 0.114f * blue;
          };
    }
    return plane;
  }

  private static int scaled(int length, double factor) {
    return Math.max(1, (int) Math.rint(length * factor));
  }

  private static ImagePreparation.Size size(TensorSpec input, int heightAxis) {
    if (input.shape().dim(heightAxis) instanceof Dim.Known(long height)
        && input.shape().dim(heightAxis + 1) instanceof Dim.Known(long width)) {
      return new ImagePreparation.Size(Math.toIntExact(width), Math.toIntExact(height));
    }
    throw unfit(
        "the model's input " + input + " takes pictures of any size",
        "declare the size to calibrate with, such as 224x224");
  }

  private static boolean may(Shape shape, int axis, long size) {
    return !(shape.dim(axis) instanceof Dim.Known(long known)) || known == size;
  }

  private static OctetException unfit(String message, String hint) {
    return OctetException.usage("input-not-image", "samples", message, hint);
  }
}
