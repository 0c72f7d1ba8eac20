package dev.octet.flow;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/// Work that another core does until its result is asked for.
///
/// @param <T> what it results in
final class Meanwhile<T> {
  private final CompletableFuture<T> work;

  private Meanwhile(CompletableFuture<T> work) {
    this.work = work;
  }

  /// Begins. A process may end without waiting for it.
  static <T> Meanwhile<T> begin(Supplier<T> work) {
    return new Meanwhile<>(CompletableFuture.supplyAsync(work));
  }

  /// The result, waited for.
  ///
  /// @throws RuntimeException what the work failed with
  T result() {
    try {
      return work.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
  }
}
