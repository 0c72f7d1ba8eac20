/// Shape and type inference: one small rule per operator family.
@NullMarked
package dev.octet.ir.shape;

import org.jspecify.annotations.NullMarked;
