"""Values that a pydantic model takes, made from its own JSON schema, and values near them that it may not take."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

Schema = dict[str, Any]

JUNK = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from(["fresh", "", "0", "1e9", "\ud800", "\x00", "<script>", "late_" + "9" * 400, 10**400]),
    ),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=8), one, max_size=3),
    max_leaves=4,
)


def objects_for(model: type[BaseModel]) -> st.SearchStrategy[Schema]:
    """Objects with some of the model's fields: good ones, any others, and good ones in which one value is not."""
    schema = model.model_json_schema()
    good = _values(schema, schema.get("$defs", {}))
    names = st.sampled_from([*schema["properties"], "stranger"])
    bad = st.dictionaries(names, JUNK, min_size=1, max_size=2)
    return st.one_of(good, bad, st.builds(lambda one, other: {**one, **other}, good, bad))


def _values(schema: Schema, known: Schema) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _values(known[schema["$ref"].rpartition("/")[2]], known)
    if "anyOf" in schema:
        return st.one_of([_values(one, known) for one in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    return _BY_TYPE[schema.get("type", "object")](schema, known)


def _objects(schema: Schema, known: Schema) -> st.SearchStrategy[Schema]:
    if "properties" not in schema:
        values = schema.get("additionalProperties")
        values = _values(values, known) if isinstance(values, dict) else JUNK
        return st.dictionaries(st.text(min_size=1, max_size=8), values, max_size=2)
    fields = {name: _values(one, known) for name, one in schema["properties"].items()}
    required = {name: fields.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(required, optional=fields)


def _texts(schema: Schema, _: Schema) -> st.SearchStrategy[str]:
    if "pattern" in schema:
        return st.from_regex(str(schema["pattern"]), fullmatch=True)
    return st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 30), 30))


def _integers(schema: Schema, _: Schema) -> st.SearchStrategy[int]:
    return st.integers(schema.get("minimum"), schema.get("maximum"))


def _numbers(schema: Schema, _: Schema) -> st.SearchStrategy[float]:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    return st.floats(low, schema.get("maximum"), allow_nan=False, exclude_min="exclusiveMinimum" in schema)


def _lists(schema: Schema, known: Schema) -> st.SearchStrategy[list[Any]]:
    return st.lists(_values(schema.get("items", {}), known), max_size=3)


_BY_TYPE = {
    "object": _objects,
    "string": _texts,
    "integer": _integers,
    "number": _numbers,
    "array": _lists,
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
}
