"""Writes the table of operator versions: in which opsets of ai.onnx each operator's definition changed.

    python make_operator_versions.py > octet-ir/src/main/resources/dev/octet/ir/schema/operators.txt

One operator a line: its name, then every opset in which it got a new definition; `x` marks one that deprecates it.
"""
import onnx
import onnx.defs

LAST = 26

history = {}
for schema in onnx.defs.get_all_schemas_with_history():
    if schema.domain == "" and schema.since_version <= LAST:
        history.setdefault(schema.name, set()).add((schema.since_version, schema.deprecated))

print(f"# ai.onnx up to opset {LAST}, from onnx {onnx.__version__}")
for name in sorted(history):
    print(name, *(f"{version}{'x' if gone else ''}" for version, gone in sorted(history[name])))
