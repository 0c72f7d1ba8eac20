/// What the processor a model will run on means for its quantization.
///
/// [Target] is a closed list of processors with the two facts that matter to a plan: which type of
/// activation their integer kernels multiply with INT8 weights, and whether those kernels add two
/// products in 16 bits first, where they saturate. [CpuFeatures] tells which of them this machine
/// is. [Saturation] proves from the weights alone, output channel by output channel, which layers
/// cannot saturate, and gives the others 7-bit weights: a pure function from plan to plan.
///
/// The order in which a kernel pairs weights is that of ONNX Runtime's MLAS: adjacent steps of the
/// inner dimension, convolutions with channels innermost ([WeightOrder]).
@NullMarked
package dev.octet.target;

import org.jspecify.annotations.NullMarked;
