"""The floor of a cold start: a bare interpreter that imports packages and builds boto3's clients.

It is run by path, with the modules to import and the services, and prints the CPU time of the process.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from typing import Any


def main(modules: str, services: str) -> None:
    """Import the modules, and build a client of each service; for DynamoDB that which converts values."""
    for module in modules.split():
        import_module(module)
    import boto3

    for service in services.split():
        build: Any = boto3.resource if service == "dynamodb" else boto3.client
        build(service)
    print(time.process_time())


if __name__ == "__main__":
    main(*sys.argv[1:])
