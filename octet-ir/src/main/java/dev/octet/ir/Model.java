package dev.octet.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// A whole ONNX model: its main graph and what surrounds it. Read-only but for [#edit].
public final class Model {
  private final Graph graph;
  private final Names names = new Names();
  private final LinkedHashMap<String, Integer> opsets = new LinkedHashMap<>();
  private final LinkedHashMap<String, String> metadata = new LinkedHashMap<>();
  private ModelInfo info;
  private OpaqueFields extraFields = OpaqueFields.NONE;

  private Model(ModelInfo info, String graphName) {
    this.info = info;
    this.graph = new Graph(this, graphName);
  }

  /// An empty model that imports one opset of the default domain. Fill it through [#edit].
  ///
  /// @param info format version and provenance
  /// @param opset version of the default domain's operators
  /// @param graphName name of the main graph
  public static Model create(ModelInfo info, int opset, String graphName) {
    Model model = new Model(info, graphName);
    model.opsets.put("", opset);
    return model;
  }

  public Graph graph() {
    return graph;
  }

  /// The main graph and every subgraph, each before those inside it.
  public List<Graph> graphs() {
    List<Graph> graphs = new ArrayList<>();
    addWithInner(graph, graphs);
    return graphs;
  }

  /// Format version and provenance.
  public ModelInfo info() {
    return info;
  }

  /// Imported opset version by domain, in file order; the default domain is the empty string.
  public Map<String, Integer> opsets() {
    return Collections.unmodifiableMap(opsets);
  }

  /// The imported version of the default domain; empty when the model imports none.
  public OptionalInt opset() {
    Integer version = opsets.get("");
    return version == null ? OptionalInt.empty() : OptionalInt.of(version);
  }

  /// `metadata_props`: free text by key, in file order.
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /// `ModelProto` fields not interpreted here: functions, training info, doc string.
  public OpaqueFields extraFields() {
    return extraFields;
  }

  /// Runs `edits` on this model. Edits take effect one by one; one that would leave something
  /// dangling throws and changes nothing itself.
  ///
  /// @return what was changed
  public EditLog edit(Consumer<GraphEditor> edits) {
    GraphEditor editor = new GraphEditor(this);
    edits.accept(editor);
    return editor.close();
  }

  /// An independent model with the same content. Tensor data is shared, not copied.
  public Model copy() {
    return ModelCopy.of(this);
  }

  /// A model of its own that computes what `subgraph` does, on the same names. What the subgraph
  /// reads from the graphs around it follows its own inputs, constants excepted, which come along.
  /// Tensor data is shared, not copied.
  ///
  /// @param subgraph of this model
  public Model alone(Graph subgraph) {
    return ModelCopy.alone(this, subgraph);
  }

  Names names() {
    return names;
  }

  Map<String, Integer> mutableOpsets() {
    return opsets;
  }

  Map<String, String> mutableMetadata() {
    return metadata;
  }

  void setInfo(ModelInfo newInfo) {
    info = newInfo;
  }

  void setExtraFields(OpaqueFields fields) {
    extraFields = fields;
  }

  private static void addWithInner(Graph graph, List<Graph> graphs) {
    graphs.add(graph);
    for (Node node : graph.nodes()) {
      node.subgraphs().forEach(subgraph -> addWithInner(subgraph, graphs));
    }
  }
}
