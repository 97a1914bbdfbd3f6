"""The faults of the local stack: settings, and what they decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.faults import SETTINGS, Faults, read_faults
from local.rekognition.errors import SettingError

DOCS = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
NONE = {name: 0.0 for name, _, _ in SETTINGS}


def s3_event(key: str) -> dict[str, Any]:
    return {"Records": [{"s3": {"object": {"key": key}}}]}


def test_nothing_fails_by_default() -> None:
    faults = Faults()
    assert not faults.call_fails()
    assert not faults.answer_is_lost()
    assert faults.kill_delay(1.0) is None
    assert not faults.invocation_is_throttled()
    assert faults.deliveries(s3_event("a")) == [0.0]
    assert (faults.settings(), faults.counts(), faults.killed_events()) == (NONE, {}, [])


def test_everything_fails_at_a_rate_of_one() -> None:
    faults = Faults({"errors": 1, "lostAnswers": 1, "kills": 1, "throttles": 1})
    assert faults.call_fails()
    assert faults.invocation_is_throttled()
    assert faults.answer_is_lost()
    delay = faults.kill_delay(2.0)
    assert delay is not None
    assert 0 <= delay < 2
    faults.count_kill({"key": "a"})
    assert faults.counts() == {"errors": 1, "lostAnswers": 1, "kills": 1, "throttles": 1}
    assert faults.killed_events() == [{"key": "a"}]


def test_a_share_of_the_calls_fails() -> None:
    faults = Faults({"errors": 0.1}, seed=1)
    failed = sum(faults.call_fails() for _ in range(1000))
    assert 70 < failed < 130
    assert faults.counts() == {"errors": failed}


def test_events_are_lost_repeated_and_delayed() -> None:
    faults = Faults({"lostEvents": 1})
    assert faults.deliveries(s3_event("a")) == []
    assert (faults.lost_events(), faults.counts()) == ([s3_event("a")], {"lostEvents": 1})
    delays = Faults({"duplicates": 1, "delaySeconds": 8}).deliveries(s3_event("a"))
    assert len(set(delays)) == 2
    assert all(0 <= delay < 8 for delay in delays)


def test_events_of_the_source_bucket_are_lost_likewise() -> None:
    event = {"sourceObject": {"key": "photos/a.jpg"}}
    faults = Faults({"lostEvents": 1})
    assert (faults.deliveries(event), faults.lost_events()) == ([], [event])


def test_what_happens_to_an_event_depends_on_the_seed_and_its_key() -> None:
    settings = {"duplicates": 0.5, "delaySeconds": 8.0, "lostEvents": 0.1}
    events = [s3_event(str(number)) for number in range(50)]
    first = [Faults(settings, seed=7).deliveries(event) for event in events]
    again, another = Faults(settings, seed=7), Faults(settings, seed=8)
    assert [again.deliveries(event) for event in reversed(events)] == first[::-1]
    assert [another.deliveries(event) for event in events] != first


def test_changes_keep_the_other_settings_until_a_reset() -> None:
    faults = Faults({"kills": 0.5})
    faults.configure({"errors": 1})
    assert faults.call_fails()
    assert faults.settings() == NONE | {"kills": 0.5, "errors": 1.0}
    faults.configure({"reset": True, "duplicates": 0.25})
    assert faults.settings() == NONE | {"kills": 0.5, "duplicates": 0.25}
    assert faults.counts() == {}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kills": 2}, "kills must be a number from 0 to 1, not 2."),
        ({"errors": -0.1}, "errors must be a number from 0 to 1, not -0.1."),
        ({"delaySeconds": 901}, "delaySeconds must be a number from 0 to 900, not 901."),
        ({"errors": "0.1"}, "errors must be a number from 0 to 1, not '0.1'."),
        ({"errors": True}, "errors must be a number from 0 to 1, not True."),
        ({"errors": float("nan")}, "errors must be a number from 0 to 1, not nan."),
        ({"reset": 1}, "reset must be true or false, not 1."),
        (
            {"error": 1},
            "error: unknown setting; use errors, lostAnswers, kills, throttles, duplicates, lostEvents, "
            "delaySeconds or reset.",
        ),
    ],
)
def test_rejects_invalid_changes_and_applies_none_of_them(changes: dict[str, Any], message: str) -> None:
    faults = Faults()
    with pytest.raises(SettingError) as caught:
        faults.configure({"lostEvents": 1} | changes)
    assert str(caught.value) == message
    assert faults.settings() == NONE


def test_reads_the_environment() -> None:
    values = {variable: str(limit / 4) for _, variable, limit in SETTINGS}
    assert read_faults(values).settings() == {name: limit / 4 for name, _, limit in SETTINGS}
    assert read_faults({"FAULT_ERRORS": "", "FAULT_SEED": ""}).settings() == NONE
    assert read_faults({"FAULT_SEED": "3"}).random() == Faults(seed=3).random() != Faults(seed=4).random()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("FAULT_ERRORS", "often", "a number from 0 to 1"),
        ("FAULT_DELAY_SECONDS", "inf", "a number from 0 to 900"),
        ("FAULT_SEED", "-1", "a whole number of 0 or more"),
    ],
)
def test_names_an_invalid_variable(name: str, text: str, expected: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_faults({name: text})
    assert str(caught.value) == f"{name} must be {expected}, not {text!r}."


def test_the_docs_list_every_setting_and_variable() -> None:
    rows = [line.split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if "`FAULT_" in line]
    listed = {(row[1].strip().strip("`"), row[2].strip().strip("`")) for row in rows if row[0] == ""}
    assert listed == {(variable, name) for name, variable, _ in SETTINGS} | {("FAULT_SEED", "")}


def test_nothing_fails_while_the_faults_are_suspended() -> None:
    faults = Faults({"errors": 1.0, "lostEvents": 1.0})
    with faults.suspended():
        assert not faults.call_fails()
        assert faults.deliveries({"Records": []}) == [0.0]
    assert faults.call_fails()
    assert faults.settings()["lostEvents"] == 1.0
