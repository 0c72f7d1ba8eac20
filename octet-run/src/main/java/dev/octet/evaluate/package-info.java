/// Size, accuracy and latency of models, side by side.
@NullMarked
package dev.octet.evaluate;

import org.jspecify.annotations.NullMarked;
