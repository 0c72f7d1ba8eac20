package dev.octet.evaluate;

/// Accuracy of a model minus that of the first one, both on the same samples.
///
/// The interval is the normal approximation for paired differences: with `g` samples only this
/// model gets right, `l` only the first, of `n`, the change is `(g - l) / n` and its standard error
/// `sqrt(g + l - (g - l)² / n) / n` (Agresti, *Categorical Data Analysis*, section on matched
/// pairs).
///
/// @param points change in percentage points; negative when this model is worse
/// @param low lower end of the 95 % interval, in points
/// @param high upper end of the 95 % interval, in points
/// @param gained samples only this model gets right
/// @param lost samples only the first model gets right
/// @param pValue exact two-sided McNemar test that gains and losses are equally likely
public record AccuracyChange(
    double points, double low, double high, long gained, long lost, double pValue) {}
