"""How CloudFormation calls the other services: as itself, which the log of the calls leaves out."""

from __future__ import annotations

import threading
from typing import Any

import boto3

ACCESS_KEY = "CLOUDFORMATION"


class Services:
    """Clients of the imitation's services."""

    def __init__(self, url: str) -> None:
        self._session: Any = boto3.Session(ACCESS_KEY, "secret")
        self._url = url
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str) -> Any:
        with self._lock:
            if (service, region) not in self._clients:
                client = self._session.client(service, region_name=region, endpoint_url=self._url)
                self._clients[service, region] = client
            return self._clients[service, region]
