"""What the fields of a model mean: the text below each in the source, read only when somebody asks.

Pydantic can collect these texts itself, but does so for every class whenever it is imported, which costs a quarter of
a second before any file is read.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise
from typing import Any


@cache
def meanings(model: type) -> dict[str, str]:
    """Field → its text, of a class and those it inherits from; nothing where the source is not at hand."""
    found: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        if "__annotations__" in parent.__dict__ and not parent.__module__.startswith("pydantic"):
            found |= _below_fields(parent)
    return found


def _below_fields(model: type) -> dict[str, str]:
    try:
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    except OSError:
        return {}
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }  # fmt: skip


def with_meanings(schema: dict[str, Any], model: type) -> None:
    """Put the texts into a JSON schema; for ``json_schema_extra`` of a model's configuration."""
    for name, text in meanings(model).items():
        if name in schema.get("properties", {}):
            schema["properties"][name]["description"] = text
