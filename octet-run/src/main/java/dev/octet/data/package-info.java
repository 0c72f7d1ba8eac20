/// Sample sources: where inputs come from.
@NullMarked
package dev.octet.data;

import org.jspecify.annotations.NullMarked;
