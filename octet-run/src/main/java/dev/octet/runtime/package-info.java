/// Running models: named tensors in, named tensors out.
@NullMarked
package dev.octet.runtime;

import org.jspecify.annotations.NullMarked;
