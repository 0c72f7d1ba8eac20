package dev.octet.parity;

import dev.octet.ir.Model;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.RealType;
import dev.octet.plan.BiasForm;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.OutputFormat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The arguments of `onnxruntime.quantization`'s `quantize_static` and `quantize_dynamic`, with the
/// peer's defaults. Immutable.
///
/// @param format `quant_format`, or dynamic
/// @param activationType `activation_type`; UINT8 in dynamic form
/// @param weightType `weight_type`
/// @param calibration `calibrate_method`
/// @param switches the on-off options that are on
/// @param weightSymmetric `WeightSymmetric`; null for what the type suggests
/// @param minimumRealRange `MinimumRealRange`, 0 for none
/// @param blockSize `BlockSize`, 0 for none
/// @param biases how biases are stored (`QuantizeBias`)
/// @param opTypes `op_types_to_quantize`; empty for all that the peer knows
/// @param nodes `nodes_to_quantize`, names; empty for all
/// @param excludedNodes `nodes_to_exclude`, names
/// @param withoutResults `OpTypesToExcludeOutputQuantization`
/// @param channelAxes `QDQOpTypePerChannelSupportToAxis`
/// @param overrides `TensorQuantOverrides`
/// @param defaultType `DefaultTensorType`: what values hold whose type nothing tells; null to leave
///     these in float. Not in QDQ form
public record PeerOptions(
    OutputFormat format,
    QuantType activationType,
    QuantType weightType,
    CalibrationMethod calibration,
    Set<PeerSwitch> switches,
    @Nullable Boolean weightSymmetric,
    double minimumRealRange,
    int blockSize,
    BiasForm biases,
    Set<String> opTypes,
    Set<String> nodes,
    Set<String> excludedNodes,
    Set<String> withoutResults,
    Map<String, Integer> channelAxes,
    Map<String, List<PeerOverride>> overrides,
    @Nullable RealType defaultType) {

  public PeerOptions {
    switches = Collections.unmodifiableSet(enumSet(switches));
    opTypes = Collections.unmodifiableSet(new LinkedHashSet<>(opTypes));
    nodes = Collections.unmodifiableSet(new LinkedHashSet<>(nodes));
    excludedNodes = Collections.unmodifiableSet(new LinkedHashSet<>(excludedNodes));
    withoutResults = Collections.unmodifiableSet(new LinkedHashSet<>(withoutResults));
    channelAxes = Collections.unmodifiableMap(new LinkedHashMap<>(channelAxes));
    Map<String, List<PeerOverride>> copies = new LinkedHashMap<>();
    overrides.forEach((tensor, entries) -> copies.put(tensor, List.copyOf(entries)));
    overrides = Collections.unmodifiableMap(copies);
  }

  /// `quantize_static` in QDQ form with INT8 activations and weights, the peer's defaults.
  public static Builder qdq() {
    return new Builder(OutputFormat.QDQ, QuantType.INT8);
  }

  /// `quantize_static` in QOperator form with INT8 activations and weights.
  public static Builder qoperator() {
    return new Builder(OutputFormat.QOPERATOR, QuantType.INT8);
  }

  /// `quantize_dynamic` with INT8 weights.
  public static Builder dynamic() {
    return new Builder(OutputFormat.DYNAMIC, QuantType.UINT8).with(PeerSwitch.CONSTANT_MATMUL_ONLY);
  }

  public boolean has(PeerSwitch option) {
    return switches.contains(option);
  }

  /// The opset the peer converts a model to before it quantizes it; empty when it leaves the model
  /// alone. The model a plan is made for must have been converted already.
  public OptionalInt neededOpset(Model model) {
    int opset = model.opset().orElse(0);
    int needed = opset < 10 ? 11 : opset;
    if (blockSize > 0 || usesType(2 * Byte.SIZE)) {
      needed = Math.max(needed, 21);
    } else if (weightType.isFloat()) {
      needed = Math.max(needed, 19);
    }
    return needed > opset ? OptionalInt.of(needed) : OptionalInt.empty();
  }

  /// Whether codes of so many bits are stored anywhere.
  boolean usesType(int bits) {
    return types().stream().anyMatch(type -> type.bits() == bits);
  }

  /// Whether an initializer of the type is covered symmetrically where nothing else is said.
  boolean isWeightSymmetric(QuantType type) {
    return weightSymmetric != null ? weightSymmetric : type.isSigned();
  }

  private List<QuantType> types() {
    List<QuantType> types = new ArrayList<>(List.of(activationType, weightType));
    for (List<PeerOverride> entries : overrides.values()) {
      for (PeerOverride entry : entries) {
        if (entry.type() != null) {
          types.add(entry.type());
        }
        if (entry.conversion() != null && entry.conversion().to().type() != null) {
          types.add(entry.conversion().to().type());
        }
      }
    }
    return types;
  }

  private static Set<PeerSwitch> enumSet(Collection<PeerSwitch> switches) {
    Set<PeerSwitch> set = EnumSet.noneOf(PeerSwitch.class);
    set.addAll(switches);
    return set;
  }

  /// Collects arguments.
  public static final class Builder {
    private final OutputFormat format;
    private QuantType activationType;
    private QuantType weightType = QuantType.INT8;
    private CalibrationMethod calibration = CalibrationMethod.minMax();
    private final Set<PeerSwitch> switches = EnumSet.noneOf(PeerSwitch.class);
    private @Nullable Boolean weightSymmetric;
    private double minimumRealRange;
    private int blockSize;
    private BiasForm biases = BiasForm.CODES;
    private final Set<String> opTypes = new LinkedHashSet<>();
    private final Set<String> nodes = new LinkedHashSet<>();
    private final Set<String> excludedNodes = new LinkedHashSet<>();
    private final Set<String> withoutResults = new LinkedHashSet<>();
    private final Map<String, Integer> channelAxes = new LinkedHashMap<>();
    private final Map<String, List<PeerOverride>> overrides = new LinkedHashMap<>();
    private @Nullable RealType defaultType;

    private Builder(OutputFormat format, QuantType activationType) {
      this.format = format;
      this.activationType = activationType;
    }

    public Builder activations(QuantType type) {
      activationType = type;
      return this;
    }

    public Builder weights(QuantType type) {
      weightType = type;
      return this;
    }

    public Builder calibration(CalibrationMethod method) {
      calibration = method;
      return this;
    }

    public Builder with(PeerSwitch option) {
      switches.add(option);
      return this;
    }

    public Builder without(PeerSwitch option) {
      switches.remove(option);
      return this;
    }

    public Builder weightSymmetric(boolean value) {
      weightSymmetric = value;
      return this;
    }

    public Builder minimumRealRange(double value) {
      minimumRealRange = value;
      return this;
    }

    public Builder blockSize(int value) {
      blockSize = value;
      return this;
    }

    public Builder biases(BiasForm value) {
      biases = value;
      return this;
    }

    public Builder opTypes(Collection<String> values) {
      opTypes.addAll(values);
      return this;
    }

    public Builder nodes(Collection<String> names) {
      nodes.addAll(names);
      return this;
    }

    public Builder excludeNodes(Collection<String> names) {
      excludedNodes.addAll(names);
      return this;
    }

    public Builder withoutResultsOf(Collection<String> operators) {
      withoutResults.addAll(operators);
      return this;
    }

    public Builder channelAxis(String opType, int axis) {
      channelAxes.put(opType, axis);
      return this;
    }

    public Builder override(String tensor, List<PeerOverride> entries) {
      overrides.put(tensor, entries);
      return this;
    }

    public Builder defaultType(RealType value) {
      defaultType = value;
      return this;
    }

    public PeerOptions build() {
      return new PeerOptions(
          format,
          activationType,
          weightType,
          calibration,
          switches,
          weightSymmetric,
          minimumRealRange,
          blockSize,
          biases,
          opTypes,
          nodes,
          excludedNodes,
          withoutResults,
          channelAxes,
          overrides,
          format == OutputFormat.QDQ ? null : defaultType);
    }
  }
}
