/// Making channels alike before they share a grid.
///
/// An activation has one scale for all its channels. Where one channel reaches 70 and another 0.7,
/// the second gets a hundredth of the codes. Between two linear layers with only channel-wise,
/// positively homogeneous operators in between (`f(s·x) = s·f(x)` for `s > 0`: Relu, pooling), the
/// channels can be rescaled: divide the first layer's output channel by `s`, multiply what the
/// second layer reads of it by `s`, and the network computes the same (Nagel et al., *Data-Free
/// Quantization Through Weight Equalization and Bias Correction*, arXiv 1906.04721; there the
/// factors come from the weights, here from the activations, since weights have a scale a channel
/// anyway).
///
/// Factors are powers of two, so that not one bit of the float results changes, barring overflow
/// and underflow. [ChannelFactors] serves programs of PyTorch too, whose paths are found here on
/// their exported models.
@NullMarked
package dev.octet.equalize;

import org.jspecify.annotations.NullMarked;
