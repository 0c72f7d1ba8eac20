/// The standard rewrites, one a file. [dev.octet.transform.rules.StandardPipelines] lists them in
/// order.
///
/// What they have in common: a rule looks outward from one node, asks only what values state
/// (types, shapes, constants), and gives every value it makes a type, so that later rules can ask
/// in turn. Weights are never copied unless their numbers change. `DequantizeLinear` and
/// `QuantizeLinear` of constants are never folded: a quantized weight must stay one.
///
/// The three rules that recognize a formula as one operator of a newer opset are off until wanted,
/// and never raise the opset themselves. A formula is matched by what it computes where that is
/// cheap to say (`GatedPolynomial`), else step by step from its last node
/// backwards; its nodes go only together (`Fusion`).
@NullMarked
package dev.octet.transform.rules;

import org.jspecify.annotations.NullMarked;
