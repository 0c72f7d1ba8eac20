package dev.octet.command;

/// What the process returns; printed by `octet --help`.
public final class ExitCodes {
  /// Everything was done, and every verdict asked for was met.
  public static final int OK = 0;

  /// The input was fine, but the work could not be done.
  public static final int FAILURE = 1;

  /// The options contradict each other or name something that does not exist.
  public static final int USAGE = 2;

  /// The work was done, and its verdict is no: models differ, accuracy below the bar.
  public static final int VERDICT_NOT_MET = 3;

  /// A file or sample handed in is missing, broken or of the wrong form.
  public static final int BAD_INPUT = 4;

  private ExitCodes() {}
}
