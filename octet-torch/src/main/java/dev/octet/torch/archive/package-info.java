/// Reading and writing .pt2 archives.
@NullMarked
package dev.octet.torch.archive;

import org.jspecify.annotations.NullMarked;
