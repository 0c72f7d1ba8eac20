/// Running an ATen graph on libtorch, operator by operator.
@NullMarked
package dev.octet.libtorch.exec;

import org.jspecify.annotations.NullMarked;
