"""Leases that last as long as the work on an image: renewed while it goes on, released at its end."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from catalog.contention import TableBusy
from common.logs import get_logger, with_log_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog.catalog import Catalog
    from catalog.transitions.lease import Lease

_RENEWALS = 3  # per lease, so that two failed ones don't lose it

_log = get_logger(__name__)


class HeldLease:
    """An acquired lease, and whether it still is this try's."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.is_lost = False  # to a deletion, a new start of the record, or another try


class LeaseKeeper:
    """Keeps leases alive. `seconds` is how long a lease outlives an invocation that was killed."""

    def __init__(self, catalog: Catalog, seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._catalog = catalog
        self._clock = clock
        self.seconds = seconds

    @contextmanager
    def keep(self, lease: Lease) -> Iterator[HeldLease]:
        """Renew an acquired lease until the block ends. Release it if the block raises an error."""
        held, ended = HeldLease(lease), threading.Event()
        renewal = threading.Thread(target=with_log_keys(self._renew), args=(held, ended), daemon=True)
        renewal.start()
        try:
            yield held
        except BaseException:  # whatever ended the try, it has ended: the next one needn't wait for the lease
            self._catalog.release_lease(lease)
            raise
        finally:
            ended.set()
            renewal.join()

    def _renew(self, held: HeldLease, ended: threading.Event) -> None:
        expires_at = self._clock() + self.seconds
        while not held.is_lost and not ended.wait(self.seconds / _RENEWALS):
            renewed_at = self._clock()
            try:
                held.is_lost = not self._catalog.renew_lease(held.lease, self.seconds)
                expires_at = renewed_at + self.seconds
            except (BotoCoreError, ClientError, TableBusy) as error:
                _log.warning("lease not renewed", extra={"error": error})
                held.is_lost = renewed_at >= expires_at  # another try may have begun
