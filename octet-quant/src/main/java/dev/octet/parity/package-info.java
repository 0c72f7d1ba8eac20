/// What `onnxruntime.quantization` 1.30.0 would plan, so that a Python script can be replaced
/// without its output changing.
///
/// [PeerOptions] mirrors the arguments of `quantize_static` and `quantize_dynamic`; [PeerPlanner]
/// answers with the same [dev.octet.plan.CalibrationNeeds] and
/// [dev.octet.plan.QuantizationPlan] that Octet's own planner makes, and the same renderers write
/// them down. Nothing here edits a graph.
///
/// A static plan in QDQ form is made as the peer makes it, because its result depends on the order:
///
/// 1. [PeerMarker] visits the nodes in order; each operator's [PeerRule] *marks* tensors in
///    [PeerMarks]: as an activation, as a weight, as a bias, or as sharing another's parameters.
///    What an operator does may depend on what earlier ones marked.
/// 2. [PeerGrids] computes the scales of everything marked, weights widened for their biases.
/// 3. [PeerQdqPlan] writes the plan.
///
/// A plan of integer operators ([PeerOperatorPlan]) or of dynamic ones ([PeerDynamicPlan]) is made
/// in one pass: what a node becomes depends on what is there as codes by then.
///
/// Where the peer is plainly wrong (a Gemm's `beta` applied twice, float16 scales that become 1, a
/// bias that unnamed nodes share) this package plans what is right: nobody's file gets better by
/// repeating it. `docs/parity.md` lists each such difference with its reason.
@NullMarked
package dev.octet.parity;

import org.jspecify.annotations.NullMarked;
