/// Quantized types and their arithmetic. Never imports the graph.
@NullMarked
package dev.octet.numeric;

import org.jspecify.annotations.NullMarked;
