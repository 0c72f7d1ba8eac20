/// Training an ATen graph.
///
/// Training is a rewrite and the interpreter, nothing else:
/// [dev.octet.libtorch.train.TrainingGraph]
/// puts the graph into training mode, parameters become leaf tensors, the graph runs forward
/// operator by operator, and libtorch's autograd runs it backward. The result is the same program
/// with another state, so everything that reads a program reads a trained one.
///
/// Every target is a distribution over the classes: label smoothing, mixing of samples and a
/// teacher's answers only change what the distribution is, and the loss is always its cross-entropy
/// with the network's.
///
/// Samples are decoded once into native memory. Chance enters through one seeded generator (order,
/// augmentation, mixing) and libtorch's own (dropout), so the same seed and thread count give the
/// same weights.
@NullMarked
package dev.octet.libtorch.train;

import org.jspecify.annotations.NullMarked;
