"""The terms of a result: what its picture can be found by, besides its labels."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from catalog.terms import Term, fold, unique_terms
from common.equipment import NAMES
from processor.imaging.palette import dominant_names

if TYPE_CHECKING:
    from catalog.records import LabelSummary
    from processor.imaging.interface import ImageFacts

MAX_TERMS = 40  # of a picture, besides its labels: each is an entry in the index
MAX_WORDS = 20
_MIN_LETTERS = 3
_MAX_WORD = 100  # characters
_CERTAIN = 100.0  # percent: counted or measured, so that nothing else displaces it
_COVERS = {  # protective equipment by the part of the body that it is for
    "HEAD": "HEAD_COVER",
    "FACE": "FACE_COVER",
    "LEFT_HAND": "HAND_COVER",
    "RIGHT_HAND": "HAND_COVER",
}

Values = Mapping[str, Any]  # a result's, by result key
Found = Iterator[tuple[float, Term]]  # with the confidence in percent


def find_colors(values: Values, facts: ImageFacts) -> tuple[str, ...]:
    """Return the names of the dominant colors: Rekognition's, or else those of the pixels."""
    found = values.get("ImageProperties", {}).get("DominantColors", [])
    measured = dominant_names(
        (color["PixelPercent"], (color["Red"], color["Green"], color["Blue"])) for color in found
    )
    return measured or facts.colors


def find_terms(
    values: Values, labels: Iterable[LabelSummary], facts: ImageFacts, min_confidence: float
) -> tuple[Term, ...]:
    """Return the terms of a result's values by result key, most confident first, without its labels.

    Rekognition's answers about text, celebrities and equipment aren't limited to the minimum confidence
    (percent). Only what reaches it becomes a term.
    """
    found = [
        *_certain(values, facts),
        *found_flags(values),
        *above(min_confidence, _celebrities(values)),
        *above(min_confidence, missing_equipment(values)),
        *_custom_labels(values),
        *_parents(values),
        *above(min_confidence, _words(values)),
    ]
    found.sort(key=lambda each: -each[0])  # stable: equally confident ones stay in this order
    own = {fold(label.name) for label in labels}
    others = (term for _, term in found if term.kind != "label" or fold(term.value) not in own)
    custom = {term.key for _, term in _custom_labels(values)}
    return _limit(unique_terms(others), custom)


def _limit(terms: tuple[Term, ...], custom: Collection[str]) -> tuple[Term, ...]:
    """Leave out surplus terms, the least confident ones, but no custom label: someone trained a model for it.

    `custom` has the keys of those.
    """
    words = [term for term in terms if term.kind == "text"]
    surplus = set(words[MAX_WORDS:])
    others = [term for term in terms if term.key not in custom and term not in surplus]
    number = sum(term.key in custom for term in terms)
    surplus.update(others[max(MAX_TERMS - number, 0) :])
    return tuple(term for term in terms if term not in surplus)[:MAX_TERMS]


def above(min_confidence: float, found: Iterable[tuple[float, Term]]) -> Found:
    """Yield what has at least a confidence."""
    return (each for each in found if each[0] >= min_confidence)


def _certain(values: Values, facts: ImageFacts) -> Found:
    if facts.camera:
        yield _CERTAIN, Term("camera", facts.camera)
    people = _count_people(values)
    if people:
        yield _CERTAIN, Term("people", str(people))
    for color in find_colors(values, facts):
        yield _CERTAIN, Term("color", color)


def _count_people(values: Values) -> int:
    """Return the largest number of people that any detector has found."""
    labels = values.get("Labels", ())
    instances = (len(label.get("Instances", ())) for label in labels if label["Name"] == "Person")
    lists = (len(values.get(key, ())) for key in ("FaceDetails", "CelebrityFaces", "Persons"))
    return max((*instances, *lists))


def found_flags(values: Values) -> Found:
    """Yield the top-level categories of unsafe content."""
    for label in values.get("ModerationLabels", ()):
        if not label.get("ParentName"):
            yield label["Confidence"], Term("flag", label["Name"])


def _celebrities(values: Values) -> Found:
    for celebrity in values.get("CelebrityFaces", ()):
        yield celebrity["MatchConfidence"], Term("celebrity", celebrity["Name"])


def missing_equipment(values: Values) -> Found:
    """Yield the equipment that each person lacks, with the confidence in the part of the body."""
    for person in values.get("Persons", ()):
        for part in person.get("BodyParts", ()):
            cover = _COVERS.get(part["Name"])
            if cover and not any(_is_worn(each, cover) for each in part.get("EquipmentDetections", ())):
                yield part.get("Confidence", 0.0), Term("missing", NAMES[cover])


def _is_worn(equipment: Mapping[str, Any], cover: str) -> bool:
    return equipment.get("Type") == cover and equipment.get("CoversBodyPart", {}).get("Value") is not False


def _custom_labels(values: Values) -> Found:
    for label in values.get("CustomLabels", ()):
        yield label["Confidence"], Term("label", label["Name"])


def _parents(values: Values) -> Found:
    """Yield the parents of labels."""
    for label in values.get("Labels", ()):
        for parent in label.get("Parents", ()):
            yield label["Confidence"], Term("label", parent["Name"])


def _words(values: Values) -> Found:
    for detection in values.get("TextDetections", ()):
        if detection["Type"] != "WORD":
            continue
        for word in detection["DetectedText"].split():
            text = _strip_punctuation(word)
            letters = sum(unicodedata.category(each)[0] == "L" for each in text)
            if letters >= _MIN_LETTERS and len(text) <= _MAX_WORD:
                yield detection.get("Confidence", 0.0), Term("text", text)


def _strip_punctuation(word: str) -> str:
    places = [place for place, each in enumerate(word) if unicodedata.category(each)[0] in "LMN"]
    return word[places[0] : places[-1] + 1] if places else ""
