/// Structural checks of a model.
@NullMarked
package dev.octet.ir.check;

import org.jspecify.annotations.NullMarked;
