/// What each command does, free of the command line: a request record in, a result record out, and
/// [dev.octet.flow.Stages] to hear how far it has come. Each flow is a run of the house's arrows
/// (read, prepare, calibrate, plan, rewrite, align, evaluate, write) and decides nothing itself.
@NullMarked
package dev.octet.flow;

import org.jspecify.annotations.NullMarked;
