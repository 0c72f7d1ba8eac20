/// Results as text, JSON and HTML.
///
/// A [dev.octet.report.Report] is a title and [dev.octet.report.Section]s: everything a reader will
/// see, already computed and worded. A [dev.octet.report.Renderer] lays it out and computes
/// nothing, so the three forms cannot disagree. Records whose JSON form is a documented interface
/// are printed by [dev.octet.report.Json] as they are.
@NullMarked
package dev.octet.report;

import org.jspecify.annotations.NullMarked;
