package dev.octet.torch.export;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Every translator, by the operators it covers.
final class StandardTranslators {
  private static final List<AtenTranslator> ALL =
      List.of(
          new ConvTranslator(),
          new BatchNormTranslator(),
          new ElementwiseTranslator(),
          new PoolTranslator(),
          new AxisOrderTranslator(),
          new MatrixTranslator(),
          new GroupedProductTranslator(),
          new SoftmaxTranslator(),
          new SizeTranslator(),
          new ItemTranslator(),
          new IdentityTranslator(),
          new CastTranslator(),
          new QuantizeTranslator(),
          new DequantizeTranslator(),
          new QuantizationChoiceTranslator(),
          new FakeQuantizeTranslator(),
          new ArithmeticTranslator(),
          new CompositeTranslator(),
          new ActivationTranslator(),
          new ComparisonTranslator(),
          new SelectionTranslator(),
          new ReshapeTranslator(),
          new SlicingTranslator(),
          new JoinTranslator(),
          new ExpandTranslator(),
          new GatherTranslator(),
          new ReduceTranslator(),
          new CreationTranslator(),
          new NormTranslator(),
          new PadTranslator(),
          new AdaptivePoolTranslator(),
          new RecurrentTranslator(),
          new AttentionTranslator(),
          new ResizeTranslator(),
          new WeightNormTranslator(),
          new ControlFlowTranslator(),
          new ScatterTranslator(),
          new SortTranslator(),
          new SpecialFunctionTranslator(),
          new ProductTranslator(),
          new RearrangeTranslator(),
          new PatchTranslator(),
          new EmbeddingBagTranslator(),
          new LossTranslator(),
          new ClassLossTranslator(),
          new LikelihoodTranslator(),
          new MarginLossTranslator(),
          new RandomTranslator(),
          new WindowTranslator(),
          new DetectionTranslator(),
          new EquationTranslator(),
          new FactorizationTranslator(),
          new MatrixFunctionTranslator(),
          new QuantileTranslator(),
          new RunningTranslator(),
          new SearchTranslator(),
          new UniqueTranslator(),
          new CountingTranslator(),
          new RepeatTranslator(),
          new DiagonalTranslator(),
          new CombinationTranslator(),
          new DifferenceTranslator(),
          new CellTranslator(),
          new IntegerTranslator(),
          new PlacementTranslator(),
          new BesselTranslator(),
          new GammaTranslator(),
          new NormalQuantileTranslator(),
          new ConvGradientTranslator(),
          new PoolGradientTranslator(),
          new NormGradientTranslator(),
          new ActivationGradientTranslator(),
          new EmbeddingGradientTranslator(),
          new StorageTranslator());

  private static final Map<String, AtenTranslator> BY_OPERATOR = index(ALL);

  /// For calls that read or return complex numbers.
  private static final List<AtenTranslator> COMPLEX =
      List.of(
          new ComplexTranslator(),
          new ComplexFunctionTranslator(),
          new ComplexProductTranslator(BY_OPERATOR),
          new PartwiseTranslator(BY_OPERATOR),
          new FourierTranslator(),
          new SpectrogramTranslator());

  private static final Map<String, AtenTranslator> BY_COMPLEX_OPERATOR = index(COMPLEX);

  private StandardTranslators() {}

  /// Translators by operator without overload, such as `aten.conv1d`.
  static Map<String, AtenTranslator> byOperator() {
    return BY_OPERATOR;
  }

  /// Translators of calls on complex numbers, by operator without overload.
  static Map<String, AtenTranslator> onComplexNumbers() {
    return BY_COMPLEX_OPERATOR;
  }

  private static Map<String, AtenTranslator> index(List<AtenTranslator> translators) {
    Map<String, AtenTranslator> index = new HashMap<>();
    for (AtenTranslator translator : translators) {
      for (String operator : translator.operators()) {
        AtenTranslator other = index.put(operator, translator);
        if (other != null) {
          throw new IllegalStateException(
              "%s and %s both translate %s".formatted(translator, other, operator));
        }
      }
    }
    return index;
  }
}
