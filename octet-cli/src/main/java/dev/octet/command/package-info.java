/// The command line: one class a subcommand, each a thin shell around a function of
/// [dev.octet.flow]. A command reads its options, calls the flow, prints the result as text or
/// JSON, and returns one of [dev.octet.command.ExitCodes]. Nothing here computes anything a library
/// user could not have.
@NullMarked
package dev.octet.command;

import org.jspecify.annotations.NullMarked;
