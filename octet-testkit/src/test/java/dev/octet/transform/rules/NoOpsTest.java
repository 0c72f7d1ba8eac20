package dev.octet.transform.rules;

import org.junit.jupiter.api.Test;

/// Rules that take out nodes which pass their input on.
class NoOpsTest {
  private static final String RELU_ONLY =
      """
      g (float[N,4,1] x) => (float[N,4,1] y) {
        y = Relu (x)
      }
      """;

  @Test
  void identity() {
    RuleTrial.of(new RemoveIdentity()).turns(between("h = Identity (a)"), twoRelus());
  }

  @Test
  void identityOfAnInputThatIsAnOutputStays() {
    RuleTrial.of(new RemoveIdentity())
        .declines("g (float[2] x) => (float[2] y) { y = Identity (x) }", "graph output");
  }

  @Test
  void theNameOfAGraphOutputMovesToWhatComputesIt() {
    RuleTrial.of(new RemoveIdentity())
        .turns(
            """
            g (float[N,4,1] x) => (float[N,4,1] y) {
              a = Relu (x)
              y = Identity (a)
            }
            """,
            RELU_ONLY);
  }

  @Test
  void dropout() {
    RuleTrial.of(new RemoveDropout()).turns(between("h, mask = Dropout (a)"), twoRelus());
  }

  @Test
  void dropoutWhoseMaskIsReadStays() {
    RuleTrial.of(new RemoveDropout())
        .declines(
            """
            g (float[4] x) => (float[4] y, bool[4] mask) {
              a = Relu (x)
              h, mask = Dropout (a)
              y = Relu (h)
            }
            """,
            "'mask' is read");
  }

  @Test
  void dropoutInTrainingStays() {
    RuleTrial.of(new RemoveDropout())
        .declines(
            """
            g (float[4] x) => (float[4] y) <float r = {0.5}, bool t = {1}> {
              h = Dropout (x, r, t)
              y = Relu (h)
            }
            """,
            "train");
  }

  @Test
  void expandAndTileToTheShapeThatIsThere() {
    String text =
        "g (float[N,4,1] x) => (float[N,4,1] y) <int64[3] by = {1, %d, 1}> { h = %s (x, by)\n"
            + " y = Relu (h) }";
    RuleTrial rule = RuleTrial.of(new RemoveNoOpExpand());
    rule.turns(text.formatted(4, "Expand"), RELU_ONLY);
    rule.turns(text.formatted(1, "Tile"), RELU_ONLY);
    rule.ignores(text.formatted(2, "Tile").replace("(float[N,4,1] y)", "(float[N,8,1] y)"));
  }

  @Test
  void castToTheSameType() {
    RuleTrial.of(new RemoveNoOpCast()).turns(between("h = Cast <to = 1> (a)"), twoRelus());
    RuleTrial.of(new RemoveNoOpCast())
        .ignores("g (float[2] x) => (int64[2] y) { y = Cast <to = 7> (x) }");
  }

  @Test
  void concatOfOne() {
    RuleTrial.of(new RemoveNoOpConcat()).turns(between("h = Concat <axis = 1> (a)"), twoRelus());
  }

  @Test
  void padOfNothing() {
    RuleTrial.of(new RemoveNoOpPad())
        .turns(
            between("p = Constant <value_ints = [0, 0, 0, 0, 0, 0]> ()\n h = Pad (a, p)"),
            twoRelus());
    RuleTrial.of(new RemoveNoOpPad())
        .ignores(
            """
            g (float[2] x) => (float[3] y) <int64[2] p = {0, 1}> {
              y = Pad (x, p)
            }
            """);
  }

  @Test
  void sliceOfEverything() {
    RuleTrial.of(new RemoveNoOpSlice())
        .turns(
            """
            g (float[2,4] x) => (float[2,4] y) <int64[1] z = {0}, int64[1] e = {9}, int64[1] a = {1}> {
              h = Slice (x, z, e, a)
              y = Relu (h)
            }
            """,
            "g (float[2,4] x) => (float[2,4] y) { y = Relu (x) }");
    RuleTrial.of(new RemoveNoOpSlice())
        .declines(
            """
            g (float[2,4] x) => (float[2,4] y)
            <int64[1] b = {-1}, int64[1] e = {-9}, int64[1] a = {1}, int64[1] back = {-1}> {
              h = Slice (x, b, e, a, back)
              y = Relu (h)
            }
            """,
            "turn an axis around");
  }

  @Test
  void transposeThatMovesNothing() {
    RuleTrial.of(new RemoveNoOpTranspose())
        .turns(between("h = Transpose <perm = [0, 1, 2]> (a)"), twoRelus());
  }

  @Test
  void reshapeToTheShapeThereIs() {
    RuleTrial.of(new RemoveNoOpReshape())
        .turns(
            between("t = Constant <value_ints = [-1, 4, 1]> ()\n h = Reshape (a, t)"), twoRelus());
    RuleTrial.of(new RemoveNoOpReshape())
        .ignores(
            """
            g (float[N,4,1] x) => (float[M,1,4] y) <int64[3] t = {-1, 1, 4}> {
              y = Reshape (x, t)
            }
            """);
  }

  @Test
  void reshapeOfUnknownShapeStays() {
    RuleTrial.of(new RemoveNoOpReshape())
        .declines(
            """
            g (float[] x) => (float[N,4] y) <int64[2] t = {-1, 4}> {
              y = Reshape (x, t)
            }
            """,
            "is not known");
  }

  @Test
  void poolOverOneElement() {
    for (String pool :
        new String[] {
          "AveragePool <kernel_shape = [1]> (a)",
          "MaxPool <kernel_shape = [1]> (a)",
          "AveragePool <kernel_shape = [1], strides = [3]> (a)",
          "GlobalAveragePool (a)",
          "GlobalMaxPool (a)"
        }) {
      RuleTrial.of(new RemoveUnitPool()).turns(between("h = " + pool), twoRelus());
    }
  }

  @Test
  void poolThatSkipsElementsStays() {
    RuleTrial.of(new RemoveUnitPool())
        .declines(
            """
            g (float[N,4,8] x) => (float[N,4,4] y) {
              y = MaxPool <kernel_shape = [1], strides = [2]> (x)
            }
            """,
            "skips");
  }

  @Test
  void poolThatPadsStays() {
    RuleTrial.of(new RemoveUnitPool())
        .declines(
            """
            g (float[N,4,8] x) => (float[N,4,10] y) {
              y = AveragePool <kernel_shape = [1], pads = [1, 1]> (x)
            }
            """,
            "pads");
  }

  private static String between(String nodes) {
    return """
    g (float[N,4,1] x) => (float[N,4,1] y) {
      a = Relu (x)
      %s
      y = Relu (h)
    }
    """
        .formatted(nodes);
  }

  private static String twoRelus() {
    return """
    g (float[N,4,1] x) => (float[N,4,1] y) {
      a = Relu (x)
      y = Relu (a)
    }
    """;
  }
}
