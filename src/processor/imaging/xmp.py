"""XMP packets (ISO 16684-1): the simple properties of a picture, as text."""

from __future__ import annotations

import re
from xml.parsers import expat

_SEPARATOR = "\n"  # between a namespace and a name; no namespace contains it
_RDF = f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{_SEPARATOR}"
_CONTAINERS = frozenset((f"{_RDF}Seq", f"{_RDF}Bag", f"{_RDF}Alt"))
_PREFIXES = {
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
}
_NUMBER = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)(?:/(\d{1,12}))?", re.ASCII)
MAX_TEXT = 1000  # characters of a value; a longer one is left out


class _Forbidden(Exception):
    """The packet has a document type, which XMP doesn't use, and which could define entities."""


class _Reader:
    """Collects the properties of the top-level descriptions, not those nested in structures."""

    def __init__(self) -> None:
        self.properties: dict[str, str] = {}
        self._path: list[str] = []
        self._text = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._text = ""
        if self._path[-2:] == [f"{_RDF}RDF", f"{_RDF}Description"]:
            for attribute, value in attributes.items():
                self._add(attribute, value)

    def add_text(self, text: str) -> None:
        if len(self._text) <= MAX_TEXT:
            self._text += text

    def end(self, _: str) -> None:
        path = self._path[::-1]
        if path[0] == f"{_RDF}li" and path[1] in _CONTAINERS:
            path = path[2:]  # only the first item is added
        if path[1:3] == [f"{_RDF}Description", f"{_RDF}RDF"]:
            self._add(path[0], self._text)
        self._path.pop()
        self._text = ""

    def _add(self, name: str, value: str) -> None:
        namespace, _, local = name.partition(_SEPARATOR)
        prefix = _PREFIXES.get(namespace)
        if prefix and value.strip() and len(value) <= MAX_TEXT:
            self.properties.setdefault(f"{prefix}:{local}", value.strip())


def read_properties(packet: bytes) -> dict[str, str]:
    """Return a packet's properties by name, such as "tiff:Make"; of a list, the first item.

    A damaged packet has those that precede the damage. One with a document type has none: entities could
    make it large, or refer to files.
    """
    reader = _Reader()
    parser = expat.ParserCreate("utf-8", _SEPARATOR)
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.add_text
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _forbid
    try:
        parser.Parse(packet.rstrip(b"\0"), True)
    except _Forbidden:
        return {}
    except (expat.ExpatError, ValueError, IndexError):
        return reader.properties
    return reader.properties


def parse_fraction(text: str) -> tuple[float, ...]:
    """Return the value of a number such as `1/250` or `2.8`, or nothing if it isn't a valid one."""
    match = _NUMBER.fullmatch(text)
    if match is None or (match[2] and not int(match[2])):
        return ()
    return (float(match[1]) / int(match[2] or 1),)


def _forbid(*_: object) -> None:
    raise _Forbidden
