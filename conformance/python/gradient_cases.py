"""Cases of Core ATen's backward operators for make_operator_goldens.py.

Programs that differentiate inside hold them, such as forces from an energy.
"""

import torch

aten = torch.ops.aten
f32, f16, f64, i32 = torch.float32, torch.float16, torch.float64, torch.int32
FLOATS = (f32, f16, f64)


def add(each, t):
    """Adds every case.

    each: adds calls of operators on inputs; t: random numbers of a shape and an element type
    """
    def pooled(name, spatial, *arguments):
        """Gradient, input and what else the forward operator gave."""
        def inputs(n, d, lead=(2,)):
            x = t(lead + (n,) + spatial, d)
            outputs = getattr(aten, name).default(x, *arguments)
            first, *others = outputs if isinstance(outputs, tuple) else (outputs,)
            return [t(tuple(first.shape), d), x, *others]

        return inputs

    averages = [
        ((7, 8), ([2, 2],)), ((7, 8), ([3, 3], [2, 2], [1, 1])), ((7, 8), ([3, 2], [2, 3], [1, 1], False, False)),
        ((7, 8), ([3, 3], [2, 2], [1, 1], True, True)), ((7, 8), ([3, 3], [2, 2], [1, 0], True, False)),
        ((6, 5), ([2, 3], [1, 2], [1, 1], False, True, 5)), ((9, 7), ([2, 2], [3, 4])), ((8, 8), ([1, 1], [3, 2])),
    ]
    for place, (spatial, how) in enumerate(averages):
        full = how + ([], [0, 0], False, True, None)[len(how) - 1:]
        back = lambda op, g, x, a=full: op(g, x, *a)
        own = pooled("avg_pool2d", spatial, *full)
        each("avg_pool2d_backward.default", own, back, dtypes=FLOATS if place in (1, 2) else (f32,))
        if place in (0, 3):
            each("avg_pool2d_backward.default", lambda n, d, own=own: own(n, d, ()), back)
    for spatial, size in (((7, 8), [1, 1]), ((6, 8), [3, 4]), ((7, 8), [3, 5]), ((4, 4), [4, 4]), ((2, 3), [5, 4])):
        own = pooled("_adaptive_avg_pool2d", spatial, size)
        each("_adaptive_avg_pool2d_backward.default", own, dtypes=FLOATS if size != [4, 4] else (f32,))
        each("_adaptive_avg_pool2d_backward.default", lambda n, d, own=own: own(n, d, ()))
    for place, how in enumerate((([2, 2],), ([3, 3], [2, 2], [1, 1]), ([2, 3], [1, 1], [0, 1], [2, 1]), ([3, 3], [2, 2], [1, 1], [1, 1], True))):
        full = how + ([], [0, 0], [1, 1], False)[len(how) - 1:]
        back = lambda op, g, x, i, a=full: op(g, x, *a, i)
        own = pooled("max_pool2d_with_indices", (7, 8), *full)
        each("max_pool2d_with_indices_backward.default", own, back, dtypes=FLOATS if place == 1 else (f32,))
        each("max_pool2d_with_indices_backward.default", lambda n, d, own=own: own(n, d, ()), back)
    convolved(each, t)
    index = lambda *shape: torch.randint(0, 6, shape)
    looked = lambda n, d: [t((n, 3, 4), d), index(n, 3)]
    each("embedding_dense_backward.default", looked, lambda op, g, i: op(g, i, 6, -1, False), lambda op, g, i: op(g, i, 7, 2, False), lambda op, g, i: op(g, i, 6, 1, True), dtypes=FLOATS)
    each("embedding_dense_backward.default", lambda n, d: [t((n, 4), d), index(n).to(i32)], lambda op, g, i: op(g, i, 6, -1, True))
    def normal(shape, keep):
        """Gradient, input, its mean and inverse deviation over the axes from keep on, weight, bias."""
        def inputs(n, d):
            x = t((n,) + shape, d)
            _, mean, rstd = torch.native_layer_norm(x, shape[keep:], None, None, 1e-5)
            return [t((n,) + shape, d), x, mean, rstd, t(shape[keep:], d), t(shape[keep:], d)]

        return inputs

    for mask in ([True, True, True], [True, False, False], [False, True, True]):
        picked = lambda results: [each_result for each_result in results if each_result is not None]
        layer = lambda op, g, x, m, r, w, b, k=mask: picked(op(g, x, list(w.shape), m, r, w, b, k))
        each("native_layer_norm_backward.default", normal((3, 4), 1), layer, dtypes=FLOATS if mask[0] else (f32,))
        each("native_layer_norm_backward.default", normal((3, 4), 0), layer)
        grouped = lambda n, d: [t((n, 4, 6), d), t((n, 4, 6), d), t((n, 2), d), t((n, 2), d, 0.5, 1.5), t((4,), d)]
        group = lambda op, g, x, m, r, w, k=mask: picked(op(g, x, m, r, w, x.shape[0], 4, 6, 2, k))
        each("native_group_norm_backward.default", grouped, group, dtypes=(f32, f64) if mask[0] else (f32,))
        each("native_group_norm_backward.default", lambda n, d: [t((n, 6, 2, 3), d), t((n, 6, 2, 3), d), t((n, 3), d), t((n, 3), d), t((6,), d)], lambda op, g, x, m, r, w, k=mask: picked(op(g, x, m, r, w, x.shape[0], 6, 6, 3, k)))
    each("native_layer_norm_backward.default", normal((3, 4), 1), lambda op, g, x, m, r, w, b: op(g, x, [4], m, r, None, None, [True, False, False])[0])
    each("native_group_norm_backward.default", grouped, lambda op, g, x, m, r, w: op(g, x, m, r, None, x.shape[0], 4, 6, 2, [True, False, False])[0], dtypes=(f32, f64))


