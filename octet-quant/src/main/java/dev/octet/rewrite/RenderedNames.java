package dev.octet.rewrite;

/// Names of what a rendering adds. All are wishes: the editor makes them unique.
///
/// A *stem* is the plan key of the tensor concerned: usually the float value's name.
sealed interface RenderedNames permits CompactNames, PeerNames {
  /// Whether the dequantized form of an activation takes over the float value's name.
  boolean dequantizedTakesName();

  /// Whether equal scales and zero points are one initializer.
  boolean sharesParameters();

  /// Whether zero points that ONNX supplies by default are written all the same.
  boolean writesDefaultZeroPoints();

  /// The float value before quantization, once its own name is taken from it.
  String beforeQuantization(String stem);

  /// The codes of an activation.
  String activationCodes(String stem);

  /// The codes of a constant.
  String constantCodes(String stem);

  String scale(String stem);

  String zeroPoint(String stem);

  String biasScale(String stem);

  String biasZeroPoint(String stem);

  String dequantized(String stem);

  String dequantizedBias(String stem);

  /// Whether a conversion for some readers only starts from a dequantized form of its own, so that
  /// the pair of nodes in its middle has no other reader and runtimes can fuse it.
  default boolean separatesConversions() {
    return true;
  }

  /// The stem of the second pair of a converted activation.
  default String convertedStem(String stem) {
    return stem + "_convert";
  }

  default String convertedScale(String stem) {
    return scale(stem) + "_convert";
  }

  default String convertedZeroPoint(String stem) {
    return zeroPoint(stem) + "_convert";
  }

  /// Node names; empty for none.
  String quantizeNode(String stem);

  String dequantizeNode(String stem);
}
