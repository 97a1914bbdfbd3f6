"""JavaScript's syntax trees, and errors that name a file and a line."""

from __future__ import annotations

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

_LANGUAGE = Language(tree_sitter_javascript.language())


class PageError(Exception):
    """The page's files can't be bundled; the message names the file and the line."""

    @classmethod
    def at(cls, file: str, node: Node, problem: str) -> PageError:
        return cls(f"{file}:{node.start_point.row + 1}: {problem}")


def parse(file: str, source: bytes) -> Node:
    """Return the syntax tree of a module. Raises PageError if it isn't valid."""
    root = Parser(_LANGUAGE).parse(source).root_node
    if root.has_error:
        raise PageError.at(file, _first_error(root), "This isn't valid JavaScript.")
    return root


def text(node: Node) -> str:
    """Return the source of a node."""
    assert node.text is not None  # noqa: S101 -- only None for a tree that was edited
    return node.text.decode()


def child(node: Node, field: str) -> Node:
    """Return the child in a field that the grammar requires."""
    found = node.child_by_field_name(field)
    assert found is not None  # noqa: S101 -- by the grammar
    return found


def string_value(node: Node) -> str:
    """Return the content of a string without escape sequences, as module names are."""
    return text(node)[1:-1]


def _first_error(node: Node) -> Node:
    for part in node.children:
        if part.is_error or part.is_missing:
            return part
        if part.has_error:
            return _first_error(part)
    return node
