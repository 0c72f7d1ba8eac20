/// Failures as data: every error a user can meet is an [dev.octet.diagnostic.OctetException]
/// carrying [dev.octet.diagnostic.Diagnostic]s that say what is wrong, where, and what to do.
/// An *expected* "no" (a rule that does not apply, a verdict not met) is a value, never one of
/// these.
@NullMarked
package dev.octet.diagnostic;

import org.jspecify.annotations.NullMarked;
