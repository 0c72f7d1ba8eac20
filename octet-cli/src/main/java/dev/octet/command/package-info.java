/// The command line: one class a subcommand.
@NullMarked
package dev.octet.command;

import org.jspecify.annotations.NullMarked;
