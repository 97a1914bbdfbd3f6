"""The tables of words: the same keys and placeholders in each, and no key that nothing uses."""

from __future__ import annotations

import json
import re
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"
SCRIPTS = WEB / "scripts"
ENTRY = re.compile(r'^\t"?([\w.-]+)"?: (".*"|\{.*\}),$', re.MULTILINE)
FORM = re.compile(r"(\w+): \"")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
FOR_LANGUAGES_BUT_ENGLISH = ("api.", "reasons.")  # the API's own sentences are English


def table(language: str) -> dict[str, str | dict[str, str]]:
    source = (SCRIPTS / "words" / f"{language}.js").read_text()
    entries = ENTRY.findall(source)
    assert len(entries) == len(re.findall(r"^\t[^/\n].*$", source, re.MULTILINE)), (
        "an entry isn't on one line"
    )
    return {key: json.loads(FORM.sub(r'"\1": "', value)) for key, value in entries}


def placeholders(text: str | dict[str, str]) -> set[str]:
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for name in PLACEHOLDER.findall(form)}


def test_german_has_the_same_texts_with_the_same_placeholders() -> None:
    english = {key: placeholders(text) for key, text in table("en").items()}
    german = {
        key: placeholders(text)
        for key, text in table("de").items()
        if not key.startswith(FOR_LANGUAGES_BUT_ENGLISH)
    }
    assert german == english


def test_keys_are_sorted_within_their_areas() -> None:
    for language in ("en", "de"):
        assert list(table(language)) == sorted(table(language), key=lambda key: (key.split(".")[0], key))


def test_every_text_is_used() -> None:
    paths = [WEB / "index.html", *(path for path in SCRIPTS.rglob("*.js") if path.parent.name != "words")]
    source = "\n".join(path.read_text() for path in paths)
    dynamic = re.findall(r"`([\w.-]+\.)\$\{", source)  # t(`errors.${code}`)
    unused = [
        key
        for key in table("en")
        if f'"{key}"' not in source and not any(key.startswith(start) for start in dynamic)
    ]
    assert unused == []
