package dev.octet.align.layers;

/// What a branch or body computes that was not compared, and why: it was not run, or cannot be
/// looked into.
///
/// @param body of the other model
/// @param values with a counterpart in the reference
/// @param reason in words for the user
public record UnseenBody(Place.Body body, int values, String reason) {
  @Override
  public String toString() {
    return "%,d inside %s: %s".formatted(values, body, reason);
  }
}
