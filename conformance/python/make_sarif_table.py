"""Makes the table that Octet's SARIF logs are checked against from the schema that OASIS publishes:
what each object must hold, may hold and refers to, for the objects Octet writes.

    make_sarif_table.py sarif-schema-2.1.0.json > octet-report/src/test/resources/dev/octet/report/sarif-2.1.0.json
"""
import json
import sys

USED = ["run", "tool", "toolComponent", "reportingDescriptor", "reportingConfiguration", "multiformatMessageString", "message", "result",
        "location", "physicalLocation", "artifactLocation", "logicalLocation", "propertyBag"]

def about(schema):
    fields = {}
    for name, field in schema.get("properties", {}).items():
        item = field.get("items", {})
        reference = field.get("$ref") or item.get("$ref") or ""
        fields[name] = {key: value for key, value in {
            "of": reference.rsplit("/", 1)[-1],
            "list": field.get("type") == "array" or "array" in (field.get("type") or []),
            "type": field.get("type") if isinstance(field.get("type"), str) else "",
            "enum": field.get("enum") or [],
        }.items() if value}
    return {"required": schema.get("required", []),
            "anyOf": [choice["required"] for choice in schema.get("anyOf", []) if "required" in choice],
            "closed": schema.get("additionalProperties") is False, "fields": fields}

schema = json.load(open(sys.argv[1]))
table = {"log": about(schema)}
for name in USED:
    table[name] = about(schema["definitions"][name])
# One object a line.
print("{")
print(",\n".join(f"{json.dumps(name)}: {json.dumps(entry, sort_keys=True)}" for name, entry in table.items()))
print("}")
