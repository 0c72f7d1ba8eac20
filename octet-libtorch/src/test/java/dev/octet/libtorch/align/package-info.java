@NullMarked
package dev.octet.libtorch.align;

import org.jspecify.annotations.NullMarked;
