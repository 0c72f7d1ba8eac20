package dev.octet.rewrite;

/// Names of one or two characters where a name means nothing to people; constants keep theirs.
final class CompactNames implements RenderedNames {
  @Override
  public boolean dequantizedTakesName() {
    return true;
  }

  @Override
  public boolean sharesParameters() {
    return true;
  }

  @Override
  public boolean writesDefaultZeroPoints() {
    return false;
  }

  @Override
  public String beforeQuantization(String stem) {
    return "f";
  }

  @Override
  public String activationCodes(String stem) {
    return "q";
  }

  @Override
  public String constantCodes(String stem) {
    return stem;
  }

  @Override
  public String scale(String stem) {
    return "s";
  }

  @Override
  public String zeroPoint(String stem) {
    return "z";
  }

  @Override
  public String biasScale(String stem) {
    return "s";
  }

  @Override
  public String biasZeroPoint(String stem) {
    return "z";
  }

  @Override
  public String dequantized(String stem) {
    return "d";
  }

  @Override
  public String dequantizedBias(String stem) {
    return "d";
  }

  @Override
  public boolean separatesConversions() {
    return false;
  }

  @Override
  public String convertedScale(String stem) {
    return "s";
  }

  @Override
  public String convertedZeroPoint(String stem) {
    return "z";
  }

  @Override
  public String quantizeNode(String stem) {
    return "";
  }

  @Override
  public String dequantizeNode(String stem) {
    return "";
  }
}
