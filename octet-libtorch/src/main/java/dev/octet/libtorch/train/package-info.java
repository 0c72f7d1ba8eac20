/// Training an ATen graph.
///
/// Training is a rewrite and the interpreter, nothing else:
/// [dev.octet.libtorch.train.TrainingGraph]
/// puts the graph into training mode, parameters become leaf tensors, the graph runs forward
/// operator by operator, and libtorch's autograd runs it backward. The result is the same program
/// with another state, so everything that reads a program reads a trained one.
///
/// What is learned is an [dev.octet.libtorch.train.Objective]: labels, where every target is a
/// distribution over the classes that label smoothing, mixing of samples and a teacher's answers
/// only change; or a teacher's answers alone, for networks and samples of any kind.
///
/// Samples are decoded once into native memory. What happens by chance in a step (order,
/// augmentation, mixing, dropout) depends on the seed and the step's number and on nothing before
/// it, so the same seed and thread count give the same weights, whether training ran through or
/// went on from [dev.octet.libtorch.train.Checkpoints] that a stopped one had left.
@NullMarked
package dev.octet.libtorch.train;

import org.jspecify.annotations.NullMarked;
