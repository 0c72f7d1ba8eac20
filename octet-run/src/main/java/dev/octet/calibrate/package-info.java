/// From a model and samples to statistics and ranges.
///
/// The planner says what it needs to know ([dev.octet.plan.CalibrationNeeds]);
/// [dev.octet.calibrate.Calibrator] runs the samples and answers with a
/// [dev.octet.calibrate.Calibration], from which a [dev.octet.plan.CalibrationTable] is decided.
/// Observing and deciding are apart, so that one pass serves several methods. The values needed are
/// made outputs of a copy of the model; ONNX Runtime writes them into buffers that the collectors
/// read in place, batch after batch, and nothing else is kept.
///
/// A value that is NaN or infinite is refused with its name and the sample's: no range can hold it.
///
/// What was seen is data ([dev.octet.calibrate.SavedCalibration]) that merges exactly. So a run may
/// end and be gone on with ([dev.octet.calibrate.Checkpoint]), several processes may take a part
/// each ([dev.octet.calibrate.Shard]), and the result has the same bytes as that of one run.
/// [dev.octet.calibrate.CalibrationFile] keeps tables and statistics;
/// [dev.octet.calibrate.PeerCalibrationFile] and [dev.octet.calibrate.TensorRtTable] speak to other
/// tools.
@NullMarked
package dev.octet.calibrate;

import org.jspecify.annotations.NullMarked;
