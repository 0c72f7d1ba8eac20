package dev.octet.command;

import dev.octet.flow.Stages;
import dev.octet.flow.TrainFlow;
import dev.octet.libtorch.train.EpochResult;
import dev.octet.libtorch.train.TrainingListener;
import dev.octet.runtime.Progress;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// Progress bars on standard error, one at a time; nothing at all where that is no terminal.
final class TerminalProgress implements Stages, AutoCloseable {
  private final AtomicReference<ProgressBar> current = new AtomicReference<>();
  private final boolean visible;

  private TerminalProgress(boolean visible) {
    this.visible = visible;
  }

  static TerminalProgress create() {
    boolean terminal = System.console() != null && System.console().isTerminal();
    return new TerminalProgress(terminal && System.getenv("CI") == null);
  }

  @Override
  public Progress begin(String stage) {
    if (!visible) {
      return Progress.NONE;
    }
    close();
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(stage)
            .setStyle(ProgressBarStyle.ASCII)
            .setInitialMax(1)
            .setUpdateIntervalMillis(200)
            .clearDisplayOnFinish()
            .build();
    current.set(bar);
    return (done, total) -> {
      bar.maxHint(total);
      bar.stepTo(done);
    };
  }

  /// Hears of epochs, and shows the latest beside the bar.
  TrainingListener epochs() {
    return new TrainingListener() {
      @Override
      public void epoch(EpochResult result) {
        ProgressBar bar = current.get();
        if (bar != null) {
          bar.setExtraMessage(
              String.format(Locale.ROOT, " epoch %d: %s", result.epoch(), TrainFlow.score(result)));
        }
      }
    };
  }

  @Override
  public void close() {
    ProgressBar bar = current.getAndSet(null);
    if (bar != null) {
      bar.close();
    }
  }
}
