package dev.octet.transform.opset;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Every change of definition that asks for another form, by the opset that brought it. Changes not
/// listed only allow more than before.
final class OpsetSteps {
  private static final List<OpsetStep> ALL =
      List.of(
          new BatchNormalizationByChannel(),
          new ScanWithoutBatch(),
          new UpsampleScalesToInput(),
          new DropoutMaskToBool(),
          new SliceBoundsToInputs(),
          new TopKCountToInput(),
          new UpsampleToResize(),
          new ClipBoundsToInputs(),
          new ConvTransposePadding(),
          new PadAmountsToInputs(),
          new ResizeCoordinates(),
          new ScatterToScatterElements(),
          new DropoutRatioToInput(),
          new AxesToInput(13, "ReduceSum", "Squeeze", "Unsqueeze"),
          new ResizeOptionalInputs(),
          new SoftmaxOverOneAxis(),
          new SplitSizesToInput(),
          new BatchNormalizationOutputs(),
          new RoiAlignCoordinates(),
          new AxesToInput(
              18,
              "ReduceL1",
              "ReduceL2",
              "ReduceLogSum",
              "ReduceLogSumExp",
              "ReduceMax",
              "ReduceMean",
              "ReduceMin",
              "ReduceProd",
              "ReduceSumSquare"),
          new SplitCount(),
          new DftAxisToInput(),
          new GridSampleModeNames(),
          new GroupNormalizationByChannel());

  private static final Map<String, OpsetStep> BY_CHANGE = byChange();

  private OpsetSteps() {}

  /// The step an operator takes into `opset`; empty when nodes cross as they are.
  static Optional<OpsetStep> find(String operator, int opset) {
    return Optional.ofNullable(BY_CHANGE.get(operator + " " + opset));
  }

  private static Map<String, OpsetStep> byChange() {
    Map<String, OpsetStep> steps = new HashMap<>();
    for (OpsetStep step : ALL) {
      for (String operator : step.operators()) {
        if (steps.put(operator + " " + step.opset(), step) != null) {
          throw new IllegalStateException("two steps of " + operator + " into " + step.opset());
        }
      }
    }
    return Map.copyOf(steps);
  }
}
