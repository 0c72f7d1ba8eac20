/// Entry points for a coverage-guided fuzzer, one a kind of file that people hand in.
///
/// Each has the method that Jazzer calls, `fuzzerTestOneInput`, and needs nothing of Jazzer to be
/// compiled: `tools/fuzz` brings the driver and grows a corpus from the seeds in the resources
/// beside this package. Whatever the bytes, a target returns or has an
/// [dev.octet.diagnostic.OctetException] to catch; anything else is a finding. The findings that
/// were mended stay among the seeds, which [SeedsTest] replays in every build.
@NullMarked
package dev.octet.fuzz;

import org.jspecify.annotations.NullMarked;
