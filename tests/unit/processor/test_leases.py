from __future__ import annotations

import threading
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from catalog.transitions.lease import Lease, LeaseStatus
from common.logs import log_scope
from processor.leases import LeaseKeeper

ACQUIRED = Lease(LeaseStatus.ACQUIRED, {"pk": "p", "sk": "s"}, "request-1")


class FakeCatalog:
    """Reports renewals; fails or loses the lease on demand."""

    def __init__(self, *results: Any) -> None:
        self.results = list(results)
        self.renewed = threading.Semaphore(0)
        self.renewals: list[tuple[Lease, int]] = []
        self.released: list[Lease] = []

    def renew_lease(self, lease: Lease, seconds: int) -> bool:
        self.renewals.append((lease, seconds))
        self.renewed.release()
        result = self.results.pop(0) if self.results else True
        if isinstance(result, Exception):
            raise result
        return bool(result)

    def release_lease(self, lease: Lease) -> None:
        self.released.append(lease)


def keeper(catalog: Any, seconds: float = 0.03) -> LeaseKeeper:
    return LeaseKeeper(catalog, seconds)  # type: ignore[arg-type] # a test can't wait for whole seconds


def test_renews_a_lease_while_the_work_goes_on() -> None:
    catalog = FakeCatalog()
    with keeper(catalog).keep(ACQUIRED):
        for _ in range(3):
            assert catalog.renewed.acquire(timeout=10)
    assert catalog.renewals[:3] == [(ACQUIRED, 0.03)] * 3
    assert catalog.released == []


def test_goes_on_after_a_failed_renewal() -> None:
    catalog = FakeCatalog(EndpointConnectionError(endpoint_url="https://dynamodb"))
    with keeper(catalog).keep(ACQUIRED):
        for _ in range(2):
            assert catalog.renewed.acquire(timeout=10)


def test_stops_once_the_lease_is_lost() -> None:
    catalog = FakeCatalog(False)
    with keeper(catalog).keep(ACQUIRED):
        assert catalog.renewed.acquire(timeout=10)
        assert not catalog.renewed.acquire(timeout=0.1)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_releases_the_lease_after_an_error(error: type[BaseException]) -> None:
    catalog = FakeCatalog()
    with pytest.raises(error), keeper(catalog, 60).keep(ACQUIRED):
        raise error
    assert catalog.released == [ACQUIRED]
    assert catalog.renewals == []


def test_a_failed_renewal_is_logged_with_the_keys_of_its_image(caplog: pytest.LogCaptureFixture) -> None:
    catalog = FakeCatalog(EndpointConnectionError(endpoint_url="https://dynamodb"))
    with log_scope(owner="alice", imageId="ab"), keeper(catalog).keep(ACQUIRED):
        for _ in range(2):
            assert catalog.renewed.acquire(timeout=5)
    (record,) = caplog.records
    fields = vars(record)
    assert (record.getMessage(), fields["owner"], fields["imageId"], fields["error"]) == (
        "lease not renewed",
        "alice",
        "ab",
        'EndpointConnectionError: Could not connect to the endpoint URL: "<url>"',
    )
