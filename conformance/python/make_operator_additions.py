"""Writes what new definitions of ai.onnx operators allow beyond the ones before, for those that only allow more.

    python make_operator_additions.py > octet-ir/src/main/resources/dev/octet/ir/schema/additions.txt

One change a line: operator, opset, then what is new: element types, kinds of values, attributes (with the default, which
means what was meant before), values of attributes, and from how many inputs or outputs on. A change that is not listed
says something anew, so nobody can tell from a node whether it meant the same before.

Changes before opset 14 are left out: many say in words alone that negative axes are allowed, which no table shows.
"""
import onnx
import onnx.defs

FIRST, LAST = 14, 26

# Said in words alone.
VALUES = {
    ("Pad", 19): ["mode:wrap"],
    ("Resize", 19): ["coordinate_transformation_mode:half_pixel_symmetric"],
    ("ScatterElements", 18): ["reduction:max", "reduction:min"],
    ("ScatterND", 18): ["reduction:max", "reduction:min"],
    # The mean over windows that reach beyond the padding was settled only then.
    ("AveragePool", 19): ["ceil_mode:1"],
}

# Look as if they only allowed more.
ANEW = {
    ("RoiAlign", 16),  # Its new attribute's default is not what was meant before.
    ("GroupNormalization", 21),  # Its scales are one for each channel, no longer for each group.
}


def types(schema):
    """Allowed types of each input and output."""
    constraints = {each.type_param_str: set(each.allowed_type_strs) for each in schema.type_constraints}
    return [constraints.get(each.type_str, {each.type_str}) for each in [*schema.inputs, *schema.outputs]]


def kind(type_string):
    return type_string.split("(")[0]


def element(type_string):
    return type_string.split("(")[-1].rstrip(")")


def text(default):
    """An attribute's default: `:0`, or nothing where there is none."""
    if default.type == onnx.AttributeProto.UNDEFINED:
        return ""
    value = onnx.helper.get_attribute_value(default)
    return ":" + (value.decode() if isinstance(value, bytes) else str(value))


def additions(old, new):
    """What `new` allows beyond `old`; None where it says something else too."""
    if new.deprecated or (new.name, new.since_version) in ANEW or any(
        name not in new.attributes
        or old.attributes[name].default_value != new.attributes[name].default_value
        or old.attributes[name].required != new.attributes[name].required
        for name in old.attributes
    ):
        return None
    if [each.option for each in old.inputs] != [each.option for each in new.inputs][: len(old.inputs)]:
        return None
    allowed_old, allowed_new = types(old), types(new)
    if len(old.inputs) != len(new.inputs) or len(old.outputs) != len(new.outputs):
        pairs = list(zip(types(old)[: len(old.inputs)], types(new)[: len(old.inputs)]))
        pairs += list(zip(allowed_old[len(old.inputs):], allowed_new[len(new.inputs):]))
    else:
        pairs = list(zip(allowed_old, allowed_new))
    if any(before - after for before, after in pairs):
        return None
    kinds = set().union(*({kind(t) for t in after} - {kind(t) for t in before} for before, after in pairs))
    elements = set().union(
        *({element(t) for t in after} - {element(t) for t in before} for before, after in pairs)
    )
    added = [name for name in new.attributes if name not in old.attributes]
    if any(new.attributes[name].required for name in added):
        return None
    words = {
        "types": sorted(elements),
        "kinds": sorted(kinds),
        "attributes": sorted(name + text(new.attributes[name].default_value) for name in added),
        "values": VALUES.get((new.name, new.since_version), []),
    }
    if len(new.inputs) > len(old.inputs):
        words["inputs"] = [str(len(old.inputs))]
    if (old.min_output, old.max_output) != (new.min_output, new.max_output):
        words["outputs"] = [str(max(1, min(old.min_output, new.min_output)))]
    return words


history = {}
for schema in onnx.defs.get_all_schemas_with_history():
    if schema.domain == "" and schema.since_version <= LAST:
        history.setdefault(schema.name, {})[schema.since_version] = schema

print(f"# ai.onnx, opsets {FIRST} to {LAST}, from onnx {onnx.__version__}")
for name in sorted(history):
    versions = sorted(history[name])
    for before, since in zip(versions, versions[1:]):
        if since >= FIRST:
            words = additions(history[name][before], history[name][since])
            if words is not None:
                print(name, since, *(f"{key}={','.join(value)}" for key, value in words.items() if value))
