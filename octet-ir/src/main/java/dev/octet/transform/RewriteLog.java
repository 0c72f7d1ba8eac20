package dev.octet.transform;

import java.util.ArrayList;
import java.util.List;

/// Where a [ModelRewrite] says what it did and what it would not do.
public final class RewriteLog {
  private final String rewrite;
  private final List<PassReport.Firing> fired = new ArrayList<>();
  private final List<PassReport.Refusal> declined = new ArrayList<>();

  /// @param rewrite name of the rewrite that logs
  public RewriteLog(String rewrite) {
    this.rewrite = rewrite;
  }

  /// Notes a change.
  ///
  /// @param where node or tensor changed
  /// @param what the change in a few words
  public void applied(String where, String what) {
    fired.add(new PassReport.Firing(rewrite, where, what));
  }

  /// Notes a refusal.
  ///
  /// @param where node or tensor left as it is
  /// @param reason what stands in the way
  public void declined(String where, String reason) {
    declined.add(new PassReport.Refusal(rewrite, where, reason));
  }

  public List<PassReport.Firing> fired() {
    return List.copyOf(fired);
  }

  public List<PassReport.Refusal> declined() {
    return List.copyOf(declined);
  }
}
