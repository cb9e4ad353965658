"""As much of JSON Schema draft 7 as the schema of EPCIS 2.0 uses, so that the tests need no further package."""

import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float)}
KNOWN = {
    "$id", "$schema", "$ref", "type", "enum", "pattern", "format", "required", "properties", "propertyNames", "items",
    "additionalProperties", "minItems", "uniqueItems", "allOf", "anyOf", "oneOf", "if", "then", "definitions",
    "description", "title", "else", "not",
}  # fmt: skip
TIME = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


def errors(value, schema, root=None, where="$"):
    """Where the value does not fit the schema."""
    root = root or schema
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return errors(value, root["definitions"][schema["$ref"].rsplit("/", 1)[1]], root, where)
    found = [f"{where}: {what}" for what in _plain(value, schema)]
    for part in schema.get("allOf", ()):
        found += errors(value, part, root, where)
    for word, good in (("anyOf", lambda n: n >= 1), ("oneOf", lambda n: n == 1)):
        if word in schema and not good(sum(not errors(value, part, root, where) for part in schema[word])):
            found.append(f"{where}: {word}")
    if "if" in schema:
        branch = "else" if errors(value, schema["if"], root, where) else "then"
        found += errors(value, schema.get(branch, {}), root, where)
    if "not" in schema and not errors(value, schema["not"], root, where):
        found.append(f"{where}: not")
    if isinstance(value, dict):
        found += _object(value, schema, root, where)
    if isinstance(value, list):
        for number, one in enumerate(value):
            found += errors(one, schema.get("items", {}), root, f"{where}[{number}]")
    return found


def _plain(value, schema):
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or kind == "number" and isinstance(value, bool)):
        yield f"no {kind}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value!r} is none of {schema['enum']}"
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{value!r} does not match {schema['pattern']}"
        if schema.get("format") == "uri" and not URI.fullmatch(value):
            yield f"{value!r} is no URI"
        if schema.get("format") == "date-time" and not TIME.fullmatch(value):
            yield f"{value!r} is no time"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield "too short"
        if schema.get("uniqueItems") and len({repr(one) for one in value}) < len(value):
            yield "not unique"


def _object(value, schema, root, where):
    found = [f"{where}: no {name}" for name in schema.get("required", ()) if name not in value]
    properties = schema.get("properties", {})
    for name, inner in value.items():
        if name in properties:
            found += errors(inner, properties[name], root, f"{where}.{name}")
        elif schema.get("additionalProperties") is False:
            found.append(f"{where}: {name} does not belong there")
        if "propertyNames" in schema and errors(name, schema["propertyNames"], root, where):
            found.append(f"{where}: bad name {name}")
    return found
