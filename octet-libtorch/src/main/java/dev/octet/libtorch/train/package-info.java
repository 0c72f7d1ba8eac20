/// Training an ATen graph.
@NullMarked
package dev.octet.libtorch.train;

import org.jspecify.annotations.NullMarked;
