/// From a model, a scheme and ranges to an immutable plan.
@NullMarked
package dev.octet.plan;

import org.jspecify.annotations.NullMarked;
