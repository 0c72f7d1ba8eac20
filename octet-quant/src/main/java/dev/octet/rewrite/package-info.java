/// From a plan to a quantized model.
@NullMarked
package dev.octet.rewrite;

import org.jspecify.annotations.NullMarked;
