package dev.octet.flow;

import dev.octet.calibrate.Calibration;
import dev.octet.calibrate.CalibrationOptions;
import dev.octet.calibrate.Calibrator;
import dev.octet.data.SampleSource;
import dev.octet.ir.Model;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Ranges of one model's values on one set of samples, observed when a scheme first asks for them.
final class ObservedRanges {
  private final Model model;
  private final SampleSource samples;
  private final Stages stages;
  private Calibration calibration;

  /// Observes in one pass what a scheme needs; other schemes that need no more share it.
  ObservedRanges(Model model, QuantizationScheme widest, SampleSource samples, Stages stages) {
    this.model = model;
    this.samples = samples;
    this.stages = stages;
    this.calibration = observe(QuantizationPlanner.needs(model, widest));
  }

  Model model() {
    return model;
  }

  /// The ranges a scheme needs.
  CalibrationTable table(QuantizationScheme scheme) {
    CalibrationNeeds needs = QuantizationPlanner.needs(model, scheme);
    if (!calibration.collectors().keySet().containsAll(needs.values())) {
      calibration = observe(needs);
    }
    return calibration.table(needs);
  }

  /// Sees to it that the ranges of all these schemes come from one more pass at most.
  void foresee(Collection<QuantizationScheme> schemes) {
    Map<String, CalibrationNeeds.Need> all = new LinkedHashMap<>();
    for (QuantizationScheme scheme : schemes) {
      QuantizationPlanner.needs(model, scheme)
          .needs()
          .forEach(need -> all.putIfAbsent(need.value(), need));
    }
    if (!calibration.collectors().keySet().containsAll(all.keySet())) {
      calibration = observe(new CalibrationNeeds(new ArrayList<>(List.copyOf(all.values()))));
    }
  }

  private Calibration observe(CalibrationNeeds needs) {
    return Calibrator.observe(
        model,
        "the float model",
        needs,
        samples,
        CalibrationOptions.builder().looking(CalibrationOptions.Looking.ENOUGH).build(),
        stages.begin("calibrating"));
  }
}
