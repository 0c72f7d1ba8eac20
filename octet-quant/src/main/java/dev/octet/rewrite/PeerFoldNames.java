package dev.octet.rewrite;

import dev.octet.ir.Node;
import dev.octet.rewrite.qoperator.QOperatorFold;

/// Nodes as `onnxruntime.quantization` names them: `conv1_quant`. The parts of a `Split` lack the
/// underscore that other codes have.
final class PeerFoldNames implements QOperatorFold.Names {
  private static final String CODES = "_quantized";

  @Override
  public String node(String floatName) {
    return floatName + "_quant";
  }

  @Override
  public String codes(String name, Node node) {
    return node.is("Split") && name.endsWith(CODES)
        ? name.substring(0, name.length() - CODES.length()) + "quantized"
        : name;
  }
}
