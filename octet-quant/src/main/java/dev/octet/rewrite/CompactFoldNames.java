package dev.octet.rewrite;

import dev.octet.ir.Node;
import dev.octet.rewrite.qoperator.QOperatorFold;

/// Nodes and codes keep the names they have.
final class CompactFoldNames implements QOperatorFold.Names {
  @Override
  public String node(String floatName) {
    return floatName;
  }

  @Override
  public String codes(String name, Node node) {
    return name;
  }
}
