"""The template's parameters of a run of the local stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.template.parameters import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Options of CloudFront, which the template accepts only for a page that the deployed stack serves.
_NO_SITE_OPTIONS = {"SiteDomainName": "", "SiteCertificateArn": "", "WebAclArn": ""}


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
