package dev.octet.transform.opset;

import dev.octet.ir.Node;
import dev.octet.transform.RewriteContext;
import dev.octet.transform.RuleOutcome;
import java.util.List;

/// Opset 9 took the batch axis and the sequence lengths from `Scan`.
final class ScanWithoutBatch implements OpsetStep {

  @Override
  public List<String> operators() {
    return List.of("Scan");
  }

  @Override
  public int opset() {
    return 9;
  }

  @Override
  public RuleOutcome apply(Node node, RewriteContext context) {

    return RuleOutcome.declined("it scans each element of a batch on its own", node);
  }
}
