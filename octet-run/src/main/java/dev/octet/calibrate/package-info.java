/// From a model and samples to statistics and ranges.
@NullMarked
package dev.octet.calibrate;

import org.jspecify.annotations.NullMarked;
