/// The standard rewrite rules, one a file.
@NullMarked
package dev.octet.transform.rules;

import org.jspecify.annotations.NullMarked;
