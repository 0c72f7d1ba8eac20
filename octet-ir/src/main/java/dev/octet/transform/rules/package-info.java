/// The standard rewrites, one a file. [dev.octet.transform.rules.StandardPipelines] lists them in
/// order.
///
/// What they have in common: a rule looks outward from one node, asks only what values state
/// (types, shapes, constants), and gives every value it makes a type, so that later rules can ask
/// in turn. Weights are never copied unless their numbers change. `DequantizeLinear` and
/// `QuantizeLinear` of constants are never folded: a quantized weight must stay one.
@NullMarked
package dev.octet.transform.rules;

import org.jspecify.annotations.NullMarked;
