/// Running an ATen graph on libtorch, operator by operator.
///
/// There is no table of operators here. An [dev.octet.libtorch.exec.Operator] is whatever
/// libtorch's dispatcher has registered under a name; its schema says how to box arguments and
/// which defaults to fill in, so every registered operator runs without code of ours. What libtorch
/// has not registered, because PyTorch defines it in Python, is composed in three short lists:
/// arithmetic on sizes, `quantized_decomposed`, and control flow over subgraphs.
///
/// A [dev.octet.libtorch.exec.GraphPlan] binds a graph once and runs it many times;
/// [dev.octet.libtorch.exec.LibtorchInterpreter] adds a program's weights and the names callers
/// know. Training and quantization run rewritten graphs through the same plan: calls keep autograd.
///
/// Native memory belongs to the innermost JavaCPP pointer scope. Every run opens one, values are
/// freed after their last use, and only copies on the Java heap leave it.
@NullMarked
package dev.octet.libtorch.exec;

import org.jspecify.annotations.NullMarked;
