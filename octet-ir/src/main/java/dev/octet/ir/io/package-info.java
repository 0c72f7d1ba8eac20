/// Files to models and back: protobuf, external data, text.
@NullMarked
package dev.octet.ir.io;

import org.jspecify.annotations.NullMarked;
