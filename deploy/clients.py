"""Let programs use a stack's API: `make client`.

A program is a client of the user pool. The API accepts its tokens while the stack's parameter lists its ID.
A client is created before it is listed, and deleted after it was taken off. Each step can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deploy.errors import DeploymentError
from deploy.parameters import AUDIENCES
from deploy.stack import require_deployed
from deploy.stack_update import change_parameter
from local.cli.programs import credentials, existing, parse_arguments, table
from local.sign_in.user_pool import PROGRAM_SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

    from deploy.environments import Environment
    from deploy.stack import Stack
    from deploy.target import Target
    from local.cli.programs import ClientArguments

_MAX_AUDIENCES = 50  # of an authorizer
PREFIX = "program-"  # of the clients' names, to tell them from those of the stack


@dataclass(frozen=True)
class Client:
    """A program's client in the user pool."""

    id: str
    name: str
    secret: str
    scopes: tuple[str, ...]  # without the identifier of the resource server


def check_arguments(environment: Environment, name: str = "", action: str = "", scopes: str = "") -> None:
    """Raise ParameterError if the values are invalid."""
    parse_arguments(environment.command("client"), name, action, scopes)


def main(target: Target, name: str = "", action: str = "", scopes: str = "") -> int:
    """Create, revoke or list clients; print what happened."""
    command = target.environment.command("client")
    arguments = parse_arguments(command, name, action, scopes)
    stack = require_deployed(target)
    _require_own_pool(target, stack)
    programs = Programs(target, stack)
    if arguments.action == "list":
        print(programs.table())
    elif arguments.action == "revoke":
        programs.revoke(arguments.name)
        print(f"Revoked {arguments.name}. Its tokens are no longer accepted.")
    else:
        print(programs.create(arguments, command))
    return 0


def _require_own_pool(target: Target, stack: Stack) -> None:
    deploy = target.environment.command("deploy")
    if AUDIENCES not in stack.parameters:
        raise DeploymentError(f"The stack {stack.name} has no routes for programs yet. Run {deploy} first.")
    if "UserPoolId" not in stack.outputs:
        raise DeploymentError(
            f"Programs get their tokens at {stack.output('SignInIssuer')}: add the program there, with the "
            f"scopes {' and '.join(PROGRAM_SCOPES)} of an API, and name that API's audience once with "
            f'{deploy} SET="{AUDIENCES}=…", or in samconfig.toml.'
        )


class Programs:
    """The clients of programs in a stack's user pool, and the parameter that lists them."""

    def __init__(self, target: Target, stack: Stack) -> None:
        self._target = target
        self._stack = stack
        self._pool = stack.output("UserPoolId")
        self._cognito: CognitoIdentityProviderClient = target.session.client("cognito-idp")
        names = self._names()
        listed = [entry for entry in stack.parameters[AUDIENCES].split(",") if entry]
        self._listed = [entry for entry in listed if entry in names]  # without those deleted in the console
        self._clients = [self._read(id) for id, name in names.items() if name.startswith(PREFIX)]

    def table(self) -> str:
        """Return a table of the clients."""
        rows = [
            (client.name, client.id, " ".join(client.scopes), self._state(client))
            for client in sorted(self._clients, key=lambda client: client.name)
        ]
        return table(rows)

    def create(self, arguments: ClientArguments, command: str) -> str:
        """Create a client, or finish what was interrupted, and list it; return what to print.

        Raises DeploymentError, also if the client exists.
        """
        client = self._find(arguments.name)
        if client and arguments.has_scopes and client.scopes != arguments.scopes:
            raise DeploymentError(
                f"The client {client.name} has other scopes: {' '.join(client.scopes)}. To change them, "
                f"revoke it first: {command} NAME={client.name} ACTION=revoke"
            )
        if client and client.id in self._listed:
            raise DeploymentError(existing(command, client.name))
        if len(self._listed) >= _MAX_AUDIENCES:
            raise DeploymentError(f"A stack can have {_MAX_AUDIENCES} clients. Revoke one that isn't used.")
        client = client or self._create(arguments)
        self._list([*self._listed, client.id])
        shown = credentials(
            client.id,
            client.secret,
            client.scopes,
            self._stack.output("TokenEndpoint"),
            self._stack.output("ApiUrl"),
            self._stack.output("SiteUrl"),
            f"{self._stack.name}/",
        )
        return f"Created the client {client.name}.\n{shown}"

    def revoke(self, name: str) -> None:
        """Take a client off the list, so that its tokens end, and delete it. Raises DeploymentError."""
        client = self._find(name)
        if client is None:
            raise DeploymentError(f"There is no client {name}.")
        if client.id in self._listed:
            self._list(entry for entry in self._listed if entry != client.id)
        self._cognito.delete_user_pool_client(UserPoolId=self._pool, ClientId=client.id)

    def _names(self) -> dict[str, str]:
        """Return the names of all clients of the pool by ID."""
        pages = self._cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=self._pool)
        return {entry["ClientId"]: entry["ClientName"] for page in pages for entry in page["UserPoolClients"]}

    def _read(self, client_id: str) -> Client:
        found = self._cognito.describe_user_pool_client(UserPoolId=self._pool, ClientId=client_id)
        entry = found["UserPoolClient"]
        scopes = [scope.rpartition("/")[2] for scope in entry.get("AllowedOAuthScopes", [])]
        known = tuple(scope for scope in PROGRAM_SCOPES if scope in scopes)
        name = entry["ClientName"].removeprefix(PREFIX)
        return Client(client_id, name, entry.get("ClientSecret", ""), known)

    def _create(self, arguments: ClientArguments) -> Client:
        created = self._cognito.create_user_pool_client(
            UserPoolId=self._pool,
            ClientName=PREFIX + arguments.name,
            GenerateSecret=True,
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthScopes=[f"{self._stack.name}/{scope}" for scope in arguments.scopes],
            ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"],  # the least: nobody signs in with it
            AccessTokenValidity=60,
            TokenValidityUnits={"AccessToken": "minutes"},
        )["UserPoolClient"]
        return Client(created["ClientId"], arguments.name, created["ClientSecret"], arguments.scopes)

    def _list(self, client_ids: Iterable[str]) -> None:
        change_parameter(self._target, self._stack, AUDIENCES, ",".join(client_ids))

    def _find(self, name: str) -> Client | None:
        return next((client for client in self._clients if client.name == name), None)

    def _state(self, client: Client) -> str:
        return "active" if client.id in self._listed else "unfinished: create or revoke it again"
