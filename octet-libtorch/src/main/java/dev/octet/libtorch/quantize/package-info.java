/// Post-training and quantization-aware training on ATen graphs.
@NullMarked
package dev.octet.libtorch.quantize;

import org.jspecify.annotations.NullMarked;
