package dev.octet.lint;

import java.util.List;

/// The rules of `octet lint`, in one list.
final class StandardRules {
  private static final List<LintRule> ALL =
      List.of(
          new RuntimeTooOld(),
          new BakedDimension(),
          new DynamicKernel(),
          new RunTimeQuantization(),
          new UnfoldedBatchNorm(),
          new OldOpset(),
          new NoIntegerKernel(),
          new FloatIsland(),
          new SymmetricAfterRelu(),
          new BiasOverflow(),
          new OutlierChannel(),
          new DeadChannel());

  private StandardRules() {}

  static List<LintRule> all() {
    return ALL;
  }
}
