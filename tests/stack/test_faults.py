"""Faults of S3's events: the stack loses them or delivers them twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.client import Client, ImageFile


@pytest.mark.parametrize(("fault", "deliveries"), [("lostEvents", 0), ("duplicates", 2)])
def test_an_event_can_be_lost_or_delivered_twice(
    user: Client,
    new_image: Callable[[], ImageFile],
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    deliveries: int,
) -> None:
    calls: list[Any] = []
    upload = user.create_upload(image := new_image())
    user.stack.faults.configure({fault: 1})
    try:
        with monkeypatch.context() as patch:
            patch.setattr(user.stack.functions, "invoke_async", lambda *call: calls.append(call))
            user.put(image, upload)
    finally:
        user.stack.faults.configure({"reset": True})
    assert len(calls) == deliveries
