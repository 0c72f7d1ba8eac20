/// From ATen operators to ONNX nodes, one small class per operator family.
@NullMarked
package dev.octet.torch.export;

import org.jspecify.annotations.NullMarked;
