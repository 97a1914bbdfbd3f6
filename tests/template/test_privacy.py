"""docs/privacy.md says how long the template and the functions keep data, and what is logged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from catalog import quotas
from catalog.index.log import MONTH_SECONDS
from catalog.keys import DAY_SECONDS
from catalog.transitions import lease, start

GUIDE = (Path(__file__).resolve().parents[2] / "docs/privacy.md").read_text()


def retention(data: str) -> str:
    (row,) = [line.split("|") for line in GUIDE.splitlines() if line.startswith(f"| {data}")]
    return row[3].strip()


def test_queues_keep_messages_as_long_as_documented(source: dict[str, Any]) -> None:
    documented = {
        "RetryQueue": "events of pictures to be tried again",
        "DeadLetterQueue": "events that failed",
    }
    for queue, data in documented.items():
        seconds = source["Resources"][queue]["Properties"]["MessageRetentionPeriod"]
        assert retention(data) == f"{seconds // DAY_SECONDS} days"


def test_objects_and_logs_are_kept_as_long_as_their_parameters_say(source: dict[str, Any]) -> None:
    kept = {"pictures": "RetentionDays", "results": "RetentionDays", "logs": "LogRetentionDays"}
    assert {data: retention(data) for data in kept} == {data: f"`{name}`" for data, name in kept.items()}
    assert set(kept.values()) <= source["Parameters"].keys()


def test_items_expire_as_documented() -> None:
    assert retention("records").startswith(
        f"`RetentionDays`, or {start.PENDING_SECONDS // DAY_SECONDS} day if"
    )
    assert retention("leases of direct uploads") == f"{lease.DIRECT_SECONDS // DAY_SECONDS} day"
    months = f"{MONTH_SECONDS // DAY_SECONDS} days after the last change"
    assert retention("the log and the snapshot of counts").startswith(months)
    assert retention("upload quota") == f"{quotas.QUOTA_SECONDS // DAY_SECONDS} days after the last upload"


def test_backups_are_kept_for_the_default_period(source: dict[str, Any]) -> None:
    table = source["Resources"]["CatalogTable"]["Properties"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert retention("earlier states of the table") == "35 days"  # DynamoDB's default, and its maximum


def test_a_token_is_valid_for_the_documented_hour(source: dict[str, Any]) -> None:
    for name in ("UserPoolClient", "CommandLineClient"):
        client = source["Resources"][name]["Properties"]
        assert (client["IdTokenValidity"], client["TokenValidityUnits"]["IdToken"]) == (60, "minutes")
    assert "for up to an hour" in GUIDE


def test_lists_every_field_of_the_access_log(source: dict[str, Any]) -> None:
    logged = source["Resources"]["HttpApi"]["Properties"]["AccessLogSettings"]["Format"]
    (sentence,) = re.findall(r"one line per request: (.*?)\. The IP", GUIDE, re.DOTALL)
    assert re.findall(r"`(\w+)`", sentence) == re.findall(r'"(\w+)":', logged)
