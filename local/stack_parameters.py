"""The template's parameters for a run of the local stack, and the page's configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.sign_in.user_pool import CLIENT_ID, COMMAND_LINE_CLIENT_ID, PROGRAMS
from local.template.parameters import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Options of CloudFront, which the template accepts only for a page that the deployed stack serves.
_NO_SITE_OPTIONS = {"SiteDomainName": "", "SiteCertificateArn": "", "WebAclArn": ""}


def page_config(parameters: Mapping[str, str], api_url: str, engine: Any) -> dict[str, Any]:
    """Return the page's config.json; `engine` says what recognizes the pictures."""
    client_id = parameters["SignInClientId"]
    sign_in = {
        "issuer": parameters["SignInIssuer"],
        "clientId": client_id,
        # At another provider, the page's client ID serves both.
        "commandLineClientId": COMMAND_LINE_CLIENT_ID if client_id == CLIENT_ID else client_id,
    }
    models = parameters["TrainModels"] == "true"
    return {"apiUrl": api_url, "signIn": sign_in, "models": models, "engine": engine}


def provider_parameters(issuer: str) -> dict[str, str]:
    """Return the parameters that make the API accept the tokens of the local provider."""
    return {"SignInIssuer": issuer, "SignInClientId": CLIENT_ID, "ProgramAudiences": PROGRAMS}


def local_parameters(given: Mapping[str, str], page_url: str, event_url: str) -> dict[str, str]:
    """Return the given parameters with those that this machine determines.

    Raises ParameterError if PageOrigin isn't the local page.
    """
    origin = given.get("PageOrigin") or page_url
    if origin != page_url:
        raise ParameterError(
            f"PageOrigin can't be {origin} here: the local stack serves its own page at {page_url}. "
            "Leave it out of SET, and of the environment that CONFIG_ENV selects."
        )
    parameters = {**given, **_NO_SITE_OPTIONS, "PageOrigin": page_url}
    if event_url:
        parameters["EventBusName"] = parameters.get("EventBusName") or "default"
    return parameters
