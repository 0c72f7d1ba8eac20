package dev.octet.plan;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// The user's wishes: a complete policy for everything, and open policies laid over it in the order
/// defaults < operator type < node < tensor; within one scope a later layer wins. Immutable.
///
/// Patterns are globs (`*`, `?`). A node is addressed by its name, or by the name of its first
/// output where it has none; also by its position in its graph (`#12`, from 0) or among the
/// operators of its type (`Conv@3`), and inside a body by the way to it (`loop/conv`,
/// `#5/body#2`). An operator is addressed by its type (`Conv`, `com.microsoft.Gelu`).
///
/// @param defaults a policy with nothing left open but the range
/// @param layers what differs from it
/// @param coverage how far quantization reaches beyond convolutions and matrix products
/// @param format how integer arithmetic is written down
/// @param style how new things are named
public record QuantizationScheme(
    Policy defaults,
    List<Layer> layers,
    Coverage coverage,
    OutputFormat format,
    OutputStyle style) {
  public QuantizationScheme {
    layers = List.copyOf(layers);
  }

  /// What a layer's pattern is matched with.
  public enum Scope {
    OP_TYPE("operator type"),
    NODE("node"),
    TENSOR("tensor");

    private final String label;

    Scope(String label) {
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  /// A policy for part of the model.
  public record Layer(Scope scope, String pattern, Policy policy) {
    boolean matches(String name) {
      return new Glob(pattern).matches(name);
    }
  }

  /// The standard scheme: see [Policy#STANDARD].
  public static QuantizationScheme standard() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /// This scheme with other layers over the same defaults.
  public QuantizationScheme withLayers(List<Layer> other) {
    return new QuantizationScheme(defaults, other, coverage, format, style);
  }

  /// This scheme with choices laid over its defaults.
  ///
  /// @throws OctetException (USAGE) listing everything that contradicts itself
  public QuantizationScheme withDefaults(Policy policy) {
    return builder()
        .defaults(policy.over(defaults))
        .layers(layers)
        .coverage(coverage)
        .format(format)
        .style(style)
        .build();
  }

  /// The policy for a node's own choices (weights, treatment), complete but for the range.
  public Policy forNode(Node node) {
    Policy policy = defaults;
    policy = layered(policy, Scope.OP_TYPE, opType(node));
    return layered(policy, Scope.NODE, label(node));
  }

  /// The policy for one tensor: that of the node it belongs to (its producer for an activation, its
  /// reader for a weight) with the tensor's own layers on top.
  ///
  /// @param base what [#forNode] gives, or [#defaults] for a graph input
  public Policy forTensor(Policy base, String tensor) {
    return layered(base, Scope.TENSOR, tensor);
  }

  /// How patterns address an operator.
  public static String opType(Node node) {
    return node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType();
  }

  /// How patterns and plans address a node: its name, or that of its first output.
  public static String label(Node node) {
    if (!node.name().isEmpty()) {
      return node.name();
    }
    return node.outputs().stream()
        .filter(Objects::nonNull)
        .findFirst()
        .map(value -> value.name())
        .orElse(node.opType());
  }

  /// Checks the patterns against a model: each must match something, or the user meant another
  /// name.
  ///
  /// @throws OctetException (USAGE) listing every pattern that matches nothing, with near matches
  public void requireMatches(Model model) {
    new Policies(this, Places.of(model));
  }

  private Policy layered(Policy below, Scope scope, String name) {
    Policy policy = below;
    for (Layer layer : layers) {
      if (layer.scope == scope && layer.matches(name)) {
        policy = layer.policy.over(policy);
      }
    }
    return policy;
  }

  /// Collects choices; [#build] reports every mistake at once.
  public static final class Builder {
    private Policy defaults = Policy.STANDARD;
    private final List<Layer> layers = new ArrayList<>();
    private final List<String> onlyOpTypes = new ArrayList<>();
    private final List<String> onlyNodes = new ArrayList<>();
    private Coverage coverage = Coverage.CONNECTED;
    private OutputFormat format = OutputFormat.QDQ;
    private OutputStyle style = OutputStyle.COMPACT;

    private Builder() {}

    /// Lays choices over the standard policy, or over what was laid over it before.
    public Builder defaults(Policy policy) {
      defaults = policy.over(defaults);
      return this;
    }

    public Builder forOpType(String glob, Policy policy) {
      layers.add(new Layer(Scope.OP_TYPE, glob, policy));
      return this;
    }

    public Builder forNode(String glob, Policy policy) {
      layers.add(new Layer(Scope.NODE, glob, policy));
      return this;
    }

    public Builder forTensor(String glob, Policy policy) {
      layers.add(new Layer(Scope.TENSOR, glob, policy));
      return this;
    }

    /// Lays policies over what was said before, in order.
    public Builder layers(List<Layer> more) {
      layers.addAll(more);
      return this;
    }

    /// Quantizes no operator but these types; may be called again to add more.
    public Builder onlyOpTypes(List<String> globs) {
      onlyOpTypes.addAll(globs);
      return this;
    }

    /// Keeps these operator types in float.
    public Builder exceptOpTypes(List<String> globs) {
      globs.forEach(glob -> forOpType(glob, Policy.IN_FLOAT));
      return this;
    }

    /// Quantizes no node but these; may be called again to add more.
    public Builder onlyNodes(List<String> globs) {
      onlyNodes.addAll(globs);
      return this;
    }

    /// Keeps these nodes in float.
    public Builder exceptNodes(List<String> globs) {
      globs.forEach(glob -> forNode(glob, Policy.IN_FLOAT));
      return this;
    }

    /// Keeps these tensors in float: what computes them gives floats, what reads them reads floats.
    public Builder exceptTensors(List<String> globs) {
      globs.forEach(glob -> forTensor(glob, Policy.IN_FLOAT));
      return this;
    }

    public Builder coverage(Coverage value) {
      coverage = value;
      return this;
    }

    public Builder format(OutputFormat value) {
      format = value;
      return this;
    }

    public Builder style(OutputStyle value) {
      style = value;
      return this;
    }

    /// The scheme.
    ///
    /// @throws OctetException (USAGE) listing everything that contradicts itself
    public QuantizationScheme build() {
      List<Layer> all = new ArrayList<>();
      addOnly(all, Scope.OP_TYPE, onlyOpTypes);
      addOnly(all, Scope.NODE, onlyNodes);
      all.addAll(layers);
      List<Diagnostic> found = new ArrayList<>();
      List<String> general = new ArrayList<>(PolicyCheck.mistakes(defaults));
      general.addAll(PolicyCheck.forTensorsOnly(defaults));
      general.addAll(FormatCheck.mistakes(format, defaults));
      for (String mistake : general) {
        found.add(Diagnostic.of("scheme-invalid", "default policy", mistake));
      }
      for (Layer layer : all) {
        String place = layer.scope + " pattern '" + layer.pattern + "'";
        if (layer.pattern.isBlank()) {
          found.add(Diagnostic.of("scheme-invalid", place, "the pattern is empty"));
        }
        List<String> mistakes = PolicyCheck.mistakes(layer.policy);
        if (mistakes.isEmpty()) {
          // A layer that is fine alone may contradict what lies below it.
          mistakes = new ArrayList<>(PolicyCheck.mistakes(layer.policy.over(defaults)));
          mistakes.removeAll(PolicyCheck.mistakes(defaults));
        }
        if (layer.scope != Scope.TENSOR) {
          mistakes = new ArrayList<>(mistakes);
          mistakes.addAll(PolicyCheck.forTensorsOnly(layer.policy));
        }
        mistakes = new ArrayList<>(mistakes);
        mistakes.addAll(FormatCheck.mistakes(format, layer.policy));
        for (String mistake : mistakes) {
          found.add(Diagnostic.of("scheme-invalid", place, mistake));
        }
      }
      for (String glob : onlyNodes) {
        if (layers.contains(new Layer(Scope.NODE, glob, Policy.IN_FLOAT))) {
          found.add(
              Diagnostic.of(
                  "scheme-invalid",
                  "node pattern '" + glob + "'",
                  "is both asked for and excepted"));
        }
      }
      if (!found.isEmpty()) {
        throw new OctetException(
            OctetException.Kind.USAGE,
            found.stream().distinct().collect(Collectors.toList()),
            null);
      }
      return new QuantizationScheme(defaults, all, coverage, format, style);
    }

    /// "Only these" is "nothing" with these laid over it.
    private static void addOnly(List<Layer> all, Scope scope, List<String> globs) {
      if (!globs.isEmpty()) {
        all.add(new Layer(scope, "*", Policy.IN_FLOAT));
        globs.forEach(glob -> all.add(new Layer(scope, glob, Policy.QUANTIZED)));
      }
    }
  }
}
