"""The page's scripts: the modules that its entries need, in bundles that behave like them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from local.site.bundle.graph import read_modules, split
from local.site.bundle.links import Links
from local.site.bundle.names import name_variables, short_names
from local.site.bundle.printer import Printer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from local.site.bundle.graph import Chunk
    from local.site.bundle.modules import Module
    from local.site.bundle.scopes import Binding


def bundle_scripts(entries: Iterable[str], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the bundles by their names. Raises PageError."""
    entries = list(entries)
    modules = read_modules(entries, files)
    chunks = split(entries, modules)
    bundler = _Bundler(chunks, modules)
    return {chunk.file: bundler.print(chunk).encode() for chunk in chunks}


class _Bundler:
    """Prints bundles that import variables from each other."""

    def __init__(self, chunks: Iterable[Chunk], modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._links = Links(modules)
        self._chunks = {module.file: chunk for chunk in chunks for module in chunk.modules}
        # in a fixed order, so that the same sources have the same bundles
        self._targets = dict.fromkeys(each for module in modules.values() for each in module.dynamic.values())
        for target in self._targets:
            if not self._is_own_chunk(target):
                self._links.namespace(modules[target])
        self._imports = {chunk.file: self._find_imports(chunk) for chunk in chunks}
        self._exports = {chunk.file: self._find_exports(chunk) for chunk in chunks}

    def print(self, chunk: Chunk) -> str:
        imports, exports = self._imports[chunk.file], self._exports[chunk.file]
        namespaces = self._namespaces(chunk)
        outer = [*namespaces, *(binding for bindings in imports.values() for binding in bindings)]
        names = name_variables(chunk.modules, outer, self._links.target)
        folder = posixpath.dirname(chunk.file)
        printer = Printer(names, lambda target: self._load(target, folder), folder)
        for module in chunk.modules:
            printer.add_module(module)
        exported = ",".join(_alias(names[binding], name) for name, binding in exports.items())
        parts = [
            *(self._import(file, bindings, names, folder) for file, bindings in imports.items()),
            *(self._namespace(binding, names) for binding in namespaces),
            printer.result(),
            f"export{{{exported}}};" if exported else "",
        ]
        return "".join(parts) + "\n"

    def _find_imports(self, chunk: Chunk) -> dict[str, list[Binding]]:
        """Return the bundles to import, in the order of their evaluation, and what is used of each."""
        sources = [self._chunks[source].file for module in chunk.modules for source in module.sources]
        imports: dict[str, list[Binding]] = {file: [] for file in sources if file != chunk.file}
        used = [self._links.target(binding) for module in chunk.modules for binding in module.uses.values()]
        for binding in self._namespaces(chunk):
            used += self._links.exports(self._links.namespaces[binding]).values()
        used += self._entry_exports(chunk).values()
        for binding in dict.fromkeys(used):
            owner = self._links.owners.get(binding)  # None for a local variable
            if owner and self._chunks[owner.file] is not chunk:
                imports.setdefault(self._chunks[owner.file].file, []).append(binding)
        return imports

    def _find_exports(self, chunk: Chunk) -> dict[str, Binding]:
        """Return the variables that a bundle exports: its entry's by their names, others by short ones."""
        exports = self._entry_exports(chunk)
        free = (name for name in short_names() if name not in exports)
        used = [binding for imports in self._imports.values() for binding in imports.get(chunk.file, [])]
        used += [binding for binding in self._namespaces(chunk) if self._is_loaded(binding)]
        for binding in dict.fromkeys(used):
            if binding not in exports.values():
                exports[next(free)] = binding
        return exports

    def _entry_exports(self, chunk: Chunk) -> dict[str, Binding]:
        is_loaded = chunk.entry is not None and chunk.entry.file in self._targets
        return self._links.exports(chunk.entry) if chunk.entry and is_loaded else {}

    def _namespaces(self, chunk: Chunk) -> list[Binding]:
        owners = self._links.namespaces.items()
        return [binding for binding, module in owners if self._chunks[module.file] is chunk]

    def _is_loaded(self, namespace: Binding) -> bool:
        return self._links.namespaces[namespace].file in self._targets

    def _is_own_chunk(self, target: str) -> bool:
        return self._chunks[target].file == target

    def _load(self, target: str, folder: str) -> str:
        """Return the expression for the promise of a module."""
        chunk = self._chunks[target]
        loaded = f'import("{_relative(chunk.file, folder)}")'
        if self._is_own_chunk(target):
            return loaded
        namespace = self._links.namespace(self._modules[target])
        names = {binding: name for name, binding in self._exports[chunk.file].items()}
        return f"{loaded}.then(m=>m.{names[namespace]})"

    def _import(
        self, file: str, bindings: Iterable[Binding], names: Mapping[Binding, str], folder: str
    ) -> str:
        exported = {binding: name for name, binding in self._exports[file].items()}
        listed = ",".join(_alias(exported[binding], names[binding]) for binding in bindings)
        return f'import{{{listed}}}from"{_relative(file, folder)}";'

    def _namespace(self, binding: Binding, names: Mapping[Binding, str]) -> str:
        exports = self._links.exports(self._links.namespaces[binding])
        getters = "".join(f",get {name}(){{return {names[exports[name]]}}}" for name in sorted(exports))
        return f"const {names[binding]}={{__proto__:null{getters}}};"


def _alias(name: str, alias: str) -> str:
    return name if name == alias else f"{name} as {alias}"


def _relative(file: str, folder: str) -> str:
    path = posixpath.relpath(file, folder)
    return path if path.startswith(".") else f"./{path}"
