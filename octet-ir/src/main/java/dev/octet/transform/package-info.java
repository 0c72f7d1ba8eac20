/// The pass engine: rules that apply, do not match, or decline with a reason.
@NullMarked
package dev.octet.transform;

import org.jspecify.annotations.NullMarked;
