package dev.octet.transform;

import dev.octet.ir.Model;

/// Result of a verified pipeline run.
///
/// @param model a copy of the model handed in, after every pass that was accepted
/// @param report what was done, and which passes or rules were rolled back
public record VerifiedRun(Model model, PipelineReport report) {}
