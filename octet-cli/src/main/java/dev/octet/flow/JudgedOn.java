package dev.octet.flow;

/// What the samples that judge a quantized model are to those that chose its ranges.
public enum JudgedOn {
  /// They had no say in the model.
  HELD_BACK(" held back"),
  /// Calibration has not seen them, but they chose among ways of quantizing: there are too few for
  /// parts of their own, so the verdict may be kinder than other samples would be.
  CHOSEN(" held back, the same that chose the method: too few for parts of their own"),
  /// They are the same, so the verdict may be kinder than other samples would be.
  CALIBRATED(", the same that calibrated"),
  /// No sample chose a range: ranges came from a table, or come from each run.
  ANY("");

  private final String words;

  JudgedOn(String words) {
    this.words = words;
  }

  /// To follow "judged on N samples".
  String words() {
    return words;
  }
}
