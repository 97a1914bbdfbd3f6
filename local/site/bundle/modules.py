"""One module: its source, its scopes, and what it imports and exports."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from local.site.bundle.scopes import Binding, ScopeAnalysis
from local.site.bundle.syntax import PageError, child, parse, string_value, text

if TYPE_CHECKING:
    from tree_sitter import Node

    from local.site.bundle.scopes import Scope

NAMESPACE = "*"
_DEFAULT = "default"


class Imported(NamedTuple):
    """A name of another module, or its namespace."""

    file: str
    name: str
    node: Node


@dataclass(eq=False)
class Module:
    """A module. All paths are relative to the page's folder, with `/`."""

    file: str
    source: bytes
    root: Node
    scope: Scope
    uses: dict[int, Binding]
    sources: dict[str, Node] = field(default_factory=dict)  # static imports, in the order of evaluation
    imports: dict[Binding, Imported] = field(default_factory=dict)
    exports: dict[str, Binding | Imported] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)  # export * from
    dynamic: dict[int, str] = field(default_factory=dict)  # the modules that import() loads, by position
    is_awaiting: bool = False  # whether it may wait for those while it is evaluated


def read_module(file: str, source: bytes) -> Module:
    """Read a module. Raises PageError if it isn't valid, or imports something that can't be a file."""
    root = parse(file, source)
    analysis = ScopeAnalysis(file)
    module = Module(file, source, root, analysis.scope, analysis.uses)
    exported: list[tuple[str, Node]] = []
    for statement in root.named_children:
        if statement.type == "import_statement":
            _read_import(module, analysis, statement)
        elif statement.type == "export_statement":
            exported += _read_export(module, analysis, statement)
        else:
            analysis.visit(statement, analysis.scope)
    analysis.resolve()
    for name, node in exported:
        binding = module.scope.bindings.get(text(node))
        if binding is None:
            raise PageError.at(file, node, f"{text(node)} isn't declared.")
        module.exports[name] = binding
    for argument in analysis.dynamic_imports:
        if argument.type != "string":
            raise PageError.at(file, argument, "import() needs the module's name as a string.")
        module.dynamic[argument.start_byte] = _target(module, argument)
    module.is_awaiting = analysis.is_awaiting
    return module


def _target(module: Module, node: Node) -> str:
    specifier = string_value(node)
    if not specifier.startswith(("./", "../")):
        raise PageError.at(module.file, node, f"{specifier!r} must start with './' or '../'.")
    return posixpath.normpath(posixpath.join(posixpath.dirname(module.file), specifier))


def _read_import(module: Module, analysis: ScopeAnalysis, statement: Node) -> None:
    file = _target(module, child(statement, "source"))
    module.sources.setdefault(file, statement)
    for clause in (part for part in statement.named_children if part.type == "import_clause"):
        for part in clause.named_children:
            if part.type == "identifier":
                _add_import(module, analysis, part, file, _DEFAULT)
            elif part.type == "namespace_import":
                _add_import(module, analysis, part.named_children[0], file, NAMESPACE)
            else:
                for name, alias in _specifiers(part):
                    _add_import(module, analysis, alias, file, text(name))


def _specifiers(clause: Node) -> list[tuple[Node, Node]]:
    """Return the name and the alias of each specifier, or the name twice, without comments."""
    specifiers = [part for part in clause.named_children if part.type != "comment"]
    names = [(child(part, "name"), part.child_by_field_name("alias")) for part in specifiers]
    return [(name, alias or name) for name, alias in names]


def _add_import(module: Module, analysis: ScopeAnalysis, local: Node, file: str, name: str) -> None:
    module.imports[analysis.declare(local, analysis.scope)] = Imported(file, name, local)


def _read_export(module: Module, analysis: ScopeAnalysis, statement: Node) -> list[tuple[str, Node]]:
    """Return the exported names that are declared in the module, with the node that has the local name."""
    source = statement.child_by_field_name("source")
    if source:
        file = _target(module, source)
        module.sources.setdefault(file, statement)
        _read_reexport(module, statement, file)
        return []
    if value := statement.child_by_field_name("value"):
        module.exports[_DEFAULT] = analysis.uses[statement.start_byte] = default = Binding(_DEFAULT)
        module.scope.bindings[_DEFAULT] = default  # no variable can have this name
        analysis.visit(value, analysis.scope)
        return []
    if declaration := statement.child_by_field_name("declaration"):
        before = set(module.scope.bindings)
        analysis.visit(declaration, analysis.scope)
        if any(part.type == _DEFAULT for part in statement.children):
            return [(_DEFAULT, child(declaration, "name"))]
        module.exports |= {
            name: binding for name, binding in module.scope.bindings.items() if name not in before
        }
        return []
    (clause,) = (part for part in statement.named_children if part.type == "export_clause")
    return [(text(alias), name) for name, alias in _specifiers(clause)]


def _read_reexport(module: Module, statement: Node, file: str) -> None:
    for part in statement.named_children:
        if part.type == "namespace_export":
            module.exports[text(part.named_children[0])] = Imported(file, NAMESPACE, part)
        elif part.type == "export_clause":
            for name, alias in _specifiers(part):
                module.exports[text(alias)] = Imported(file, text(name), name)
    if any(part.type == NAMESPACE for part in statement.children):
        module.stars.append(file)
