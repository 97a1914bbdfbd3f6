"""Prints a module's statements without comments, needless white space, imports and exports."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from local.site.bundle.syntax import child, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tree_sitter import Node

    from local.site.bundle.modules import Module
    from local.site.bundle.scopes import Binding

# Statements whose semicolon the source may leave to the end of the line.
_TERMINATED = {
    "expression_statement",
    "lexical_declaration",
    "return_statement",
    "throw_statement",
    "break_statement",
    "continue_statement",
    "debugger_statement",
}
_ATOMS = {"string", "regex", "number"}
_WORD = re.compile(r"[\w$#\\]")
_INTEGER = re.compile(r"[\d_]+")
# What would be read as another token, or as a comment, without a space.
_AMBIGUOUS = re.compile(r"\+\+|--|//|/\*|<!")


class Printer:
    """Collects the tokens of one bundle."""

    def __init__(self, names: Mapping[Binding, str], load: Callable[[str], str], folder: str) -> None:
        """`load` returns the expression that imports a module dynamically, `folder` is the bundle's own."""
        self._names = names
        self._load = load
        self._folder = folder
        self._parts: list[str] = []

    def result(self) -> str:
        return "".join(self._parts)

    def add(self, part: str) -> None:
        """Add a token, after a space if it needs one."""
        if part == "}" and self._parts and self._parts[-1] == ";":
            self._parts.pop()  # it ends a statement; an empty statement is printed as {}
        if self._parts and _needs_space(self._parts[-1], part):
            self._parts.append(" ")
        self._parts.append(part)

    def add_module(self, module: Module) -> None:
        for statement in module.root.named_children:
            if statement.type != "import_statement":
                self._add(statement, module)

    def _add(self, node: Node, module: Module) -> None:
        match node.type:
            case "comment":
                return
            case "export_statement":
                self._add_export(node, module)
            case "empty_statement":
                self.add(";" if _is_in_loop_head(node) else "{}")
            case "template_string":
                self._add_template(node, module)
            case kind if kind in _ATOMS or not node.children:
                self._add_leaf(node, module)
            case "call_expression" if child(node, "function").type == "import":
                self.add(self._load(module.dynamic[child(node, "arguments").named_children[0].start_byte]))
            case "member_expression" if _is_own_url(node):
                self.add(self._own_url(module))
            case _:
                self._add_children(node, module)

    def _add_children(self, node: Node, module: Module) -> None:
        for part in node.children:
            if node.type == "class_body" and part.type == ";":
                continue  # added after each field
            self._add(part, module)
            if part.type == "field_definition":
                self._end()
        if node.type in _TERMINATED:
            self._end()

    def _end(self) -> None:
        if self._parts[-1] != ";":
            self._parts.append(";")

    def _add_export(self, node: Node, module: Module) -> None:
        if declaration := node.child_by_field_name("declaration"):
            self._add(declaration, module)
        elif value := node.child_by_field_name("value"):
            self.add("const")
            self.add(self._names[module.uses[node.start_byte]])
            self.add("=")
            self._add(value, module)
            self._end()

    def _add_leaf(self, node: Node, module: Module) -> None:
        name = text(node)
        binding = module.uses.get(node.start_byte)
        if binding is None or not node.is_named:
            self.add(name)
            return
        new = self._names[binding]
        if node.type.startswith("shorthand_property_identifier") and new != name:
            new = f"{name}:{new}"
        self.add(new)

    def _add_template(self, node: Node, module: Module) -> None:
        """Add a template literal, whose white space is part of the text."""
        end = node.start_byte
        self.add("")
        for part in node.children:
            self._parts.append(module.source[end : part.start_byte].decode())
            if part.type == "template_substitution":
                self._parts.append("${")
                for expression in part.named_children:
                    self._add(expression, module)
                self._parts.append("}")
            else:
                self._parts.append(text(part))
            end = part.end_byte

    def _own_url(self, module: Module) -> str:
        if posixpath.dirname(module.file) == self._folder:
            return "import.meta.url"
        relative = posixpath.relpath(module.file, self._folder)
        return f'new URL("{relative}",import.meta.url).href'


def _needs_space(before: str, token: str) -> bool:
    if not before or not token:
        return False
    last, first = before[-1], token[0]
    is_regex = len(before) > 1 and before[0] == "/"  # a letter after it would be a flag
    if _WORD.match(first) and (_WORD.match(last) or is_regex):
        return True
    return bool(_AMBIGUOUS.fullmatch(last + first)) or (first == "." and bool(_INTEGER.fullmatch(before)))


def _is_in_loop_head(node: Node) -> bool:
    loop = node.parent
    return loop is not None and loop.type == "for_statement" and node != loop.child_by_field_name("body")


def _is_own_url(node: Node) -> bool:
    return child(node, "object").type == "meta_property" and text(node) == "import.meta.url"
