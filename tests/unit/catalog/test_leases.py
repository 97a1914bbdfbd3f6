from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from catalog.catalog import Claim

ID = "ab" * 32


def test_a_record_being_worked_on_keeps_its_claim(catalog, clock, record) -> None:
    catalog.start(record)
    catalog.claim("public", ID, "me", 60)
    assert catalog.start(replace(record, file_name="again.jpg")) == record
    assert catalog.claim("public", ID, "another", 60) is Claim.BUSY
    clock.forward(seconds=60)
    again = replace(record, file_name="again.jpg")
    assert catalog.start(again) == again


def test_one_claimant_at_a_time(catalog, clock, record) -> None:
    catalog.start(record)
    assert catalog.claim("public", ID, "me", 60) is Claim.TAKEN
    assert catalog.claim("public", ID, "me", 60) is Claim.TAKEN
    assert catalog.claim("public", ID, "another", 60) is Claim.BUSY
    catalog.release("public", ID, "another")
    assert catalog.claim("public", ID, "another", 60) is Claim.BUSY
    catalog.release("public", ID, "me")
    assert catalog.claim("public", ID, "another", 60) is Claim.TAKEN
    clock.forward(seconds=60)
    assert catalog.claim("public", ID, "me", 60) is Claim.TAKEN


def test_of_many_claimants_at_once_one_wins(catalog, record) -> None:
    catalog.start(record)
    with ThreadPoolExecutor(8) as threads:
        claims = list(threads.map(lambda name: catalog.claim("public", ID, str(name), 60), range(8)))
    assert sorted(claim.name for claim in claims) == ["BUSY"] * 7 + ["TAKEN"]


@pytest.mark.parametrize("finish", ["complete", "fail"])
def test_a_finished_record_is_not_claimed_again(catalog, record, table, request, finish: str) -> None:
    catalog.start(record)
    catalog.claim("public", ID, "me", 60)
    request.getfixturevalue(finish)()
    assert catalog.claim("public", ID, "me", 60) is Claim.DONE
    assert catalog.claim("public", ID, "another", 60) is Claim.DONE
    assert {"claimant", "claimedUntil"} & set().union(*table.scan()["Items"]) == set()
