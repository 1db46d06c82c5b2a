"""Damage that obeys the schema: it gets past the reader, to what later steps believe.

A key that nobody has set gets a value of its type, extremes among them; a column of a table becomes the same everywhere
(zero, say); rows go or change places; two values of one kind are exchanged; a figure is changed by name.
"""

from __future__ import annotations

import copy
import functools
import random
from collections.abc import Iterator
from typing import Any

NUMBERS = (0, 0, 1, 1, 2, 3, 5, 10, 24, 50, 100, 0.5, 0.01, 1e-9, 1e-15, 365, 1000, 8760, 1e6, 1e9, 1e15, -1, -5, -1e6)
WHOLE = (0, 0, 1, 1, 2, 3, 6, 12, 24, 60, 10**9, 10**15, -1, 1900, 2020, 2026, 2027, 2028, 2029, 2030, 2031, 2050, 2200)
DATES = ("2026", "2027-06", "2028-01", "2029-12", "2030", "2031-07", "1900", "2200")


@functools.cache
def schema_of(kind: str) -> dict[str, Any]:
    """The JSON schema of a ``scenario`` or a ``system``."""
    from simulator.inputs.scenario import Scenario, System

    return (Scenario if kind == "scenario" else System).model_json_schema()


class Obedient:
    """Changes of a scenario or a system, with the names that its tables know."""

    def __init__(self, kind: str, names: list[str], rng: random.Random) -> None:
        self.schema, self.names, self.rng = schema_of(kind), names, rng

    def change(self, data: dict[str, Any], system: dict[str, Any]) -> None:
        """One change of a scenario (``system`` is what it may change by name) or of a system itself."""
        if data is system:
            self.rng.choice((self._set, self._set, self._set, self._column, self._rows, self._exchange))(data)
        else:
            self.rng.choice((self._set, self._set, self._by_name(system)))(data)

    def value(self, schema: dict[str, Any], depth: int = 0) -> Any:
        """Something of a type."""
        schema, rng = self._resolved(schema), self.rng
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return rng.choice(schema["enum"])
        kind = schema.get("type")
        if kind == "boolean":
            return rng.random() < 0.7
        if kind in ("number", "integer"):
            return self._number(schema, WHOLE if kind == "integer" else NUMBERS)
        if kind == "string":
            return rng.choice(DATES if rng.random() < 0.25 else self.names)
        if kind == "array":
            least = schema.get("minItems", 0)
            return [self.value(schema["items"], depth + 1) for _ in range(max(least, rng.choice((0, 1, 1, 2, 2, 3))))]
        if "properties" in schema:
            given = [n for n in schema["properties"] if n in schema.get("required", ()) or rng.random() < 0.3]
            return {name: self.value(schema["properties"][name], depth + 1) for name in given}
        if isinstance(inner := schema.get("additionalProperties"), dict):
            keys = WHOLE[-10:] if rng.random() < 0.4 else self.names
            return {rng.choice(keys): self.value(inner, depth + 1) for _ in range(rng.choice((0, 1, 1, 2)))}
        return rng.choice((*NUMBERS, *self.names[:20], True, None))

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Without references and alternatives; of the latter one is chosen, seldom nothing."""
        while True:
            if "$ref" in schema:
                schema = self.schema["$defs"][schema["$ref"].rpartition("/")[2]]
            elif choices := schema.get("anyOf") or schema.get("oneOf"):
                some = [choice for choice in choices if choice.get("type") != "null"]
                schema = self.rng.choice(some if self.rng.random() < 0.9 else choices)
            else:
                return schema

    def _number(self, schema: dict[str, Any], usual: tuple[float, ...]) -> float:
        """One within the limits, often at one of them."""
        low = schema.get("minimum", schema.get("exclusiveMinimum", float("-inf")))
        high = schema.get("maximum", schema.get("exclusiveMaximum", float("inf")))
        inside = [number for number in usual if low <= number <= high]
        limits = [schema[key] for key in ("minimum", "maximum") if key in schema]
        return self.rng.choice(limits if limits and (not inside or self.rng.random() < 0.3) else inside or [0])

    def _set(self, data: dict[str, Any]) -> None:
        """A key of some part, most often one that is not there yet."""
        parts = list(self._parts(data, self.schema))
        holder, properties = self.rng.choice(parts)
        new = [name for name in properties if name not in holder]
        name = self.rng.choice(new if new and self.rng.random() < 0.7 else list(properties))
        holder[name] = self.value(properties[name])

    def _parts(self, data: Any, schema: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Every mapping with declared keys, and their schemas; of a table one row, so that all tables weigh alike."""
        for choice in schema.get("anyOf") or schema.get("oneOf") or [schema]:
            if "$ref" in choice:
                choice = self.schema["$defs"][choice["$ref"].rpartition("/")[2]]
            if isinstance(data, dict) and "properties" in choice:
                yield data, choice["properties"]
                for name, value in data.items():
                    if name in choice["properties"]:
                        yield from self._parts(value, choice["properties"][name])
            elif isinstance(data, dict) and isinstance(choice.get("additionalProperties"), dict):
                for value in data.values():
                    yield from self._parts(value, choice["additionalProperties"])
            elif isinstance(data, list) and data and "items" in choice:
                yield from self._parts(self.rng.choice(data), choice["items"])

    def _table(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        return self.rng.choice([rows for rows in data.values() if isinstance(rows, list) and rows])

    def _column(self, data: dict[str, Any]) -> None:
        """The same value in a whole column."""
        rows = self._table(data)
        name = self.rng.choice(list(self.rng.choice(rows)))
        known = [row[name] for row in rows if name in row]
        value = 0 if isinstance(known[0], int | float) and self.rng.random() < 0.6 else self.rng.choice(known)
        for row in rows:
            row[name] = copy.deepcopy(value)

    def _rows(self, data: dict[str, Any]) -> None:
        """Some rows go, or the table has another order."""
        rows = self._table(data)
        kept = self.rng.sample(rows, self.rng.randrange(len(rows) + 1))
        rows[:] = kept if self.rng.random() < 0.8 else self.rng.sample(rows, len(rows))

    def _exchange(self, data: dict[str, Any]) -> None:
        """Two values of one column change places."""
        rows = self._table(data)
        one, other = self.rng.choice(rows), self.rng.choice(rows)
        for name in [name for name in one if name in other][: self.rng.choice((1, 2))]:
            one[name], other[name] = other[name], one[name]

    def _by_name(self, system: dict[str, Any]) -> Any:
        """A change of a figure by name, as ``changes`` writes it."""
        from simulator.inputs.scenario import System
        from simulator.system.names import row_models

        def change(data: dict[str, Any]) -> None:
            models = row_models(System)
            table = self.rng.choice([name for name, rows in system.items() if name in models and rows])
            row = self.rng.choice(system[table])
            key = "/".join(str(row.get(field, "")) for field in models[table].key_fields)
            reference = schema_of("system")["properties"][table]["items"]["$ref"].rpartition("/")[2]
            properties = schema_of("system")["$defs"][reference]["properties"]
            column = self.rng.choice(list(properties))
            inner = Obedient("system", self.names, self.rng)
            data.setdefault("changes", {}).setdefault(table, {})[key] = {column: inner.value(properties[column])}

        return change
