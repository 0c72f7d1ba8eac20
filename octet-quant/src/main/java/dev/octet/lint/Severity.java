package dev.octet.lint;

/// How bad a finding is, least first.
public enum Severity {
  /// Worth knowing; the model works.
  NOTE,
  /// Costs accuracy or speed, or fails on other inputs.
  WARNING,
  /// Will not run where it should, or computes wrong numbers.
  ERROR
}
