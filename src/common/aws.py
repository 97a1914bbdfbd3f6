"""Clients of AWS: one botocore session builds all of them, from the data of what the functions call.

botocore's own data describes every service, so reading it takes most of the time of building a client.
`botocore_data` has the part that is needed; `make botocore-data` writes it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader
from botocore.session import Session

if TYPE_CHECKING:
    from botocore.config import Config

DATA = Path(__file__).with_name("botocore_data")
OLDEST_BOTOCORE = (1, 37)  # that understands the data; Lambda's Python 3.13 began with 1.35, and is updated


class _PartialLoader(Loader):
    """Reads our part of the data, and what isn't in it from botocore's own."""

    def __init__(self) -> None:
        super().__init__(extra_search_paths=[str(DATA)], include_default_search_paths=False)
        self._complete = Loader()

    def is_builtin_path(self, path: str) -> bool:
        """Return True, as for botocore's own data: else it would take old rules for endpoints."""
        return True

    # Lambda's botocore may be newer than that of the data, and read files that didn't exist then.
    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        try:
            return super().load_service_model(service_name, type_name, api_version)
        except DataNotFoundError:
            return self._complete.load_service_model(service_name, type_name, api_version)

    def load_data_with_path(self, name: str) -> Any:
        try:
            return super().load_data_with_path(name)
        except DataNotFoundError:
            return self._complete.load_data_with_path(name)


def new_session(version: str = botocore.__version__) -> Session:
    """Return a session with the function's credentials and region.

    A botocore that is too old for our data reads its own.
    """
    session = Session()
    if tuple(map(int, version.split(".")[:2])) >= OLDEST_BOTOCORE:
        session.register_component("data_loader", _PartialLoader())
    return session


@cache
def get_session() -> Session:
    """Return the session that all clients share."""
    return new_session()


def build_client(service: str, config: Config) -> Any:
    """Build the client of a service from the function's environment."""
    return get_session().create_client(service, config=config)
