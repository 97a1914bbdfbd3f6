"""What the routes work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.catalog import Catalog
    from common.settings import ImagesSettings
    from common.storage import Storage

LINK_SECONDS = 900  # a link dies with the credentials that signed it, which are sure of no more


@dataclass(frozen=True)
class Service:
    """The settings and the adapters."""

    settings: ImagesSettings
    storage: Storage
    catalog: Catalog
