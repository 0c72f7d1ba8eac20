/// Results as text, JSON and HTML.
@NullMarked
package dev.octet.report;

import org.jspecify.annotations.NullMarked;
