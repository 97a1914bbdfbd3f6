"""The scopes of a module, and which variable each name in it refers to.

Modules are strict code without `var`, so every name is resolved by its position alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.site.bundle.syntax import PageError, child, text

if TYPE_CHECKING:
    from tree_sitter import Node

_NAMED = ("identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern")


@dataclass(eq=False)
class Binding:
    """A variable, function, class, parameter or import."""

    name: str


@dataclass(eq=False)
class Scope:
    """A part of the source where names are declared."""

    parent: Scope | None = None
    is_body: bool = False  # of a function or catch clause: it must not redeclare the parameters
    bindings: dict[str, Binding] = field(default_factory=dict)
    children: list[Scope] = field(default_factory=list)
    outer: set[Binding] = field(default_factory=set)  # used here or in a child, declared further out
    unresolved: set[str] = field(default_factory=set)  # globals that are used here or in a child

    def open(self, *, is_body: bool = False) -> Scope:
        inner = Scope(self, is_body)
        self.children.append(inner)
        return inner


class ScopeAnalysis:
    """Finds the scopes of one module. `uses` maps the position of each name to its binding."""

    def __init__(self, file: str) -> None:
        self.scope = Scope()
        self.uses: dict[int, Binding] = {}
        self.dynamic_imports: list[Node] = []  # their arguments
        self.is_awaiting = False  # whether the module waits for something while it is evaluated
        self._file = file
        self._references: list[tuple[Node, Scope]] = []
        self._functions = 0  # that surround the visited node

    def declare(self, node: Node, scope: Scope) -> Binding:
        name = text(node)
        binding = scope.bindings.setdefault(name, Binding(name))
        self.uses[node.start_byte] = binding
        return binding

    def resolve(self) -> None:
        """Find the binding of each reference, after everything was visited: functions are hoisted."""
        for node, innermost in self._references:
            name, scope, passed = text(node), innermost, []
            while name not in scope.bindings:
                passed.append(scope)
                if scope.parent is None:
                    for each in passed:
                        each.unresolved.add(name)
                    break
                scope = scope.parent
            else:
                self.uses[node.start_byte] = binding = scope.bindings[name]
                for each in passed:
                    each.outer.add(binding)

    def visit(self, node: Node, scope: Scope) -> None:
        match node.type:
            case kind if kind in _NAMED:
                self._references.append((node, scope))
            case "variable_declaration":
                raise PageError.at(self._file, node, "Use let or const instead of var.")
            case "lexical_declaration" | "for_statement" | "for_in_statement" | "catch_clause":
                self._visit_declaring(node, scope)
            case "statement_block" | "switch_body":
                self._visit_children(node, scope.open())
            case "function_declaration" | "generator_function_declaration":
                self.declare(child(node, "name"), scope)
                self._visit_function(node, scope)
            case "function_expression" | "generator_function":
                inner = scope.open()
                if name := node.child_by_field_name("name"):
                    self.declare(name, inner)
                self._visit_function(node, inner)
            case "arrow_function" | "method_definition":
                self._visit_function(node, scope)
            case "class_declaration":
                self.declare(child(node, "name"), scope)
                self._visit_class(node, scope)
            case "class":
                inner = scope.open()
                if name := node.child_by_field_name("name"):
                    self.declare(name, inner)
                self._visit_class(node, inner)
            case "call_expression" if child(node, "function").type == "import":
                self._visit_children(node, scope)
                self.dynamic_imports.append(child(node, "arguments").named_children[0])
            case "await_expression":
                self.is_awaiting |= self._functions == 0
                self._visit_children(node, scope)
            case _:
                self._visit_children(node, scope)

    def _visit_children(self, node: Node, scope: Scope) -> None:
        for part in node.named_children:
            self.visit(part, scope)

    def _visit_declaring(self, node: Node, scope: Scope) -> None:
        match node.type:
            case "lexical_declaration":
                for declarator in node.named_children:
                    if declarator.type == "variable_declarator":
                        self._declare_pattern(child(declarator, "name"), scope)
                        if value := declarator.child_by_field_name("value"):
                            self.visit(value, scope)
            case "for_statement":
                self._visit_children(node, scope.open())
            case "for_in_statement":
                inner = scope.open()
                if node.child_by_field_name("kind"):
                    self._declare_pattern(child(node, "left"), inner)
                else:
                    self.visit(child(node, "left"), inner)
                self.visit(child(node, "right"), inner)
                self.visit(child(node, "body"), inner)
            case _:
                inner = scope.open()
                if parameter := node.child_by_field_name("parameter"):
                    self._declare_pattern(parameter, inner)
                self._visit_children(child(node, "body"), inner.open(is_body=True))

    def _visit_function(self, node: Node, scope: Scope) -> None:
        if node.type == "method_definition":
            self.visit(child(node, "name"), scope)  # can be computed
        inner = scope.open()
        self._functions += 1
        if parameter := node.child_by_field_name("parameter"):
            self._declare_pattern(parameter, inner)
        elif parameters := node.child_by_field_name("parameters"):
            for each in parameters.named_children:
                self._declare_pattern(each, inner)
        body = child(node, "body")
        if body.type == "statement_block":
            self._visit_children(body, inner.open(is_body=True))
        else:
            self.visit(body, inner)
        self._functions -= 1

    def _visit_class(self, node: Node, scope: Scope) -> None:
        for part in node.named_children:
            if part != node.child_by_field_name("name"):
                self.visit(part, scope)

    def _declare_pattern(self, node: Node, scope: Scope) -> None:
        """Declare the names in a pattern. Default values and computed keys are expressions."""
        match node.type:
            case "identifier" | "shorthand_property_identifier_pattern":
                self.declare(node, scope)
            case "object_pattern" | "array_pattern" | "rest_pattern":
                for part in node.named_children:
                    self._declare_pattern(part, scope)
            case "pair_pattern":
                self.visit(child(node, "key"), scope)
                self._declare_pattern(child(node, "value"), scope)
            case "assignment_pattern" | "object_assignment_pattern":
                self._declare_pattern(child(node, "left"), scope)
                self.visit(child(node, "right"), scope)
