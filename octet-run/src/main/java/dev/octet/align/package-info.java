/// How far two models' outputs agree.
@NullMarked
package dev.octet.align;

import org.jspecify.annotations.NullMarked;
