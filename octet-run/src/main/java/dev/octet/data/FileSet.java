package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// The files of a folder or of a zip archive, read without unpacking.
///
/// Hidden files and folders, and those that macOS adds to archives, are left out.
sealed interface FileSet {
  /// The folder or archive itself.
  Path root();

  /// Paths below [#root()] with `/` between their parts, sorted.
  List<String> names();

  /// A way to the contents; to be closed.
  Opened open();

  /// What messages call one of the files.
  String place(String name);

  /// A set of files being read. Safe for several threads.
  interface Opened extends AutoCloseable {
    /// Contents of one of [FileSet#names()].
    InputStream stream(String name) throws IOException;

    @Override
    void close();
  }

  /// Lists a folder, with what is below it, or a zip archive.
  ///
  /// @throws OctetException `BAD_INPUT` when it cannot be read
  static FileSet of(Path root) {
    return Files.isDirectory(root) ? Folder.list(root) : Zip.list(root);
  }

  /// Reads one file whole.
  ///
  /// @param limit bytes it may have unpacked; more are refused, whatever its header claims
  default byte[] bytes(Opened opened, String name, int limit) {
    try (InputStream stream = opened.stream(name)) {
      byte[] bytes = stream.readNBytes(limit);
      if (stream.read() != -1) {
        throw OctetException.badInput(
            "file-too-large",
            place(name),
            "is larger than " + limit + " bytes",
            "samples of such a size are not read");
      }
      return bytes;
    } catch (IOException cause) {
      throw unreadable(place(name), cause);
    }
  }

  /// Whether a path is one of those to leave out.
  private static boolean hidden(String name) {
    return Arrays.stream(name.split("/"))
        .anyMatch(part -> part.startsWith(".") || part.equals("__MACOSX"));
  }

  private static OctetException unreadable(String place, Exception cause) {
    return OctetException.badInput(
        "not-readable", place, "cannot be read: " + cause.getMessage(), "", cause);
  }

  /// A folder.
  record Folder(Path root, List<String> names) implements FileSet {
    private static final int MAX_DEPTH = 16;

    static Folder list(Path root) {
      try (Stream<Path> files = Files.walk(root, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
        return new Folder(
            root,
            files
                .filter(Files::isRegularFile)
                .map(file -> root.relativize(file).toString().replace('\\', '/'))
                .filter(name -> !hidden(name))
                .sorted()
                .toList());
      } catch (IOException | UncheckedIOException cause) {
        throw unreadable(root.toString(), cause);
      }
    }

    @Override
    public String place(String name) {
      return root.resolve(name).toString();
    }

    @Override
    public Opened open() {
      return new Opened() {
        @Override
        public InputStream stream(String name) throws IOException {
          return Files.newInputStream(root.resolve(name));
        }

        @Override
        public void close() {}
      };
    }
  }

  /// A zip archive.
  record Zip(Path root, List<String> names) implements FileSet {

    static Zip list(Path root) {
      try (ZipFile zip = new ZipFile(root.toFile(), StandardCharsets.UTF_8)) {
        return new Zip(
            root,
            zip.stream()
                .filter(entry -> !entry.isDirectory())
                .map(ZipEntry::getName)
                .filter(name -> !hidden(name))
                .sorted()
                .toList());
      } catch (IOException | IllegalArgumentException cause) {
        throw OctetException.badInput(
            "not-a-zip",
            root.toString(),
            "is no zip archive, or is cut short: " + cause.getMessage(),
            "",
            cause);
      }
    }

    @Override
    public String place(String name) {
      return root + "!/" + name;
    }

    @Override
    public Opened open() {
      ZipFile zip;
      try {
        zip = new ZipFile(root.toFile(), StandardCharsets.UTF_8);
      } catch (IOException cause) {
        throw unreadable(root.toString(), cause);
      }
      return new Opened() {
        @Override
        public InputStream stream(String name) throws IOException {
          ZipEntry entry = zip.getEntry(name);
          if (entry == null) {
            throw new FileNotFoundException("the archive changed while being read");
          }
          return zip.getInputStream(entry);
        }

        @Override
        public void close() {
          try {
            zip.close();
          } catch (IOException cause) {
            throw unreadable(root.toString(), cause);
          }
        }
      };
    }
  }
}
