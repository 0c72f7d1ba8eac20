/// Moving a model between opsets of `ai.onnx`.
///
/// [dev.octet.ir.schema.OperatorHistory] says in which opsets an operator's definition changed.
/// Most changes only allow more: types, negative axes, an optional input. A node crosses those as
/// it is. Where a change asks for another form of the same computation (an attribute became an
/// input, a default changed), an [dev.octet.transform.opset.OpsetStep] rewrites the node, one small
/// class a change or family of changes, listed in [dev.octet.transform.opset.OpsetSteps]. Where the
/// newer definition cannot say what the node means, the step declines with the reason, and the
/// whole conversion is refused with every such node named.
///
/// A model is converted opset by opset, so that a step only ever sees the form right before its
/// own.
///
/// Downwards there are no steps: [dev.octet.transform.opset.OpsetDescent] lets a model go that uses
/// nothing of what [dev.octet.ir.schema.OperatorAdditions] says came since.
@NullMarked
package dev.octet.transform.opset;

import org.jspecify.annotations.NullMarked;
