"""`make backfill-local` and `make reprocess-local`: the same on the running local stack."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from common.auth import owner_name
from deploy.backfill.command import INTERRUPTED, backfill_images, reprocess_images
from deploy.backfill.options import Options, backfill_options
from deploy.backfill.owner import has_images, unverified_owner
from deploy.backfill.place import Local
from deploy.backfill.services import connect
from deploy.environments import ROOT
from deploy.errors import DeploymentError, describe
from local.cli.clients import client_ids
from local.server import reachable_url
from local.settings import read_host, read_port, use_local_credentials
from local.sign_in.user_pool import CLIENT_ID, USERS
from local.template.names import REGION
from local.template.parameters import ParameterError
from local.template.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deploy.backfill.services import Services

_HEALTH_TIMEOUT = 5  # seconds


def find_local_owner(given: str, services: Services) -> str:
    """Return the owner's name of a local user, by name, email address or `sub`, or of a program.

    An owner who has images, such as a program that was revoked since, is found as well. Raises
    DeploymentError for anybody else, unless people sign in elsewhere.
    """
    for user in USERS.values():
        if given.strip().casefold() in (user.username, user.email, user.sub):
            return owner_name(user.sub)
    if services.parameters["SignInClientId"] != CLIENT_ID:
        return unverified_owner(given, services)
    owner = owner_name(given)
    if given in client_ids(services.parameters["SignInIssuer"]) or has_images(owner, services):
        return owner
    raise DeploymentError(
        f"The local stack has neither a user nor a program {given}. "
        f"Give OWNER as {' or '.join(USERS)}, or as the client ID of a program."
    )


def connect_local(url: str) -> Services:
    """Return the services of the local stack at an address. Raises DeploymentError if none is running."""
    try:
        opener = build_opener(ProxyHandler({}))  # never through a proxy
        with opener.open(f"{url}/_local/health", timeout=_HEALTH_TIMEOUT) as response:
            health: dict[str, Any] = json.load(response)
    except (URLError, OSError, ValueError) as error:
        raise DeploymentError(f"No local stack is running at {url}. Start one with make run.") from error
    template = Template.load(ROOT / "template.yaml", health["parameters"])
    session = boto3.Session(region_name=REGION)
    return connect(session, health["parameters"], template.outputs, url)


def backfill(services: Services, source: str, owner: str, share: str = "", confirm: str = "") -> int:
    """Recognize the pictures of the source bucket where they lie; return the exit code."""
    command = "make backfill-local"
    options = backfill_options(command, source, owner, share, confirm)
    return backfill_images(services, options, find_local_owner(owner, services), Local(), command)


def reprocess(
    services: Services, owner: str = "", search: str = "", share: str = "", confirm: str = ""
) -> int:
    """Recognize images again whose results lack something; return the exit code."""
    options = Options(owner, search, share=share, confirm=confirm)
    options.check()
    name = find_local_owner(owner, services) if owner else None
    return reprocess_images(services, options, name, Local(), "make reprocess-local")


COMMANDS: dict[str, Callable[..., int]] = {"backfill": backfill, "reprocess": reprocess}


def main(arguments: Sequence[str]) -> int:
    """Run one command on the running local stack and return its exit code."""
    command, *values = arguments
    use_local_credentials(os.environ)
    try:
        host = os.environ.get("AWS_HOST") or read_host(os.environ)
        services = connect_local(reachable_url(host, read_port(os.environ, "AWS_PORT")))
        return COMMANDS[command](services, *values)
    except (DeploymentError, ParameterError) as error:
        print(error, file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        print(describe(error), file=sys.stderr)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
