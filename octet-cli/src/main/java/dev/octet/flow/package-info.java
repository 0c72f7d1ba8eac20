/// What each command does, free of the command line: request in, result out.
@NullMarked
package dev.octet.flow;

import org.jspecify.annotations.NullMarked;
