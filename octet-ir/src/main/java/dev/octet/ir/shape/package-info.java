/// Shape and type inference: what every tensor of a model holds, before anything runs.
///
/// [dev.octet.ir.shape.ShapeInference] walks a model in execution order and asks one small
/// `ShapeRule` per operator family. A rule sees a `ShapeContext` (types, shapes and known small
/// integers of the node's inputs) and answers `Inferred` or `Unknown(reason)`; the walk merges
/// answers with what the model states (`StatedFacts`), and a stated fact always wins. Rules are
/// found by the operator's name in one hand-written list, `ShapeRules`.
///
/// Sizes that differ between runs stay symbols or exact expressions over them,
/// [dev.octet.ir.shape.DimExpression]. Small integer tensors are followed element by element, also
/// symbolically, so that the usual `Shape → Gather → Concat → Reshape` chains come out exact. Two
/// symbols that an operator forces to be one size become one (`SizeEqualities`), and the walk
/// starts again knowing it. A dimension that depends on data gets a symbol of its own (`FreshDims`)
/// and a reason in the [dev.octet.ir.shape.ShapeReport].
///
/// What is not so by necessity is assumed only when asked for
/// ([dev.octet.ir.shape.ShapeAssumptions],
/// kept by `Assumed`), told in the report, and given up again where it contradicts the model
/// (`TrialInference`).
///
/// Where no rule knows, [dev.octet.ir.shape.ShapeHints] from real runs may fill the rest; the
/// report lists each hint taken. Every operator is compared with onnx's own inference in
/// `OperatorGoldensTest`, and with what ONNX Runtime computes in `OperatorShapesTest`.
@NullMarked
package dev.octet.ir.shape;

import org.jspecify.annotations.NullMarked;
