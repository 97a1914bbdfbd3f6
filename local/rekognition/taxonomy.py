"""Labels as Rekognition names and groups them, for what the engine and common models can see."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    parents: tuple[str, ...] = ()  # all of them, grandparents too, as in Rekognition's answers
    aliases: tuple[str, ...] = ()
    category: str | None = None


_ANIMALS = "Animals and Pets"
_PEOPLE = "Person Description"
_VEHICLES = "Vehicles and Automotive"

ENTRIES: dict[str, Entry] = {
    "Person": Entry((), ("Human",), _PEOPLE),
    "Head": Entry(("Person",), (), _PEOPLE),
    "Face": Entry(("Head", "Person"), (), _PEOPLE),
    "Animal": Entry((), (), _ANIMALS),
    "Mammal": Entry(("Animal",), (), _ANIMALS),
    "Pet": Entry(("Animal",), (), _ANIMALS),
    "Cat": Entry(("Animal", "Mammal", "Pet"), (), _ANIMALS),
    "Dog": Entry(("Animal", "Canine", "Mammal", "Pet"), (), _ANIMALS),
    "Canine": Entry(("Animal", "Mammal"), (), _ANIMALS),
    "Horse": Entry(("Animal", "Mammal"), (), _ANIMALS),
    "Cow": Entry(("Animal", "Mammal"), (), _ANIMALS),
    "Sheep": Entry(("Animal", "Mammal"), (), _ANIMALS),
    "Bear": Entry(("Animal", "Mammal", "Wildlife"), (), _ANIMALS),
    "Elephant": Entry(("Animal", "Mammal", "Wildlife"), (), _ANIMALS),
    "Zebra": Entry(("Animal", "Mammal", "Wildlife"), (), _ANIMALS),
    "Giraffe": Entry(("Animal", "Mammal", "Wildlife"), (), _ANIMALS),
    "Bird": Entry(("Animal",), (), _ANIMALS),
    "Wildlife": Entry(("Animal",), (), _ANIMALS),
    "Transportation": Entry((), (), _VEHICLES),
    "Vehicle": Entry(("Transportation",), (), _VEHICLES),
    "Car": Entry(("Transportation", "Vehicle"), ("Automobile",), _VEHICLES),
    "Bus": Entry(("Transportation", "Vehicle"), (), _VEHICLES),
    "Truck": Entry(("Transportation", "Vehicle"), (), _VEHICLES),
    "Train": Entry(("Transportation", "Vehicle"), (), _VEHICLES),
    "Boat": Entry(("Transportation", "Vehicle"), (), _VEHICLES),
    "Airplane": Entry(("Transportation", "Vehicle"), ("Plane", "Aeroplane"), _VEHICLES),
    "Bicycle": Entry(("Transportation", "Vehicle"), ("Bike",), _VEHICLES),
    "Motorcycle": Entry(("Transportation", "Vehicle"), ("Motorbike",), _VEHICLES),
}
_NAMES = {known.lower(): name for name, entry in ENTRIES.items() for known in (name, *entry.aliases)}


def canonical(name: str) -> str:
    """Return Rekognition's spelling of a name that it knows, and any other as it is."""
    return _NAMES.get(name.lower(), name)


def entry_of(name: str) -> Entry:
    return ENTRIES.get(name, Entry())
