"""Rekognition's names, ancestors, aliases and categories of the labels that local models can detect."""

from __future__ import annotations

from dataclasses import dataclass

_ANIMALS = "Animals and Pets"
_PEOPLE = "Person Description"
_VEHICLES = "Vehicles and Automotive"
_VEHICLE_NAMES = ("Car", "Bus", "Truck", "Train", "Boat", "Airplane", "Bicycle", "Motorcycle")

_GROUPS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    # category, ancestors, names
    (_PEOPLE, (), ("Person",)),
    (_PEOPLE, ("Person",), ("Head",)),
    (_PEOPLE, ("Head", "Person"), ("Face",)),
    (_ANIMALS, (), ("Animal",)),
    (_ANIMALS, ("Animal",), ("Mammal", "Pet", "Bird", "Wildlife")),
    (_ANIMALS, ("Animal", "Mammal"), ("Canine", "Horse", "Cow", "Sheep")),
    (_ANIMALS, ("Animal", "Mammal", "Pet"), ("Cat",)),
    (_ANIMALS, ("Animal", "Canine", "Mammal", "Pet"), ("Dog",)),
    (_ANIMALS, ("Animal", "Mammal", "Wildlife"), ("Bear", "Elephant", "Zebra", "Giraffe")),
    (_VEHICLES, (), ("Transportation",)),
    (_VEHICLES, ("Transportation",), ("Vehicle",)),
    (_VEHICLES, ("Transportation", "Vehicle"), _VEHICLE_NAMES),
)
_ALIASES = {
    "Person": ("Human",),
    "Car": ("Automobile",),
    "Airplane": ("Plane", "Aeroplane"),
    "Bicycle": ("Bike",),
    "Motorcycle": ("Motorbike",),
}


@dataclass(frozen=True)
class Entry:
    parents: tuple[str, ...] = ()  # all ancestors, as in Rekognition's responses
    aliases: tuple[str, ...] = ()
    category: str | None = None


_ENTRIES = {
    name: Entry(parents, _ALIASES.get(name, ()), category)
    for category, parents, names in _GROUPS
    for name in names
}
_NAMES = {known.lower(): name for name, entry in _ENTRIES.items() for known in (name, *entry.aliases)}


def canonical_name(name: str) -> str:
    """Return Rekognition's name for a known name or alias in any case, and other names unchanged."""
    return _NAMES.get(name.lower(), name)


def find_entry(name: str) -> Entry:
    return _ENTRIES.get(name, Entry())
