"""Read template.yaml and samconfig.toml as they are; an error says where in the file it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from samtranslator.yaml_helper import intrinsics_multi_constructor, yaml_parse

_AT_END = " (at end of document)"  # of tomllib's message
_SECTIONS_OF_MAPPINGS = ("Globals", "Parameters", "Rules", "Mappings", "Resources", "Outputs")
_SECTIONS = ("Conditions", *_SECTIONS_OF_MAPPINGS)
_TYPED_SECTIONS = ("Parameters", "Resources")


class _TemplateLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # if it has libyaml
    """Understands the short forms of intrinsic functions."""


_TemplateLoader.add_multi_constructor("!", intrinsics_multi_constructor)


class DocumentError(Exception):
    """A file can't be read or isn't valid; the message is for the person who edits it."""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file. Raises DocumentError."""
    text = _read_text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = str(error)
        if problem.endswith(_AT_END):
            problem = f"{problem.removesuffix(_AT_END)} {_position(text, len(text))}"
        raise DocumentError(f"{path.name} is not valid TOML: {problem}.") from error


def read_yaml_template(path: Path) -> dict[str, Any]:
    """Read a template, with its tags as intrinsic functions. Raises DocumentError.

    Every section and every entry of a section has the type that its readers rely on.
    """
    text = _read_text(path)
    try:
        document = _parse_yaml(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" (at line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise DocumentError(f"{path.name} is not valid YAML: {error.problem}{where}.") from error
    except yaml.reader.ReaderError as error:
        where = _position(text, error.position)
        raise DocumentError(
            f"{path.name} is not valid YAML: the character {chr(error.character)!r} isn't allowed {where}."
        ) from error
    except ValueError as error:  # such as a date that doesn't exist
        raise DocumentError(f"{path.name} is not valid YAML: {error}.") from error
    if not isinstance(document, dict) or "Resources" not in document:
        raise DocumentError(f"{path.name} has no Resources.")
    if wrong := _wrong_entry(document):
        where = _position_of_key(text, wrong)
        expected = {"Type": "a string", "Assertions": "a list"}.get(wrong[-1], "a mapping")
        raise DocumentError(f"{path.name} must have {expected} at {'.'.join(wrong)} {where}.")
    return document


def _parse_yaml(text: str) -> Any:
    """Parse a template with libyaml, in a tenth of PyYAML's time, whose messages are better."""
    try:
        return yaml.load(text, _TemplateLoader)  # noqa: S506 -- a safe loader
    except (yaml.YAMLError, ValueError):
        return yaml_parse(text)


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise DocumentError(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        raise DocumentError(
            f"{path.name} is not valid UTF-8: the byte 0x{error.object[error.start]:02X} isn't allowed "
            f"{_position(before, len(before))}."
        ) from error


def _position(text: str, offset: int) -> str:
    """Return the line and the column of a character, in tomllib's words."""
    lines = re.split(r"\r\n?|\n", text[:offset])
    return f"(at line {len(lines)}, column {len(lines[-1]) + 1})"


def _wrong_entry(document: dict[str, Any]) -> Sequence[str] | None:
    """Return the names that lead to the first entry of a wrong type, if there is one."""
    for section in (name for name in _SECTIONS if name in document):
        entries = document[section]
        if not isinstance(entries, dict):
            return (section,)
        for name, entry in entries.items() if section in _SECTIONS_OF_MAPPINGS else ():
            path = (section, str(name))
            if not isinstance(entry, dict):
                return path
            if section in _TYPED_SECTIONS and not isinstance(entry.get("Type"), str):
                return (*path, "Type")
            if section == "Rules" and not isinstance(entry.get("Assertions"), list):
                return (*path, "Assertions")
            if section == "Resources" and not isinstance(entry.get("Properties", {}), dict):
                return (*path, "Properties")
    return None


def _position_of_key(text: str, path: Sequence[str]) -> str:
    """Return the line and the column of the key that names lead to, or of the last one that exists."""
    node: Any = yaml.compose(text, yaml.SafeLoader)
    line = column = 0
    for name in path:
        for key, value in node.value:
            if key.value == name:
                node, line, column = value, key.start_mark.line, key.start_mark.column
    return f"(at line {line + 1}, column {column + 1})"
