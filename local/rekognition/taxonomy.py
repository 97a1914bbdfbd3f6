"""Rekognition's names, ancestors, aliases and categories of the labels that local models can detect.

Names, aliases and categories are those of Rekognition's list of labels, version 3.0 (Developer Guide,
"Detecting objects and concepts"). The list has no ancestors: they are those seen in responses, and left out
where unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

_ANIMALS = "Animals and Pets"
_APPAREL = "Apparel and Accessories"
_APPLIANCES = "Home Appliances"
_FOOD = "Food and Beverage"
_FURNITURE = "Furniture and Furnishings"
_HOBBIES = "Hobbies and Interests"
_HOME = "Home and Indoors"
_KITCHEN = "Kitchen and Dining"
_OBJECTS = "Everyday Objects"
_PEOPLE = "Person Description"
_SPORTS = "Sports"
_TECHNOLOGY = "Technology and Computing"
_TOOLS = "Tools and Machinery"
_TRANSPORT = "Transport and Logistics"
_VEHICLES = "Vehicles and Automotive"
_WEAPONS = "Weapons and Military"

_LABELS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    # category, parents, names; further ancestors are those of the parents
    (_PEOPLE, (), ("Person",)),
    (_PEOPLE, ("Person",), ("Head",)),
    (_PEOPLE, ("Head",), ("Face",)),
    (_ANIMALS, (), ("Animal",)),
    (_ANIMALS, ("Animal",), ("Bird", "Livestock", "Mammal", "Pet", "Wildlife")),
    (_ANIMALS, ("Mammal",), ("Canine", "Horse")),
    (_ANIMALS, ("Canine", "Pet"), ("Dog",)),
    (_ANIMALS, ("Livestock", "Mammal"), ("Cattle", "Sheep")),
    (_ANIMALS, ("Cattle",), ("Cow",)),
    (_ANIMALS, ("Mammal", "Pet"), ("Cat",)),
    (_ANIMALS, ("Mammal", "Wildlife"), ("Bear", "Elephant", "Giraffe", "Zebra")),
    (_VEHICLES, (), ("Parking Meter", "Transportation")),
    (_VEHICLES, ("Transportation",), ("Vehicle",)),
    (_VEHICLES, ("Vehicle",), ("Aircraft", "Boat", "Bus", "Car", "Motorcycle", "Train", "Truck")),
    (_VEHICLES, ("Aircraft",), ("Airplane",)),
    (_HOBBIES, ("Vehicle",), ("Bicycle",)),
    ("Colors and Visual Composition", (), ("Light",)),
    ("Symbols and Flags", (), ("Symbol",)),
    ("Symbols and Flags", ("Symbol",), ("Sign",)),
    (_TRANSPORT, ("Sign",), ("Road Sign",)),
    (_TRANSPORT, ("Road Sign",), ("Stopsign",)),
    (_TRANSPORT, ("Light",), ("Traffic Light",)),
    (_TOOLS, (), ("Hydrant", "Scissors", "Tool")),
    ("Public Safety", ("Hydrant",), ("Fire Hydrant",)),
    (_APPAREL, (), ("Accessories", "Bag", "Clothing", "Formal Wear")),
    (_APPAREL, ("Accessories", "Bag"), ("Handbag",)),
    (_APPAREL, ("Accessories", "Formal Wear"), ("Tie",)),
    (_APPAREL, ("Bag",), ("Backpack",)),
    (_APPAREL, ("Clothing",), ("Glove",)),
    ("Buildings and Architecture", (), ("Canopy",)),
    ("Travel and Adventure", (), ("Baggage",)),
    (_OBJECTS, (), ("Bottle", "Clock")),
    (_OBJECTS, ("Baggage",), ("Suitcase",)),
    (_OBJECTS, ("Canopy",), ("Umbrella",)),
    (_HOBBIES, (), ("Pottery", "Toy")),
    (_HOBBIES, ("Toy",), ("Kite", "Teddy Bear")),
    (_SPORTS, (), ("Ball", "Racket", "Sport")),
    (_SPORTS, ("Baseball",), ("Baseball Bat",)),
    (_SPORTS, ("Baseball", "Glove"), ("Baseball Glove",)),
    (_SPORTS, ("Racket",), ("Tennis Racket",)),
    (_SPORTS, ("Sport",), ("Baseball", "Skateboard", "Skiing", "Snowboarding", "Surfboard")),
    (_SPORTS, ("Toy",), ("Frisbee",)),
    (_KITCHEN, (), ("Bowl", "Cup", "Cutlery", "Jar")),
    (_KITCHEN, ("Cutlery",), ("Fork", "Spoon")),
    ("Materials", (), ("Glass",)),
    (_FOOD, ("Glass",), ("Wine Glass",)),
    (_WEAPONS, (), ("Weapon",)),
    (_WEAPONS, ("Weapon",), ("Blade",)),
    (_WEAPONS, ("Blade",), ("Knife",)),
    (_FOOD, (), ("Food",)),
    (_FOOD, ("Food",), ("Dessert", "Donut", "Hot Dog", "Pizza", "Sandwich")),
    (_FOOD, ("Dessert",), ("Cake",)),
    (_FOOD, ("Food", "Plant"), ("Fruit", "Vegetable")),
    (_FOOD, ("Fruit",), ("Apple", "Banana", "Citrus Fruit")),
    (_FOOD, ("Citrus Fruit",), ("Orange",)),
    (_FOOD, ("Vegetable",), ("Broccoli", "Carrot")),
    ("Plants and Flowers", (), ("Plant",)),
    (_FURNITURE, (), ("Furniture",)),
    (_FURNITURE, ("Furniture",), ("Bench", "Chair", "Couch", "Table")),
    (_FURNITURE, ("Table",), ("Dining Table",)),
    (_FURNITURE, ("Jar", "Pottery"), ("Vase",)),
    (_HOME, (), ("Sink", "Toilet")),
    (_HOME, ("Furniture",), ("Bed",)),
    (_HOME, ("Plant", "Vase"), ("Potted Plant",)),
    (_TECHNOLOGY, (), ("Device", "Electronics", "Hardware")),
    (_TECHNOLOGY, ("Device",), ("Electrical Device",)),
    (_TECHNOLOGY, ("Electronics",), ("Computer", "Phone", "Remote Control")),
    (_TECHNOLOGY, ("Electronics", "Hardware"), ("Computer Hardware",)),
    (_TECHNOLOGY, ("Computer",), ("Pc",)),
    (_TECHNOLOGY, ("Pc",), ("Laptop",)),
    # The list has one Mouse, among the animals; models for photos find the device.
    (_TECHNOLOGY, ("Computer Hardware",), ("Computer Keyboard", "Mouse", "Screen")),
    (_TECHNOLOGY, ("Screen",), ("Monitor",)),
    (_TECHNOLOGY, ("Monitor",), ("TV",)),
    (_TECHNOLOGY, ("Phone",), ("Mobile Phone",)),
    (_APPLIANCES, ("Electrical Device",), ("Appliance",)),
    (_APPLIANCES, ("Appliance",), ("Oven", "Refrigerator", "Toaster")),
    (_APPLIANCES, ("Oven",), ("Microwave",)),
    (_TOOLS, ("Appliance",), ("Blow Dryer",)),
    (_TOOLS, ("Device", "Tool"), ("Brush",)),
    ("Beauty and Personal Care", ("Brush",), ("Toothbrush",)),
    ("Education", (), ("Publication",)),
    (_HOBBIES, ("Publication",), ("Book",)),
)
_ALIASES = {
    "Accessories": ("Accessory",),
    "Baggage": ("Luggage",),
    "Baseball": ("Softball",),
    "Bicycle": ("Bike",),
    "Blow Dryer": ("Hair Drier",),
    "Car": ("Automobile",),
    "Clothing": ("Apparel",),
    "Cup": ("Mug",),
    "Mobile Phone": ("Cell Phone",),
    "Monitor": ("Display", "Digital Display", "LCD Screen"),
    "Person": ("Human",),
    "Sport": ("Sports",),
    "TV": ("Television",),
    "Weapon": ("Weaponry",),
}
# What models call a label. The list has no skis and no snowboards, only what people do with them.
_MODEL_NAMES = {
    "aeroplane": "Airplane",
    "diningtable": "Dining Table",
    "keyboard": "Computer Keyboard",
    "motorbike": "Motorcycle",
    "pottedplant": "Potted Plant",
    "remote": "Remote Control",
    "skis": "Skiing",
    "snowboard": "Snowboarding",
    "sofa": "Couch",
    "sports ball": "Ball",
    "stop sign": "Stopsign",
    "tvmonitor": "TV",
}


@dataclass(frozen=True)
class Entry:
    parents: tuple[str, ...] = ()  # all ancestors in alphabetical order, as in Rekognition's responses
    aliases: tuple[str, ...] = ()
    category: str | None = None


_PARENTS = {name: parents for _, parents, names in _LABELS for name in names}


def _ancestors(name: str) -> set[str]:
    parents = _PARENTS[name]
    return set(parents).union(*(_ancestors(parent) for parent in parents))


_ENTRIES = {
    name: Entry(tuple(sorted(_ancestors(name))), _ALIASES.get(name, ()), category)
    for category, _, names in _LABELS
    for name in names
}
_NAMES = _MODEL_NAMES | {
    known.lower(): name for name, entry in _ENTRIES.items() for known in (name, *entry.aliases)
}


def canonical_name(name: str) -> str:
    """Return Rekognition's name for a known name or alias in any case, and other names unchanged."""
    return _NAMES.get(name.lower(), name)


def find_entry(name: str) -> Entry:
    return _ENTRIES.get(name, Entry())
