/// What it takes to compare a PyTorch program with the ONNX model made from it, value by value:
/// which values denote the same ([dev.octet.libtorch.align.ProgramPairs]), and a view of the
/// program that the layer aligner can observe ([dev.octet.libtorch.align.ObservedProgram]).
///
/// A model that Octet exported says itself which value holds which of the program's, through
/// preparing and quantizing. One of `torch.onnx` carries notes on its nodes, which are believed
/// where name and operator agree. For every other value there is its place: Octet exports the
/// program once more and pairs the two models.
@NullMarked
package dev.octet.libtorch.align;

import org.jspecify.annotations.NullMarked;
