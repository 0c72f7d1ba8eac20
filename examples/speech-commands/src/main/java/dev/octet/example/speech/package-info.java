/// The worked example: M5 on spoken words.
@NullMarked
package dev.octet.example.speech;

import org.jspecify.annotations.NullMarked;
