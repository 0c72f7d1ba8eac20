package dev.octet.ir.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// Lets the disk take what was written while the rest is still being copied, so that forcing
/// gigabytes at the end finds little left to do. Closing waits, and tells what went wrong.
final class EarlyFlush implements AutoCloseable {
  private static final long EVERY = 256L << 20;

  private final FileChannel channel;
  private @Nullable CompletableFuture<Void> running;
  private long waiting;

  EarlyFlush(FileChannel channel) {
    this.channel = channel;
  }

  /// Takes note of bytes written to the channel.
  void wrote(long bytes) throws IOException {
    waiting += bytes;
    if (waiting >= EVERY && (running == null || running.isDone())) {
      close();
      waiting = 0;
      CompletableFuture<Void> flush = new CompletableFuture<>();
      running = flush;
      Thread.ofPlatform()
          .daemon()
          .name("octet-flush")
          .start(
              () -> {
                try {
                  channel.force(false);
                  flush.complete(null);
                } catch (IOException e) {
                  flush.completeExceptionally(e);
                }
              });
    }
  }

  @Override
  public void close() throws IOException {
    CompletableFuture<Void> last = running;
    running = null;
    if (last == null) {
      return;
    }
    try {
      last.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException | CancellationException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while writing", e);
    }
  }
}
