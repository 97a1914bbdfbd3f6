"""Leases that last as long as the work on an image: renewed while it goes on, released at its end."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from catalog.table import TableBusy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.catalog import Catalog
    from catalog.transitions.lease import Lease

_RENEWALS = 3  # per lease, so that two failed ones don't lose it

_log = logging.getLogger(__name__)


class LeaseKeeper:
    """Keeps leases alive. `seconds` is how long a lease outlives an invocation that was killed."""

    def __init__(self, catalog: Catalog, seconds: int) -> None:
        self._catalog = catalog
        self.seconds = seconds

    @contextmanager
    def keep(self, lease: Lease) -> Iterator[None]:
        """Renew an acquired lease until the block ends. Release it if the block raises an error."""
        ended = threading.Event()
        renewal = threading.Thread(target=self._renew, args=(lease, ended), daemon=True)
        renewal.start()
        try:
            yield
        except BaseException:
            self._catalog.release_lease(lease)
            raise
        finally:
            ended.set()
            renewal.join()

    def _renew(self, lease: Lease, ended: threading.Event) -> None:
        while not ended.wait(self.seconds / _RENEWALS):
            try:
                if not self._catalog.renew_lease(lease, self.seconds):
                    return  # to a deletion, a restart or another invocation; saving the result notices
            except (BotoCoreError, ClientError, TableBusy) as error:
                _log.warning("lease not renewed", extra={"error": str(error)})
