/// What is in a model, and what differs between two. Records only; how they look is the report's
/// business, though each has a plain `lines()` form.
///
/// [ModelInspector] takes stock of one model: its interface, operators, constants — initializers
/// and `Constant` nodes told apart — and how much of its arithmetic runs on integers.
/// [TensorInspector] looks at one tensor, following `QuantizeLinear` and `DequantizeLinear` to its
/// scale and zero point.
///
/// [ModelDiff] pairs the weights and biases of two models by their place in the graph, whatever
/// they are called and however they are stored: float, dequantized in front of a float operator, or
/// taken as codes by an integer operator, whether the activations' scales are constants or those of
/// the moment; initializer or `Constant` node; transposed or not.
@NullMarked
package dev.octet.inspect;

import org.jspecify.annotations.NullMarked;
