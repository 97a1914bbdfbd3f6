"""The body of POST /models, validated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from catalog.model_records import ModelKind, Scope
from catalog.terms import fold
from common.errors import InvalidRequest
from common.http import json_object, quoted
from common.text import clean_line
from images.own_data import parse_tags
from models.rules import MAX_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = ("name", "kind", "classes", "scope", "confirm")
MAX_NAME = 50  # characters
KINDS: tuple[ModelKind, ...] = get_args(ModelKind)
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True)
class ModelRequest:
    """A model that somebody wants; unless it is confirmed, they want an estimate."""

    name: str
    kind: ModelKind
    classes: tuple[str, ...]
    scope: Scope
    is_confirmed: bool


def parse_model(event: Mapping[str, Any]) -> ModelRequest:
    """Parse a request. Raises InvalidRequest about the first thing that is wrong."""
    fields = json_object(event)
    for name in fields:
        if name not in FIELDS:
            raise InvalidRequest(f"The field {quoted(name)} is unknown. Use {', '.join(FIELDS)}.")
    confirm = fields.get("confirm", False)
    if not isinstance(confirm, bool):
        raise InvalidRequest("confirm must be true or false.")
    return ModelRequest(
        _parse_name(fields.get("name")),
        _parse_choice("kind", fields.get("kind"), KINDS),
        _parse_classes(fields.get("classes")),
        _parse_choice("scope", fields.get("scope", "owner"), SCOPES),
        confirm,
    )


def _parse_name(value: Any) -> str:
    name = clean_line(value) if isinstance(value, str) else ""
    if not name or max(len(value), len(name)) > MAX_NAME:
        raise InvalidRequest(f"name must be a string of 1 to {MAX_NAME} characters, and not only spaces.")
    return name


def _parse_choice(field: str, value: Any, choices: tuple[Any, ...]) -> Any:
    if value not in choices:
        raise InvalidRequest(f"{field} must be {' or '.join(map(quoted, choices))}.")
    return value


def _parse_classes(value: Any) -> tuple[str, ...]:
    """Return classes as they are stored: tags, each once, whatever its case."""
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CLASSES:
        raise InvalidRequest(f"classes must be an array of 1 to {MAX_CLASSES} tags.")
    classes: dict[str, str] = {}
    for each in value:
        for name in parse_tags([each]):
            classes.setdefault(fold(name), name)
    if not classes:
        raise InvalidRequest("classes must have a tag with a visible character.")
    return tuple(classes.values())
