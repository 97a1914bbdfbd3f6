"""The variables of `make backfill` and `make reprocess`, checked before anything is asked of AWS."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from common.errors import InvalidQuery
from deploy.backfill.pace import DEFAULT_SHARE, parse_share
from deploy.backfill.source import Location, parse_location
from deploy.errors import DeploymentError
from search.grammar import parse
from search.matching import Query


@dataclass(frozen=True)
class Options:
    """What was given, as text; empty if it wasn't."""

    owner: str = ""
    search: str = ""
    source: str = ""
    share: str = ""
    confirm: str = ""

    def check(self) -> None:
        """Raise DeploymentError if a value can't be meant."""
        self.parsed_share()
        self.query()
        if self.confirm not in ("", "no"):
            raise DeploymentError(f"CONFIRM must be no, or left out, not {self.confirm!r}.")

    def parsed_share(self) -> float:
        """Return the share of the quota. Raises DeploymentError."""
        return parse_share(self.share or str(DEFAULT_SHARE))

    def query(self) -> Query:
        """Return the parsed search, which without SEARCH finds everything. Raises DeploymentError."""
        try:
            return parse(self.search) if self.search else Query()
        except InvalidQuery as error:
            raise DeploymentError(f"SEARCH can't be understood. {error.sentence}") from error

    def location(self) -> Location:
        """Return the parsed source. Raises DeploymentError."""
        return parse_location(self.source)

    @property
    def asks(self) -> bool:
        """Whether to ask for consent."""
        return self.confirm != "no"

    def command(self, base: str) -> str:
        """Return the make command with the same values, such as `make reprocess OWNER=…`."""
        values = {
            "SOURCE": self.source,
            "OWNER": self.owner,
            "SEARCH": self.search,
            "SHARE": self.share,
            "CONFIRM": self.confirm,
        }
        return " ".join([base, *(f"{name}={shlex.quote(value)}" for name, value in values.items() if value)])


def backfill_options(command: str, source: str, owner: str, share: str, confirm: str) -> Options:
    """Return the checked variables of `make backfill`. Raises DeploymentError, which shows the command."""
    if not source or not owner:
        raise DeploymentError(
            f"Give the pictures, and the person or program who gets them: {command} "
            "SOURCE=s3://bucket/prefix OWNER=person@example.com"
        )
    options = Options(owner, source=source, share=share, confirm=confirm)
    options.check()
    options.location()
    return options
