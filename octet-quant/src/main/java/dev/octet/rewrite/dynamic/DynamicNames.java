package dev.octet.rewrite.dynamic;

/// Names of what a rendering adds. All are wishes: the editor makes them unique.
enum DynamicNames {
  /// One or two characters where a name means nothing to people; helper nodes get none.
  COMPACT {
    @Override
    String value(String descriptive, String brief) {
      return brief;
    }

    @Override
    String helper(String descriptive) {
      return "";
    }

    @Override
    String integer(String floatName) {
      return floatName;
    }
  },
  /// The names that `onnxruntime.quantization` gives.
  PEER {
    @Override
    String value(String descriptive, String brief) {
      return descriptive;
    }

    @Override
    String helper(String descriptive) {
      return descriptive;
    }

    @Override
    String integer(String floatName) {
      return floatName.isEmpty() ? "" : floatName + "_quant";
    }
  };

  /// Of a value.
  abstract String value(String descriptive, String brief);

  /// Of a node that the float model has nothing of.
  abstract String helper(String descriptive);

  /// Of the integer operator that stands for a float operator.
  abstract String integer(String floatName);
}
