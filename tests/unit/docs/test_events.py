"""docs/events.md matches the code, and its examples are valid."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cfnlint.api import ManualArgs, lint
from jsonschema import Draft202012Validator

from common.object_keys import result_key, upload_key
from local.aws import event_hook
from publisher.bus import DETAIL_TYPES, SOURCE

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "docs" / "event.schema.json").read_text(encoding="utf-8"))


def blocks(language: str) -> list[str]:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return found


def test_lists_every_type_of_event() -> None:
    assert re.findall(r"^\| `(Image \w+)` \|", PAGE, re.MULTILINE) == list(DETAIL_TYPES.values())
    assert f"`source` is `{SOURCE}`" in PAGE


def test_the_example_is_a_valid_event_about_an_upload() -> None:
    (block,) = blocks("json")
    detail = json.loads(block)
    Draft202012Validator(SCHEMA).validate(detail)
    assert detail["resultKey"] == result_key(upload_key(detail["owner"], detail["id"]))


def test_the_schema_has_every_status_and_no_unknown_field() -> None:
    kinds = [SCHEMA["$defs"][entry["$ref"].rpartition("/")[2]] for entry in SCHEMA["oneOf"]]
    assert [kind["properties"]["status"] for kind in kinds] == [{"const": status} for status in DETAIL_TYPES]
    for kind in kinds:
        assert kind["additionalProperties"] is False
        assert kind["required"] == list(kind["properties"])


@pytest.mark.parametrize("template", blocks("yaml"))
def test_the_example_rules_are_valid_templates_for_these_events(template: str) -> None:
    found = lint(template, config=ManualArgs(regions=["us-east-1"]))
    assert [(match.rule.id, match.message) for match in found] == []
    assert f"source: [{SOURCE}]" in template
    types = re.findall(r"detail-type: \[(.+)\]", template)
    assert set(types) <= set(DETAIL_TYPES.values())


def test_states_how_the_local_stack_delivers() -> None:
    assert f"Up to {event_hook._MAX_WAITING:,} events" in PAGE
    retried = sorted(event_hook._RETRIED)
    assert f"except {', '.join(map(str, retried[:-1]))} and {retried[-1]}" in PAGE


def test_every_link_leads_to_a_file() -> None:
    linked = [target for target in re.findall(r"\]\(([^)#]+)[^)]*\)", PAGE) if "://" not in target]
    assert linked
    assert [target for target in linked if not (ROOT / "docs" / target).exists()] == []
