"""Hand-made cases of make_shape_goldens.py: operators and old forms the backend tests leave out."""
import numpy as np
from onnx import TensorProto as T
from onnx import helper as h
from onnx import parser


def _case(name, text, **data):
    model = parser.parse_model(text)
    return "hand:" + name, model, [data.get(i.name) for i in model.graph.input]


def _op(name, opset, signature, body, **data):
    text = '<ir_version: 10, opset_import: ["" : %d, "com.microsoft" : 1, "ai.onnx.ml" : 3]>\n' % opset
    return _case(name, text + "g %s { %s }" % (signature, body), **data)


def cases():
    """(name, model, inputs) of each; the last node is the one under test."""
    i64 = lambda *v: np.array(v, np.int64)
    f32 = lambda *v: np.array(v, np.float32)
    yield _op("globallppool", 17, "(float[2,3,8,9] x) => (float[2,3,1,1] y)", "y = GlobalLpPool (x)")
    yield _op("maxroipool", 17, "(float[1,3,8,9] x, float[5,5] r) => (float[5,3,2,4] y)",
              "y = MaxRoiPool <pooled_shape = [2,4]> (x, r)")
    yield _op("multinomial", 17, "(float[3,4] x) => (int64[3,7] y)", "y = Multinomial <sample_size = 7, dtype = 7> (x)")
    yield _op("multinomial", 17, "(float[3,4] x) => (int32[3,1] y)", "y = Multinomial (x)")
    yield _op("randomnormal", 17, "() => (float[2,3] y)", "y = RandomNormal <shape = [2,3]> ()")
    yield _op("randomnormal", 17, "() => (double[2,3] y)", "y = RandomNormal <shape = [2,3], dtype = 11> ()")
    yield _op("randomuniform", 17, "() => (float[2,3] y)", "y = RandomUniform <shape = [2,3]> ()")
    yield _op("randomuniform", 17, "() => (float16[4] y)", "y = RandomUniform <shape = [4], dtype = 10> ()")
    for op in ("RandomNormalLike", "RandomUniformLike"):
        yield _op(op.lower(), 17, "(float[2,3] x) => (float[2,3] y)", "y = %s (x)" % op)
        yield _op(op.lower(), 17, "(int32[2,3] x) => (double[2,3] y)", "y = %s <dtype = 11> (x)" % op)
    # Sequences and optionals.
    yield _op("sequenceconstruct", 17, "(float[2,3] a, float[2,3] b) => (seq(float[2,3]) y)", "y = SequenceConstruct (a, b)")
    yield _op("sequenceconstruct", 17, "(float[2,3] a, float[4,3] b) => (seq(float[?,3]) y)", "y = SequenceConstruct (a, b)")
    yield _op("sequenceat", 17, "(float[2,3] a, float[4,3] b, int64 i) => (float[?,3] y)",
              "s = SequenceConstruct (a, b) y = SequenceAt (s, i)", i=np.array(0, np.int64))
    yield _op("sequenceerase", 17, "(float[2,3] a, float[2,3] b, int64 i) => (seq(float[2,3]) y)",
              "s = SequenceConstruct (a, b) y = SequenceErase (s, i)", i=np.array(0, np.int64))
    yield _op("concatfromsequence", 17, "(float[2,3] a, float[2,3] b) => (float[4,3] y)",
              "s = SequenceConstruct (a, b) y = ConcatFromSequence <axis = 0> (s)")
    yield _op("concatfromsequence", 17, "(float[2,3] a, float[2,3] b) => (float[2,3,2] y)",
              "s = SequenceConstruct (a, b) y = ConcatFromSequence <axis = -1, new_axis = 1> (s)")
    yield _op("sequenceinsert", 17, "(float[2,3] a, float[2,3] b) => (seq(float[2,3]) y)",
              "s = SequenceConstruct (a) y = SequenceInsert (s, b)")
    yield _op("sequencelength", 17, "(float[2,3] a) => (int64 y)", "s = SequenceConstruct (a) y = SequenceLength (s)")
    yield _op("splittosequence", 17, "(float[6,3] a) => (seq(float[1,3]) y)", "y = SplitToSequence (a)")
    yield _op("splittosequence", 17, "(float[6,3] a) => (seq(float[3]) y)", "y = SplitToSequence <keepdims = 0> (a)")
    yield _op("splittosequence", 17, "(float[6,3] a, int64 n) => (seq(float[2,3]) y)", "y = SplitToSequence (a, n)",
              n=np.array(2, np.int64))
    yield _op("splittosequence", 17, "(float[6,3] a, int64[2] n) => (seq(float[?,3]) y)", "y = SplitToSequence (a, n)", n=i64(2, 4))
    yield _op("optional", 18, "(float[2,3] a) => (optional(float[2,3]) y)", "y = Optional (a)")
    yield _op("optional", 18, "(seq(float[2,3]) a) => (optional(seq(float[2,3])) y)", "y = Optional (a)")
    yield _op("optionalgetelement", 18, "(float[2,3] a) => (float[2,3] y)", "o = Optional (a) y = OptionalGetElement (o)")
    yield _op("optionalhaselement", 18, "(float[2,3] a) => (bool y)", "o = Optional (a) y = OptionalHasElement (o)")
    yield _op("sequenceempty", 17, "() => (seq(float) y)", "y = SequenceEmpty ()")
    yield _op("sequenceempty", 17, "() => (seq(int64) y)", "y = SequenceEmpty <dtype = 7> ()")
    # Old forms.
    for opset in (7, 9):
        scales = "<scales = [1.0, 1.0, 2.0, 3.0]>" if opset == 7 else ""
        extra = "" if opset == 7 else ", float[4] s"
        yield _op("upsample", opset, "(float[1,2,3,4] x%s) => (float[1,2,6,12] y)" % extra,
                  "y = Upsample %s (x%s)" % (scales, "" if opset == 7 else ", s"), s=f32(1, 1, 2, 3))
    yield _op("resize", 10, "(float[1,2,3,4] x, float[4] s) => (float[1,2,6,10] y)", "y = Resize (x, s)", s=f32(1, 1, 2, 2.5))
    yield _op("scatter", 9, "(float[3,3] x, int64[2,3] i, float[2,3] u) => (float[3,3] y)", "y = Scatter (x, i, u)")
    for opset in (7, 9):
        yield _op("batchnorm", opset, "(float[2,3,4] x, float[3] s, float[3] b, float[3] m, float[3] v) => (float[2,3,4] y)",
                  "y = BatchNormalization (x, s, b, m, v)")
    yield _op("expand-symbols", 17, "(float[1,3] x, float[2,1] z) => (float[2,3] y)", "s = Shape (z) y = Expand (x, s)")
    yield _op("reshape-chain", 17, "(float[2,3,4] x) => (float[2,12] y)",
              "s = Shape (x) z = Constant <value_ints = [0]> () m = Constant <value_ints = [-1]> () "
              "a = Gather <axis = 0> (s, z) t = Concat <axis = 0> (a, m) y = Reshape (x, t)")
    yield _op("reshape-slice", 17, "(float[2,3,4] x) => (float[6,4] y)",
              "s = Shape (x) b = Constant <value_ints = [2]> () e = Constant <value_ints = [3]> () "
              "m = Constant <value_ints = [-1]> () a = Slice (s, b, e) t = Concat <axis = 0> (m, a) y = Reshape (x, t)")
    yield _op("constantofshape", 17, "(float[2,3,4] x) => (float[2,3,4] y)", "s = Shape (x) y = ConstantOfShape (s)")
    yield _op("tile", 17, "(float[2,3] x) => (float[4,9] y)",
              "r = Constant <value_ints = [2, 3]> () y = Tile (x, r)")
    yield _op("range-size", 17, "(float[2,3] x) => (int64[6] y)",
              "a = Constant <value_int = 0> () d = Constant <value_int = 1> () n = Size (x) y = Range (a, n, d)")
    # Subgraphs.
    yield _op("if", 17, "(bool c, float[2,3] x) => (float[2,3] y)",
              "y = If (c) <then_branch = t () => (float[2,3] a) { a = Relu (x) }, else_branch = e () => (float[2,3] b) { b = Neg (x) }>")
    yield _op("if", 17, "(bool c, float[2,3] x, float[4,3] z) => (float[?,3] y)",
              "y = If (c) <then_branch = t () => (a) { a = Relu (x) }, else_branch = e () => (b) { b = Neg (z) }>")
    yield _op("loop", 17, "(int64 n, float[2,3] x) => (float[2,3] y, float[5,2,3] z)",
              "t = Constant <value = bool {1}> () y, z = Loop (n, t, x) <body = b (int64 i, bool c, float[2,3] s) "
              "=> (bool d, float[2,3] r, float[2,3] o) { d = Identity (c) r = Relu (s) o = Neg (s) }>")
    yield _op("loop-grows", 17, "(int64 n, float[2,3] x) => (float[?,3] y)",
              "t = Constant <value = bool {1}> () y = Loop (n, t, x) <body = b (int64 i, bool c, float s) "
              "=> (bool d, float r) { d = Identity (c) r = Concat <axis = 0> (s, s) }>")
    yield _op("scan", 17, "(float[3] s, float[5,3] x) => (float[3] y, float[5,3] z)",
              "y, z = Scan <num_scan_inputs = 1, body = b (float[3] a, float[3] e) => (float[3] n, float[3] o) "
              "{ n = Add (a, e) o = Neg (n) }> (s, x)")
    yield _op("scan-axes", 17, "(float[3] s, float[3,5] x) => (float[3] y, float[3,5] z)",
              "y, z = Scan <num_scan_inputs = 1, scan_input_axes = [1], scan_output_axes = [1], body = b (float[3] a, float[3] e) "
              "=> (float[3] n, float[3] o) { n = Add (a, e) o = Neg (n) }> (s, x)")
    yield _op("scan8", 8, "(float[2,3] s, float[2,5,3] x) => (float[2,3] y, float[2,5,3] z)",
              "y, z = Scan <num_scan_inputs = 1, body = b (float[3] a, float[3] e) => (float[3] n, float[3] o) "
              "{ n = Add (a, e) o = Neg (n) }> (, s, x)")
    yield _op("scan8-lengths", 8, "(int64[2] l, float[2,3] s, float[2,5,3] x) => (float[2,3] y, float[2,5,3] z)",
              "y, z = Scan <num_scan_inputs = 1, body = b (float[3] a, float[3] e) => (float[3] n, float[3] o) "
              "{ n = Add (a, e) o = Neg (n) }> (l, s, x)")


