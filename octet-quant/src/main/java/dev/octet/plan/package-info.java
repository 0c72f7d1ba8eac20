/// From a model, a scheme and ranges to an immutable plan. Nothing here edits a graph.
///
/// The pieces, in the order a user meets them:
///
/// 1. [QuantizationScheme] is what the user wants: a complete [Policy] for everything, and partial
///    policies laid over it for operator types, nodes and tensors.
/// 2. [QuantizationPlanner#needs] says which values have to be observed ([CalibrationNeeds]); a
///    calibrator answers with a [CalibrationTable].
/// 3. Each operator family's [OpQuantizer] says what it would do with one node: a [NodeDecision].
///    The standard families are one hand-written list, [StandardOperators].
/// 4. [QuantizationPlanner#plan] reconciles the decisions with each other and with the ranges into
///    a [QuantizationPlan]: per node what happens, per tensor its scales and zero points. The plan
///    prints as text, compares with another and has a stable hash.
///
/// Patterns address operators by type, tensors by name and nodes by name or position
/// ([NodeAddress]); what they come to for one model is [Policies]. Values and nodes inside bodies
/// of `If`, `Loop` and `Scan` are planned like any other and called by the way to them ([Places]).
/// Where tensors of different types meet, [TypeBorders] puts conversions; nothing does so unasked.
///
/// What a plan says can always be computed by ONNX Runtime, its optimizer included. Combinations of
/// types that this optimizer mistakes for others are refused with the scheme ([PolicyCheck]), or
/// the operators concerned stay in float ([Reach]); only float8 activations, which are planned
/// where every operator is asked for, need it switched off. What ONNX's own operators do not take
/// at the model's opset is written with ONNX Runtime's ([QdqForm.Domain]); an opset is never
/// changed.
///
/// An operator counts as *connected* when it reads codes and its result is wanted as codes. Where
/// integer arithmetic pays by itself (convolutions, matrix products) a node is quantized anyway;
/// everything else only where it is connected, because a lone integer element-wise operator costs
/// two conversions and an accuracy loss for nothing. [Coverage#EVERY_OPERATOR] turns that off.
///
/// [OutputFormat#DYNAMIC] takes a shorter way: nothing has to be calibrated or reconciled, so each
/// family's [DynamicQuantizer] (their list is [DynamicOperators]) is asked in order and what
/// products read is quantized where it is computed.
@NullMarked
package dev.octet.plan;

import org.jspecify.annotations.NullMarked;
