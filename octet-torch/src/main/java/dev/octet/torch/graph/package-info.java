/// The ATen graph of an exported program.
@NullMarked
package dev.octet.torch.graph;

import org.jspecify.annotations.NullMarked;
