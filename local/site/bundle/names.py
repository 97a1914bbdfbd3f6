"""Short names for the variables of a bundle, which never hide a variable or global that is used there."""

from __future__ import annotations

from collections import Counter
from itertools import chain, count, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from local.site.bundle.modules import Module
    from local.site.bundle.scopes import Binding, Scope

_FIRST = "etnraosilcdufpmhgbvyxwkqzjETNRAOSILCDUFPMHGBVYXWKQZJ_$"
_OTHER = _FIRST + "0123456789"
# Words with a meaning of their own, of up to three letters: longer names aren't created. Bundles use URL.
_RESERVED = frozenset({"do", "for", "if", "in", "let", "new", "of", "try", "URL", "var"})


def short_names() -> Iterator[str]:
    """Yield valid names, the shortest first."""
    lengths = ("".join(name) for length in count() for name in product(_FIRST, *[_OTHER] * length))
    return (name for name in lengths if name not in _RESERVED)


def name_variables(
    modules: Collection[Module], imported: Iterable[Binding], target: Callable[[Binding], Binding]
) -> dict[Binding, str]:
    """Return the names of all variables of a bundle, those that are used most often first.

    `imported` are the variables of other bundles and the namespaces, `target` is what an import stands for.
    """
    scopes = [module.scope for module in modules]
    uses = Counter(target(binding) for module in modules for binding in module.uses.values())
    own = (each for scope in scopes for each in scope.bindings.values() if target(each) is each)
    top = dict.fromkeys(chain(own, imported))
    taken = {name for scope in scopes for name in scope.unresolved}
    names: dict[Binding, str] = {}
    _assign(sorted(top, key=lambda binding: -uses[binding]), taken, names)
    for scope in scopes:
        for inner in scope.children:
            _name_scope(inner, names, target)
    for module in modules:
        names |= {local: names[target(local)] for local in module.imports if target(local) in names}
    return names


def _name_scope(scope: Scope, names: dict[Binding, str], target: Callable[[Binding], Binding]) -> None:
    taken = scope.unresolved | {names[target(binding)] for binding in scope.outer}
    if scope.is_body and scope.parent:
        taken |= {names[binding] for binding in scope.parent.bindings.values()}
    _assign(scope.bindings.values(), taken, names)
    for inner in scope.children:
        _name_scope(inner, names, target)


def _assign(bindings: Iterable[Binding], taken: set[str], names: dict[Binding, str]) -> None:
    free = (name for name in short_names() if name not in taken)
    names.update(zip(bindings, free, strict=False))
