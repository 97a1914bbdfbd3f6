"""The page and its documentation agree with each other and with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from common.formats import FORMATS, supported_formats
from common.rejections import MESSAGES, NOT_STORED
from images.batches import MAX_IDS
from images.own_data import MAX_BOXES, MAX_CAPTION, MAX_TAG
from images.queries import MAX_LIMIT
from local.site.bundle.document import loads
from local.site.bundle.graph import read_modules
from local.site.bundle.publication import page_files
from models.requests import MAX_NAME
from models.rules import MAX_CLASSES, MIN_CLASSES, MIN_IMAGES
from tests.contract import SCHEMAS

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "web"
SOURCES = {name: path.read_bytes() for name, path in page_files(WEB).items()}
SCRIPTS = "\n".join(body.decode() for name, body in SOURCES.items() if name.endswith(".js"))
MODULES = sorted(name for name in SOURCES if name.endswith(".js"))
DOCUMENTATION = (ROOT / "docs/page.md").read_text()


@pytest.mark.parametrize(("language", "conjunction"), [("en", ", or "), ("de", " oder ")])
def test_lists_the_supported_formats(language: str, conjunction: str) -> None:
    formats = supported_formats().replace(", or ", conjunction)
    assert f'"empty.formats": "{formats}"' in SOURCES[f"scripts/words/{language}.js"].decode()


def test_guesses_only_supported_media_types() -> None:
    (alternatives,) = re.findall(r"TYPES = /\^\(([\w|]+)\)\$/", SCRIPTS)
    guessed = {f"image/{name}" for name in alternatives.split("|")}
    assert len(guessed) > 5
    assert guessed <= {media_type for known in FORMATS for media_type in known.media_types}


def script(name: str) -> str:
    return SOURCES[f"scripts/{name}.js"].decode()


def test_knows_the_limits_of_the_api() -> None:
    limits = re.findall(r"^const (\w+) = (\d+); // the API's limit", SCRIPTS, re.MULTILINE)
    assert sorted(limits) == [
        ("MAX_BOXES", str(MAX_BOXES)),
        ("MAX_CLASSES", str(MAX_CLASSES)),
        *[("MAX_IDS", str(MAX_IDS))] * 2,
        ("MAX_TERMS", str(MAX_LIMIT)),
        *[("PAGE_SIZE", str(MAX_LIMIT))] * 2,
    ]
    least = ", ".join(f"{kind}: {count}" for kind, count in MIN_CLASSES.items())
    assert f"const MIN_CLASSES = {{ {least} }};" in script("model-dialog")
    lengths = re.findall(r'id: "([\w-]+)".* maxlength: (\d+)', SCRIPTS)
    assert dict(lengths) == {
        "box-class": str(MAX_TAG),
        "bulk-tag": str(MAX_TAG),
        "model-name": str(MAX_NAME),
        "own-caption": str(MAX_CAPTION),
        "own-tag": str(MAX_TAG),
        "search-tag": str(MAX_TAG),
    }


def german(area: str) -> dict[str, str]:
    return dict(re.findall(rf'"{area}\.([\w-]+)": "(.*)",', script("words/de")))


def test_german_has_a_sentence_for_each_problem_of_the_api() -> None:
    findings = SCHEMAS["ModelFinding"]["properties"]["code"]["enum"]
    sentences = german("api")
    assert sorted(sentences) == sorted([*SCHEMAS["ProblemCode"]["enum"], *findings])
    assert f"mindestens {MIN_CLASSES['classification']} Tags" in sentences["too-few-classes"]
    assert f"mindestens {MIN_IMAGES} Fotos" in sentences["too-few-images"]


def test_german_has_a_sentence_for_each_reason_of_a_failure() -> None:
    assert sorted(german("reasons")) == sorted(MESSAGES.keys() - NOT_STORED)


def test_publishes_every_module() -> None:
    loaded = loads(SOURCES["index.html"].decode())
    assert sorted(read_modules((*loaded.modules, *loaded.scripts), SOURCES)) == MODULES


def test_documents_every_module() -> None:
    rows = re.findall(r"^\| ((?:`[\w/-]+`(?:, )?)+) \|", DOCUMENTATION, re.MULTILINE)
    documented = [name for row in rows for name in re.findall(r"`([\w/-]+)`", row)]
    assert sorted(f"scripts/{name}.js" for name in documented) == MODULES


def test_documents_every_page_event() -> None:
    events = set(re.findall(r'\bemit\("([\w-]+)"', SCRIPTS))
    assert events
    assert {name for name in events if f"`{name}`" not in DOCUMENTATION} == set()
