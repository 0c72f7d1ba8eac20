package dev.octet.ir.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file that appears complete or not at all: written to a sibling first, then moved. Closing
/// without [#commit()] leaves nothing behind. What the file was before stays readable for those who
/// have it open or mapped, and is only replaced by what is on disk: a new file has nothing to lose
/// and waits for no disk.
public final class AtomicFile implements AutoCloseable {
  /// As many as systems follow.
  private static final int MOST_LINKS = 40;

  private final Path target;
  private final Path draft;
  private final FileChannel channel;

  private AtomicFile(Path target, Path draft, FileChannel channel) {
    this.target = target;
    this.draft = draft;
    this.channel = channel;
  }

  /// @param path file to be written; a link is followed, so that it goes on being one
  public static AtomicFile open(Path path) throws IOException {
    return at(behindLinks(path));
  }

  /// As [#open], but a link is replaced: for files that have to be where they are called.
  static AtomicFile replacing(Path path) throws IOException {
    return at(path.toAbsolutePath());
  }

  /// Where a path leads: the file itself, which need not exist, in its real folder.
  ///
  /// @throws IOException when links lead in a circle, or to a folder that does not exist
  public static Path behindLinks(Path path) throws IOException {
    Path file = path.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == MOST_LINKS) {
        throw new FileSystemLoopException(path.toString());
      }
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    Path folder = file.getParent();
    return folder == null ? file : folder.toRealPath().resolve(file.getFileName());
  }

  private static AtomicFile at(Path target) throws IOException {
    for (int attempt = 0; ; attempt++) {
      Path draft = target.resolveSibling("." + target.getFileName() + "." + attempt + ".part");
      try {
        return new AtomicFile(
            target,
            draft,
            FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
      } catch (java.nio.file.FileAlreadyExistsException e) {
        if (attempt == 100) {
          throw e;
        }
      }
    }
  }

  /// Where to write.
  public FileChannel channel() {
    return channel;
  }

  /// Ends writing; the target is still what it was.
  void finish() throws IOException {
    if (channel.isOpen()) {
      if (Files.exists(target)) {
        channel.force(true);
      }
      channel.close();
    }
  }

  /// Puts what was written in the target's place.
  public void commit() throws IOException {
    finish();
    try {
      Files.move(
          draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /// Writes all of a file.
  ///
  /// @param path file to be written; a link is followed
  public static void write(Path path, byte[] content) throws IOException {
    try (AtomicFile file = open(path)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        file.channel.write(bytes);
      }
      file.commit();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(draft);
  }
}