def convolved(each, t):
    """convolution_backward: spatial sizes, kernel, stride, padding, dilation, transposed, output padding, groups."""
    name = "convolution_backward.default"
    hows = [
        ((9,), [3], [1], [0], [1], False, [0], 1), ((9,), [3], [2], [1], [1], False, [0], 2), ((10,), [2], [3], [0], [2], False, [0], 1),
        ((6, 7), [3, 3], [1, 1], [1, 1], [1, 1], False, [0, 0], 1), ((7, 8), [3, 2], [2, 3], [1, 0], [1, 2], False, [0, 0], 1),
        ((6, 7), [3, 3], [2, 2], [1, 1], [1, 1], False, [0, 0], 4), ((8, 8), [1, 1], [2, 2], [0, 0], [1, 1], False, [0, 0], 1),
        ((9, 10), [2, 2], [4, 3], [0, 0], [1, 1], False, [0, 0], 2), ((4, 5, 4), [3, 2, 3], [1, 2, 1], [1, 0, 1], [1, 1, 1], False, [0, 0, 0], 1),
        ((9,), [3], [2], [1], [1], True, [1], 1), ((5, 6), [3, 3], [2, 2], [1, 1], [1, 1], True, [1, 1], 2),
        ((5, 6), [3, 2], [1, 3], [0, 1], [2, 1], True, [1, 0], 1), ((5, 6), [2, 2], [1, 1], [0, 0], [3, 3], True, [2, 2], 4),
        ((3, 4, 3), [2, 2, 2], [2, 1, 2], [0, 0, 1], [1, 1, 1], True, [1, 0, 0], 1),
    ]
    for place, (spatial, kernel, stride, padding, dilation, turned, output, groups) in enumerate(hows):
        def inputs(n, d, s=spatial, k=tuple(kernel), a=(stride, padding, dilation, turned, output, groups)):
            x = t((n, 4) + s, d)
            w = t(((4, 8 // a[5]) if a[3] else (8, 4 // a[5])) + k, d)
            return [t(tuple(torch.convolution(x.to(f32), w.to(f32), None, *a).shape), d), x, w]

        def back(op, g, x, w, mask=(True, True, True), a=(stride, padding, dilation, turned, output, groups)):
            return [each_result for each_result in op(g, x, w, [g.shape[1]], *a, list(mask)) if each_result is not None]

        each(name, inputs, back, dtypes=FLOATS if place in (3, 10) else (f32,))
        if place in (4, 10):
            for mask in ((True, False, False), (False, True, False), (False, False, True), (True, True, False)):
                each(name, inputs, lambda op, g, x, w, m=mask, back=back: back(op, g, x, w, m))
    # Height and width vary too.
    for stride in (1, 2):
        wide = lambda n, d, s=stride: [t((2, 3, (n + 1) // s + 1, n // s + 1), d), t((2, 2, n + 3, n + 2), d), t((3, 2, 2, 2), d)]
        each(name, wide, lambda op, g, x, w, s=stride: op(g, x, w, [3], [s, s], [0, 0], [1, 1], False, [0, 0], 1, [True, True, True]))
