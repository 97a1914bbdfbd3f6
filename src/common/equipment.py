"""Protective equipment: Rekognition's types, and the names by which people search for them."""

NAMES = {"HEAD_COVER": "Helmet", "FACE_COVER": "Mask", "HAND_COVER": "Gloves"}
_BY_TEXT = {text.casefold(): name for type_, name in NAMES.items() for text in (type_, name)}


def parse_equipment(text: str) -> frozenset[str]:
    """Return the names in a comma-separated list of types or names, in any case. Raises KeyError."""
    return frozenset(_BY_TEXT[each.casefold()] for each in text.split(",")) if text else frozenset()
