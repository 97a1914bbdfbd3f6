"""Credentials on the disk: a file that only its owner can read, replaced as a whole."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from glimpse.errors import CredentialsError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def default_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder for credentials, as the XDG Base Directory Specification says."""
    config = Path(environ.get("XDG_CONFIG_HOME", ""))
    return (config if config.is_absolute() else Path.home() / ".config") / "glimpse"


@dataclass(frozen=True)
class CredentialStore:
    """Entries by page URL, which of them is the default, and tokens of programs. Raises CredentialsError."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / "credentials.json"

    @property
    def default_url(self) -> str | None:
        """The page of the last sign-in, or None."""
        url = self._read()["default"]
        return None if url is None else str(url)

    def get(self, url: str) -> dict[str, Any] | None:
        """Return the entry of a page, or None."""
        entry = self._read()["stacks"].get(url)
        return entry if isinstance(entry, dict) else None

    def put(self, url: str, entry: Mapping[str, Any]) -> None:
        """Store an entry, and make it the default."""
        with self.locked():
            document = self._read()
            self._write({**document, "default": url, "stacks": {**document["stacks"], url: dict(entry)}})

    def update(self, url: str, **fields: Any) -> None:
        """Change fields of an entry within `locked()`."""
        document = self._read()
        stacks = document["stacks"]
        self._write({**document, "stacks": {**stacks, url: {**stacks.get(url, {}), **fields}}})

    def remove(self, url: str) -> None:
        """Delete the entry of a page."""
        with self.locked():
            document = self._read()
            stacks = {name: entry for name, entry in document["stacks"].items() if name != url}
            default = document["default"] if document["default"] in stacks else next(iter(stacks), None)
            tokens = {name: each for name, each in document["tokens"].items() if name.split()[0] != url}
            self._write({"default": default, "stacks": stacks, "tokens": tokens})

    def token(self, url: str, client_id: str, request: Mapping[str, str]) -> dict[str, Any] | None:
        """Return the last token of a program for a scope and an audience, or None."""
        token = self._read()["tokens"].get(_token_key(url, client_id, request))
        return token if isinstance(token, dict) else None

    def put_token(
        self, url: str, client_id: str, request: Mapping[str, str], token: Mapping[str, Any]
    ) -> None:
        """Keep a token of a program for a scope and an audience."""
        with self.locked():
            document = self._read()
            tokens = {**document["tokens"], _token_key(url, client_id, request): dict(token)}
            self._write({**document, "tokens": tokens})

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from changing the file within a `with` block."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise CredentialsError(f"{self.folder} can't be used: {error.strerror}.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _read(self) -> dict[str, Any]:
        try:
            with self.path.open(encoding="utf-8") as file:
                if os.fstat(file.fileno()).st_mode & _OTHERS:
                    raise CredentialsError(
                        f"{self.path} can be read by others. Sign in again after: rm {self.path}"
                    )
                document = json.load(file)
            stacks, tokens = dict(document["stacks"]), dict(document["tokens"])
            return {"default": document["default"], "stacks": stacks, "tokens": tokens}
        except FileNotFoundError:
            return {"default": None, "stacks": {}, "tokens": {}}
        except OSError as error:
            raise CredentialsError(f"{self.path} can't be read: {error.strerror}.") from error
        except (ValueError, LookupError, TypeError) as error:
            raise CredentialsError(f"{self.path} is damaged. Sign in again after: rm {self.path}") from error

    def _write(self, document: Mapping[str, Any]) -> None:
        temporary = self.folder / f".credentials-{secrets.token_hex(8)}"
        try:
            descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(document, file, indent=2)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise CredentialsError(f"{self.path} can't be written: {error.strerror}.") from error


def _token_key(url: str, client_id: str, request: Mapping[str, str]) -> str:
    return " ".join(filter(None, (url, client_id, urlencode(request))))
