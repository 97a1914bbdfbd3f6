"""What each import refers to: a variable of another module, or a module's namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.site.bundle.modules import NAMESPACE, Imported, Module
from local.site.bundle.scopes import Binding
from local.site.bundle.syntax import PageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Links:
    """Follows imports and re-exports through all modules."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self.namespaces: dict[Binding, Module] = {}
        self._namespace_of: dict[str, Binding] = {}
        self.owners = {
            binding: module
            for module in modules.values()
            for binding in module.scope.bindings.values()
            if binding not in module.imports
        }
        self.targets = {
            local: self._follow(imported, module)
            for module in modules.values()
            for local, imported in module.imports.items()
        }
        for module in modules.values():
            self.exports(module)  # finds the namespaces that are exported

    def target(self, binding: Binding) -> Binding:
        """Return the variable that an import stands for; every other one stands for itself."""
        return self.targets.get(binding, binding)

    def namespace(self, module: Module) -> Binding:
        """Return the binding of an object with all exports of a module."""
        binding = self._namespace_of.setdefault(module.file, Binding("namespace"))
        self.namespaces[binding] = module
        self.owners[binding] = module
        return binding

    def exports(self, module: Module) -> dict[str, Binding]:
        """Return all exports of a module, by name."""
        names = dict.fromkeys(module.exports)
        for star in module.stars:
            names |= dict.fromkeys(name for name in self.exports(self._modules[star]) if name != "default")
        return {name: found for name in names if (found := self._find(module, name, set()))}

    def _follow(self, imported: Imported, importer: Module) -> Binding:
        module = self._modules[imported.file]
        if imported.name == NAMESPACE:
            return self.namespace(module)
        found = self._find(module, imported.name, set())
        if found is None:
            raise PageError.at(
                importer.file, imported.node, f"{imported.file} doesn't export {imported.name}."
            )
        return found

    def _find(self, module: Module, name: str, seen: set[str]) -> Binding | None:
        """Return the variable behind an export, or None if there is none."""
        if module.file in seen:
            return None
        exported = module.exports.get(name)
        if isinstance(exported, Imported):
            return self._follow(exported, module)
        if exported is not None:
            return self._follow(module.imports[exported], module) if exported in module.imports else exported
        if name == "default":
            return None
        for star in module.stars:
            if found := self._find(self._modules[star], name, seen | {module.file}):
                return found
        return None
