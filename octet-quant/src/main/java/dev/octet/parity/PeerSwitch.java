package dev.octet.parity;

import java.util.Arrays;
import java.util.Optional;

/// The peer's on-off options, all off by default. Each says how the peer calls it, exactly.
public enum PeerSwitch {
  /// A scale for each output channel of a weight.
  PER_CHANNEL("per_channel"),
  /// Weights use one bit less.
  REDUCE_RANGE("reduce_range"),
  /// Activation ranges are as long on both sides of 0; rectifiers stay.
  ACTIVATION_SYMMETRIC("ActivationSymmetric"),
  /// UINT8 activations have the zero point 0 or 128.
  ACTIVATION_RESTRICTED("ActivationRestrictedAsymmetric"),
  /// Nodes inside If, Loop and Scan bodies are quantized too; not in QDQ form.
  SUBGRAPHS("EnableSubgraph"),
  /// Operators that pass data on quantize their input where it comes in float.
  FORCE_QUANTIZE("ForceQuantizeNoInputCheck"),
  /// A MatMul is quantized only when its right operand is constant; not in QDQ form. On by default
  /// in dynamic form, which [PeerOptions#dynamic()] says.
  CONSTANT_MATMUL_ONLY("MatMulConstBOnly"),
  /// Weights stay in float behind a pair of quantizing nodes.
  PAIR_ON_WEIGHTS("AddQDQPairToWeight"),
  /// Each reader of an activation has a pair of quantizing nodes of its own.
  DEDICATED_PAIRS("DedicatedQDQPair"),
  /// Quantizing nodes are ONNX Runtime's own.
  CONTRIB_DOMAIN("UseQDQContribOps"),
  /// Rectifiers stay where the zero point could do their work.
  KEEP_RECTIFIERS("QDQKeepRemovableActivations"),
  /// Weight scales are not widened for large biases.
  KEEP_WEIGHT_SCALES("QDQDisableWeightAdjustForInt32Bias"),
  /// Observed ranges are widened to be as long on both sides of 0; unlike
  /// [#ACTIVATION_SYMMETRIC], their codes are not.
  SYMMETRIC_RANGES("CalibTensorRangeSymmetric"),
  /// The result of a QLinearSigmoid has the scale 1/256.
  SIGMOID_FOR_NNAPI("extra.Sigmoid.nnapi");

  private final String key;

  PeerSwitch(String key) {
    this.key = key;
  }

  /// The peer's name: an argument or a key of `extra_options`.
  public String key() {
    return key;
  }

  /// The switch the peer calls so.
  public static Optional<PeerSwitch> of(String key) {
    return Arrays.stream(values()).filter(value -> value.key.equals(key)).findFirst();
  }
}
