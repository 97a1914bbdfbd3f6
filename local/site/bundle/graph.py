"""Which modules the page needs, and which bundle each is in.

A page that is opened loads the bundle of its entry. Each target of an import() is a bundle of its own,
without the modules that are loaded already. Modules that several bundles need, and none of them can expect,
are in a bundle that all of them import.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from local.site.bundle.modules import read_module
from local.site.bundle.syntax import PageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from local.site.bundle.modules import Module


@dataclass(eq=False)
class Chunk:
    """A bundle: its file, its modules in the order of evaluation, and the module that it is named after."""

    file: str
    modules: list[Module]
    entry: Module | None


def read_modules(entries: Iterable[str], files: Mapping[str, bytes]) -> dict[str, Module]:
    """Read all modules that the entries need, each after those that it imports. Raises PageError."""
    modules: dict[str, Module] = {}
    visited: set[str] = set()

    def visit(file: str) -> None:
        if file in visited:
            return
        visited.add(file)
        module = read_module(file, files[file])
        for source, node in module.sources.items():
            if source not in files:
                raise PageError.at(file, node, f"{source} doesn't exist.")
            visit(source)
        modules[file] = module
        for position, target in module.dynamic.items():
            if target not in files:
                node = module.root.descendant_for_byte_range(position, position) or module.root
                raise PageError.at(file, node, f"{target} doesn't exist.")
            visit(target)

    for entry in entries:
        visit(entry)
    return modules


def split(entries: Iterable[str], modules: Mapping[str, Module]) -> list[Chunk]:
    """Return the bundles of all modules."""
    first = list(entries)
    targets = [target for module in modules.values() for target in module.dynamic.values()]
    closures = {entry: _closure(entry, modules) for entry in dict.fromkeys([*first, *targets])}
    available = _available(first, closures, modules)
    groups: dict[frozenset[str], list[Module]] = {}
    for file, module in modules.items():
        users = frozenset(
            entry for entry, closure in closures.items() if file in closure and file not in available[entry]
        )
        groups.setdefault(users, []).append(module)
    return [_chunk(users, group, modules) for users, group in groups.items()]


def _closure(entry: str, modules: Mapping[str, Module]) -> set[str]:
    """Return a module and all that it imports statically."""
    found: set[str] = set()
    pending = [entry]
    while pending:
        file = pending.pop()
        if file not in found:
            found.add(file)
            pending += modules[file].sources
    return found


def _available(
    first: Iterable[str], closures: Mapping[str, set[str]], modules: Mapping[str, Module]
) -> dict[str, set[str]]:
    """Return which modules are evaluated before each entry, whoever loads it.

    Nothing is for one that a module may await while it is evaluated: the two could wait for each other.
    """
    awaited = {
        target for module in modules.values() if module.is_awaiting for target in module.dynamic.values()
    }
    parents = {
        entry: [parent for parent, closure in closures.items() if _loads(entry, closure, modules)]
        for entry in closures
    }
    without = {*first, *awaited}
    available = {entry: set() if entry in without else set(modules) for entry in closures}
    while True:
        narrowed = {
            entry: before
            if entry in without
            else set.intersection(*(closures[parent] | available[parent] for parent in parents[entry]))
            for entry, before in available.items()
        }
        if narrowed == available:
            return available
        available = narrowed


def _loads(entry: str, closure: set[str], modules: Mapping[str, Module]) -> bool:
    return any(entry in modules[file].dynamic.values() for file in closure)


def _chunk(users: frozenset[str], group: list[Module], modules: Mapping[str, Module]) -> Chunk:
    if len(users) == 1:
        (file,) = users
        return Chunk(file, group, modules[file])
    names = sorted(users)
    stems = "-".join(PurePosixPath(name).stem for name in names)
    return Chunk(posixpath.join(posixpath.dirname(names[0]), f"shared-{stems}.js"), group, None)
