/// Shape and type inference: what every tensor of a model holds, before anything runs.
///
/// [dev.octet.ir.shape.ShapeInference] walks a model in execution order and asks one small
/// `ShapeRule` per operator family. A rule sees a `ShapeContext` (types, shapes and known small
/// integers of the node's inputs) and answers `Inferred` or `Unknown(reason)`; the walk merges
/// answers with what the model states, and a stated fact always wins. Rules are found by the
/// operator's name in one hand-written list, `ShapeRules`.
///
/// Sizes that differ between runs stay symbols or exact expressions over them,
/// [dev.octet.ir.shape.DimExpression]. Small integer tensors are followed element by element, also
/// symbolically, so that the usual `Shape → Gather → Concat → Reshape` chains come out exact. A
/// dimension that depends on data gets a symbol of its own and a reason in the
/// [dev.octet.ir.shape.ShapeReport].
@NullMarked
package dev.octet.ir.shape;

import org.jspecify.annotations.NullMarked;
