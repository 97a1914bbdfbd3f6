"""Someone reviews what a stack with rules of its own asks them to, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.stack.client import ImageFile, Run, wait_until
from tests.stack.person import Person, signed_in

RULES = "ReviewConfidence=90 DetectProtectiveEquipment=true RequiredEquipment=head_cover"


def follow(person: Person, *ids: str) -> list[dict[str, Any]]:
    """Get images until none of them is pending."""

    def attempt() -> list[dict[str, Any]] | None:
        response = person.batch("get", *ids)
        images = [result["image"] for result in response.document["results"]]
        is_waiting = any(image["status"] == "pending" for image in images)
        assert response.headers.get("retry-after") == ("1" if is_waiting else None)
        return None if is_waiting else images

    return wait_until(attempt)


def to_review(person: Person) -> list[str]:
    images = person.call("GET", "/images?q=is:review").document["images"]
    return [image["id"] for image in images]


def test_a_person_without_required_equipment_needs_review(
    run: Run, new_image: Callable[..., ImageFile]
) -> None:
    astronaut, cat = new_image("astronaut"), new_image("chelsea")
    with signed_in(run, SET=RULES) as sign_in:
        alice = sign_in("alice")
        alice.upload(astronaut)
        alice.upload(cat)
        person, animal = follow(alice, astronaut.id, cat.id)
        assert (person["review"], animal["review"]) == ({"flags": [], "missing": ["Helmet"]}, None)
        assert to_review(alice) == [astronaut.id]

        (decided,) = alice.batch("decide", astronaut.id, decision="hidden").document["results"]
        assert (decided["image"]["review"], to_review(alice)) == (None, [])
        body = json.dumps({"decision": None}).encode()
        withdrawn = alice.call("PATCH", f"/images/{astronaut.id}", body).document["image"]
        assert (withdrawn["review"], to_review(alice)) == (person["review"], [astronaut.id])
