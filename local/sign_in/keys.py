"""An issuer's public keys, found by discovery and kept."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

_KEPT_SECONDS = 2 * 60 * 60  # as long as API Gateway may keep them
_REFETCH_SECONDS = 10  # else tokens with made-up key ids would have them fetched again and again
_PATIENCE_SECONDS = 5
_LARGEST_DOCUMENT = 1024 * 1024


class KeysUnavailable(Exception):
    """The issuer does not tell its keys."""


def fetch_json(url: str) -> Any:
    """Read a JSON document. Raises OSError or ValueError."""
    with urlopen(url, timeout=_PATIENCE_SECONDS) as response:  # noqa: S310 -- the template's own issuer
        return json.loads(response.read(_LARGEST_DOCUMENT))


class IssuerKeys:
    """The keys of one issuer; fetched again when old, or when a token names one that is not there."""

    def __init__(
        self,
        issuer: str,
        fetch: Callable[[str], Any] = fetch_json,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str | None, Key] = {}
        self._fetched: float | None = None
        self._lock = threading.Lock()

    def find(self, kid: str) -> Key | None:
        """Give the key with that id, if the issuer has it. Raises KeysUnavailable."""
        with self._lock:
            age = None if self._fetched is None else self._clock() - self._fetched
            if age is None or age > _KEPT_SECONDS or (kid not in self._keys and age > _REFETCH_SECONDS):
                self._keys = {key.kid: key for key in self._read()}
                self._fetched = self._clock()
            return self._keys.get(kid)

    def _read(self) -> KeySet:
        try:
            # some issuers' names end in a slash, which discovery does not double
            document = self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if document["issuer"] != self._issuer:
                raise KeysUnavailable(f"The issuer calls itself {document['issuer']}.")
            return KeySet.import_key_set(self._fetch(document["jwks_uri"]))
        except (OSError, ValueError, LookupError, TypeError, JoseError) as error:
            raise KeysUnavailable(f"The keys of {self._issuer} cannot be read: {error}") from error
