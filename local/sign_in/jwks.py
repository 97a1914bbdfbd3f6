"""An issuer's public keys, found by discovery and cached."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

_CACHE_SECONDS = 2 * 60 * 60  # API Gateway caches the keys for up to two hours
_MIN_REFETCH_SECONDS = 10  # otherwise each token with an unknown key id would cause a request
_TIMEOUT_SECONDS = 5
_MAX_DOCUMENT_BYTES = 1024 * 1024


class KeysUnavailable(Exception):
    """The issuer's keys can't be read."""


def fetch_json(url: str) -> Any:
    """Fetch a JSON document. Raises OSError or ValueError."""
    with urlopen(url, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 -- the issuer in the template
        return json.loads(response.read(_MAX_DOCUMENT_BYTES))


class IssuerKeys:
    """The keys of one issuer, fetched again when the cache expires or a token has an unknown key id."""

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
        self._fetched_at: float | None = None
        self._lock = threading.Lock()

    def find(self, kid: str) -> Key | None:
        """Return the key with this id, or None if the issuer has no such key. Raises KeysUnavailable."""
        with self._lock:
            age = None if self._fetched_at is None else self._clock() - self._fetched_at
            if age is None or age > _CACHE_SECONDS or (kid not in self._keys and age > _MIN_REFETCH_SECONDS):
                self._keys = {key.kid: key for key in self._fetch_keys()}
                self._fetched_at = self._clock()
            return self._keys.get(kid)

    def _fetch_keys(self) -> KeySet:
        try:
            # The discovery URL has a single slash even if the issuer ends in one.
            document = self._fetch(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if document["issuer"] != self._issuer:
                raise KeysUnavailable(
                    f"The discovery document is for {document['issuer']}, not for {self._issuer}."
                )
            return KeySet.import_key_set(self._fetch(document["jwks_uri"]))
        except (OSError, ValueError, LookupError, TypeError, JoseError) as error:
            raise KeysUnavailable(f"The keys of {self._issuer} can't be read: {error}") from error
