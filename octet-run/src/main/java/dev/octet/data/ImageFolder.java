package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.runtime.TensorSpec;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/// Pictures (PNG, JPEG, BMP, GIF) in a folder or zip archive: `<label>/<name>.jpg`, or `<name>.jpg`
/// for unlabelled ones, prepared as [ImagePreparation] declares.
public final class ImageFolder implements SampleSource {
  private static final Pattern NAME = Pattern.compile(".*\\.(png|jpe?g|bmp|gif)");
  private static final int MAX_BYTES = 256 << 20;
  private static final long MAX_PIXELS = 1L << 26;

  private final LabelledFiles pictures;
  private final ImageInput input;

  private ImageFolder(LabelledFiles pictures, ImageInput input) {
    this.pictures = pictures;
    this.input = input;
  }

  /// Lists the pictures; none is read yet.
  ///
  /// @param root folder or zip archive
  /// @param inputs what the model takes: one input `[batch,C,H,W]` or `[batch,H,W,C]`
  /// @throws OctetException `BAD_INPUT` when there are no pictures, or a folder is missing from the
  ///     labels; `USAGE` when the model takes none, or none as declared
  public static ImageFolder open(Path root, List<TensorSpec> inputs, SampleOptions options) {
    return of(FileSet.of(root), inputs, options);
  }

  static ImageFolder of(FileSet files, List<TensorSpec> inputs, SampleOptions options) {
    ImageInput input = ImageInput.of(inputs, options.images());
    return new ImageFolder(
        LabelledFiles.of(
            files, ImageFolder::isImage, options.labels(), "picture", "<label>/<name>.jpg"),
        input);
  }

  @Override
  public List<String> labels() {
    return pictures.labels();
  }

  @Override
  public long size() {
    return pictures.entries().size();
  }

  @Override
  public Stream<Sample> samples() {
    return read(pictures.entries().stream());
  }

  @Override
  public Stream<Sample> samplesFrom(long first) {
    return read(pictures.entries().stream().skip(first));
  }

  @Override
  public Stream<Sample> samplesAt(BitSet positions) {
    return read(positions.stream().mapToObj(pictures.entries()::get));
  }

  @Override
  public int[] classes() {
    return pictures.classes();
  }

  static boolean isImage(String name) {
    return NAME.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  private Stream<Sample> read(Stream<LabelledFiles.Entry> chosen) {
    FileSet.Opened opened = pictures.files().open();
    return chosen.map(picture -> sample(opened, picture)).onClose(opened::close);
  }

  private Sample sample(FileSet.Opened opened, LabelledFiles.Entry picture) {
    FileSet files = pictures.files();
    String place = files.place(picture.name());
    BufferedImage image = decoded(files.bytes(opened, picture.name(), MAX_BYTES), place);
    return new Sample(place, Map.of(input.name(), input.tensor(image)), picture.label());
  }

  /// The decoders throw all kinds of exceptions at broken files.
  private static BufferedImage decoded(byte[] bytes, String place) {
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw bad(place, "is no picture of a known format", null);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
          throw bad(place, "has " + pixels + " pixels, more than are read", null);
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (OctetException refused) {
      throw refused;
    } catch (IOException | RuntimeException cause) {
      throw bad(place, "cannot be decoded: " + cause.getMessage(), cause);
    }
  }

  private static OctetException bad(String place, String message, @Nullable Exception cause) {
    String hint = "expected a PNG, JPEG, BMP or GIF file";
    return cause == null
        ? OctetException.badInput("picture-bad", place, message, hint)
        : OctetException.badInput("picture-bad", place, message, hint, cause);
  }
}
