/// A small network for the tests of this module.
@NullMarked
package dev.octet.libtorch;

import org.jspecify.annotations.NullMarked;
