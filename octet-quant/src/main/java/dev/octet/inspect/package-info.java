/// What is in a model, and what differs between two.
@NullMarked
package dev.octet.inspect;

import org.jspecify.annotations.NullMarked;
