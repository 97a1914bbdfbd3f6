"""The models function: wiring and handler."""

from __future__ import annotations

from common import startup  # isort: skip -- before all others

import os
from typing import Any

from catalog.catalog import Catalog
from common.http import Response, handle_errors
from common.settings import ModelsSettings, from_env
from models.routes import respond
from models.views import ModelService

_settings = from_env(ModelsSettings, os.environ)
_service = ModelService(_settings, Catalog.from_env(_settings.catalog_table))
startup.finish()


@handle_errors
def handler(event: dict[str, Any], context: object) -> Response:
    """Handle a request to any route of this function."""
    return respond(event, _service, _settings.model_admin_group)
