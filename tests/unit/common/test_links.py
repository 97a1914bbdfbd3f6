"""Links stay the same within a window, and are valid for at least five minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from common import time
from common.storage import Storage

WINDOW_START = datetime(2026, 11, 22, 23, 50, tzinfo=UTC)  # the next one starts another day


def link_at(monkeypatch: pytest.MonkeyPatch, moment: datetime, **options: str) -> str:
    monkeypatch.setattr(time, "now", lambda: moment)
    return Storage.from_env().presign_get("images", "k", **options)


@pytest.mark.parametrize("options", [{}, {"download_name": "cat.jpg"}])
def test_a_link_stays_the_same_until_the_next_window(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, str]
) -> None:
    offsets = (timedelta(0), timedelta(seconds=1), timedelta(seconds=599, milliseconds=999))
    (link,) = {link_at(monkeypatch, WINDOW_START + offset, **options) for offset in offsets}
    later = link_at(monkeypatch, WINDOW_START + timedelta(seconds=600), **options)
    assert later != link
    times = [parse_qs(urlsplit(url).query)["X-Amz-Date"] for url in (link, later)]
    assert times == [["20261122T235000Z"], ["20261123T000000Z"]]


@pytest.mark.parametrize("seconds", [0, 1, 300, 599])
def test_a_link_is_valid_for_5_to_15_minutes(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    moment = WINDOW_START + timedelta(seconds=seconds)
    query = parse_qs(urlsplit(link_at(monkeypatch, moment)).query)
    signed_at = datetime.strptime(query["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z")
    left = signed_at + timedelta(seconds=int(query["X-Amz-Expires"][0])) - moment
    assert timedelta(minutes=5) <= left <= timedelta(minutes=15)


def test_an_upload_is_signed_at_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise it would be valid for less time than the response says."""
    before = datetime.now(UTC).replace(microsecond=0)
    url = (
        Storage.from_env()
        .presign_put(
            "images", "k", content_type="image/png", size=1, sha256_hex="00" * 32, expires_seconds=300
        )
        .url
    )
    signed_at = datetime.strptime(parse_qs(urlsplit(url).query)["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z")
    assert before <= signed_at <= datetime.now(UTC)