def contrib():
    """(operator, model) of ONNX Runtime's own operators, of which onnx knows nothing."""
    d = "com.microsoft."
    cases = [
        ("(float[B,S,64] x, float[64,192] w, float[192] b) => (y)", d + "Attention <num_heads = 4> (x, w, b)"),
        ("(float[2,8,64] x, float[64,192] w, float[192] b) => (y, p)", d + "Attention <num_heads = 4> (x, w, b)"),
        ("(float[2,8,64] x, float[64,160] w, float[160] b) => (y)",
         d + "Attention <num_heads = 4, qkv_hidden_sizes = [64, 64, 32]> (x, w, b)"),
        ("(float[2,8,64] x, float[64,192] w, float[192] b, float[2,2,4,5,16] past) => (y, p)",
         d + "Attention <num_heads = 4> (x, w, b, , past)"),
        ("(float[B,S,64] x, float[64] b) => (y)", d + "BiasAdd (x, b, x)"),
        ("(float[B,S,64] x, float[64] b) => (y)", d + "BiasGelu (x, b)"),
        ("(float[2,8,64] x, float[64] b) => (y)", d + "BiasSplitGelu (x, b)"),
        ("(float[B,1,64] x) => (y)", d + "DecoderMaskedMultiHeadAttention <num_heads = 4> (x)"),
        ("(int32[B,S] i, int32[B,S] t, float[100,64] w, float[32,64] p, float[2,64] s, float[64] g, float[64] b) => (y, m)",
         d + "EmbedLayerNormalization (i, t, w, p, s, g, b)"),
        ("(float[B,S,64] x) => (y)", d + "FastGelu (x)"),
        ("(float[B,S,64] x) => (y)", d + "Gelu (x)"),
        ("(float[B,S,64] x) => (y)", d + "QuickGelu (x)"),
        ("(float[B,S,64] q, float[64] b, float[1,4,8,8] r, float[16,8] w, float[8] c, float[1,4,1,1] e) => (y)",
         d + "GatedRelativePositionBias <num_heads = 4> (q, b, r, w, c, e)"),
        ("(float[B,4] x, float[4,5] w) => (y)", d + "GemmFastGelu (x, w)"),
        ("(float16[B,8,8,64] x, float[64] g, float[64] b) => (y)",
         d + "GroupNorm <activation = 1, groups = 8> (x, g, b)"),
        ("(float[B,S,64] q, float[B,S,32] k, float[B,S,32] v, float[B,2,P,16] a, float[B,2,P,16] c, int32[B] l, int32 t) => (y, p, r)",
         d + "GroupQueryAttention <num_heads = 4, kv_num_heads = 2> (q, k, v, a, c, l, t)"),
        ("(float[2,8,128] q, float[2,2,9,16] a, float[2,2,9,16] c, int32[2] l, int32 t) => (y, p, r)",
         d + "GroupQueryAttention <num_heads = 4, kv_num_heads = 2> (q, , , a, c, l, t)"),
        ("(float[B,S,64] x, float[64,192] w, float[192] b, float[B,S] m, float[64,192] gw, float[192] gb, int32[B,S] g) => (y)",
         d + "LongformerAttention <num_heads = 4, window = 2> (x, w, b, m, gw, gb, g)"),
        ("(float[B,S,64] x, uint8[32,1,32] w, float[32] s) => (y)", d + "MatMulNBits <K = 64, N = 32, bits = 4, block_size = 64> (x, w, s)"),
        ("(float[B,S,64] q, float[B,T,64] k, float[B,T,32] v) => (y)", d + "MultiHeadAttention <num_heads = 4> (q, k, v)"),
        ("(float[2,8,64] q, float[2,6,64] k, float[2,6,64] v) => (y, p, r)", d + "MultiHeadAttention <num_heads = 4> (q, k, v)"),
        ("(float[2,8,4,3,16] q) => (y)", d + "MultiHeadAttention <num_heads = 4> (q)"),
        ("(float[B,8,9,4] x, float[6,3,3,4] w) => (y)", d + "NhwcConv <kernel_shape = [3, 3], strides = [2, 1]> (x, w)"),
        ("(float[N,64] x, float[64,192] w, float[192] b, int32[B,S] o, int32[C] l) => (y)",
         d + "PackedAttention <num_heads = 4> (x, w, b, o, l)"),
        ("(float[N,4,3,16] q, int32[B,S] o, int32[C] l) => (y)", d + "PackedMultiHeadAttention <num_heads = 4> (q, , , , o, l)"),
        ("(float[B,4] x, float s, uint8 z, float[B,4] q) => (y)", "QuantizeLinear (x, s, z)"),
        ("(uint8[B,4] a, uint8[1,4] b, float s, uint8 z) => (y)", d + "QLinearAdd (a, s, z, b, s, z, s, z)"),
        ("(uint8[B,4] a, uint8[B,1] b, float s, uint8 z) => (y)", d + "QLinearMul (a, s, z, b, s, z, s, z)"),
        ("(float[N,64] x, int32[B,S] o) => (y)", d + "RestorePadding (x, o)"),
        ("(float[B,S,64] x, int64[B,S] p, float[9,8] c, float[9,8] s) => (y)", d + "RotaryEmbedding (x, p, c, s)"),
        ("(float[B,S,64] x, float[64] g) => (y)", "SimplifiedLayerNormalization (x, g)"),
        ("(float16[B,8,8,64] x, float[64] g, float[64] b, float16[B,8,8,64] k) => (y, z)",
         d + "SkipGroupNorm <activation = 0, groups = 8> (x, g, b, k)"),
        ("(float[B,S,64] x, float[B,S,64] k, float[64] g) => (y)", d + "SkipSimplifiedLayerNormalization (x, k, g)"),
        ("(float[B,S,64] x, float[B,S,64] k, float[64] g, float[64] b) => (y)", d + "SkipLayerNormalization (x, k, g, b)"),
        ("(float[B,30] x) => (y)", d + "UnfoldTensor <dim = -1, size = 5, step = 2> (x)"),
    ]
    for signature, node in cases:
        outputs = signature.split("=> (")[1].rstrip(")")
        text = '<ir_version: 10, opset_import: ["" : 17, "com.microsoft" : 1]>\n'
        model = parser.parse_model(text + "g %s { %s = %s }" % (signature, outputs, node))
        last = model.graph.node[-1]
        yield (last.domain + ":" if last.domain else "") + last.op_type, model
