"""Where the project is, and the environment variables that configure a run of the local stack."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.template.names import ACCOUNT, ADMIN_KEY, ADMIN_SECRET, REGION
from local.template.parameters import ParameterError, parse_overrides, samconfig_parameters

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_PORTS = {
    "WEB_PORT": 8080,
    "API_PORT": 3000,
    "AWS_PORT": 4566,
    "SIGN_IN_PORT": 9000,
    "START_API_PORT": 3001,
}
# Environments per function, started when needed. Two keep two cores busy. Each takes 70 MB; the processor's
# take 100 MB with their decoders, and 140 MB with a photo of 12 megapixels. With a third one, the first of
# 40 photos waits longer (`bench/load.py`).
DEFAULT_CONCURRENCY = 2
# The parameters that change something here. The others set what only AWS has, such as retention and accounts.
LOCAL_PARAMETERS = frozenset(
    {
        "PageOrigin",
        "SignInIssuer",
        "SignInClientId",
        "ProgramAudiences",
        "SelfSignUp",  # by the default quota
        "MaxUploadMegabytes",
        "UploadsPerMinute",
        "UploadsPerDay",
        "UploadsPerMonth",
        "MonthlyBillingCeiling",
        "RekognitionCallsPerSecond",
        "DailyBilledCallsAlarm",
        "RetentionDays",
        "ApiRateLimit",
        "ApiBurstLimit",
        "LabelsMinConfidence",
        "LabelsMaxCount",
        "DetectLabels",
        "DetectModeration",
        "DetectText",
        "DetectFaces",
        "DetectCelebrities",
        "DetectProtectiveEquipment",
        "DetectProperties",
        "CustomLabelsModelArn",
        "TrainModels",
        "WhenModelStopped",
        "ModelIdleMinutes",
        "ModelAdminGroup",
        "StoreLocation",
        "ReviewConfidence",
        "RequiredEquipment",
        "SourceBucket",
        "SourcePrefix",
        "SourceOwner",
        "EventBusName",
    }
)
# For a stack whose uploads all come from one command
UNLIMITED = {
    "UploadsPerMinute": "999999999",
    "UploadsPerDay": "999999999",
    "UploadsPerMonth": "999999999",
    "MonthlyBillingCeiling": "0",
}
_LOCAL_MODEL_ARN = f"arn:aws:rekognition:{REGION}:{ACCOUNT}:project/local/version/local/1"
# Over http, browsers give a page the cryptography it needs only on these hosts. 0.0.0.0 and :: include them.
_HOSTS = ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::")  # noqa: S104 -- only compared, never bound here
_MAX_PORT = 65535
_MAX_CONCURRENCY = 1000  # Lambda's default quota for an account
_KEPT = ("AWS_HOST", "AWS_PORT")  # settings of the local stack, not of an AWS SDK


def use_local_credentials(environ: MutableMapping[str, str]) -> None:
    """Replace every variable that could lead boto3 or SAM CLI to a real account."""
    for name in list(environ):
        if name.startswith("AWS_") and name not in _KEPT:
            del environ[name]
    environ.update(
        AWS_ACCESS_KEY_ID=ADMIN_KEY,
        AWS_SECRET_ACCESS_KEY=ADMIN_SECRET,
        AWS_DEFAULT_REGION=REGION,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
    )


def read_host(environ: Mapping[str, str]) -> str:
    """Read the address of the page, the API and the sign-in provider. Raises ParameterError."""
    host = environ.get("HOST") or _HOSTS[0]
    if host not in _HOSTS:
        raise ParameterError(
            f"HOST must be {', '.join(_HOSTS[:-1])} or {_HOSTS[-1]}, not {host!r}: "
            "over http, browsers run the page only on this machine."
        )
    return host


def read_port(environ: Mapping[str, str], name: str) -> int:
    """Read one of the ports in DEFAULT_PORTS. Raises ParameterError."""
    text = environ.get(name) or str(DEFAULT_PORTS[name])
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > _MAX_PORT:
        raise ParameterError(f"{name} must be a port number, or 0 for any free port, not {text!r}.")
    return int(text)


def read_concurrency(environ: Mapping[str, str]) -> int:
    """Read how many worker processes a function may have at once. Raises ParameterError."""
    text = environ.get("LAMBDA_CONCURRENCY") or str(DEFAULT_CONCURRENCY)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MAX_CONCURRENCY):
        raise ParameterError(
            f"LAMBDA_CONCURRENCY must be a whole number from 1 to {_MAX_CONCURRENCY}, not {text!r}: "
            "it is the number of worker processes that a function may have at once."
        )
    return int(text)


def read_event_url(environ: Mapping[str, str]) -> str:
    """Read the URL that receives events; empty for none. Raises ParameterError."""
    url = environ.get("EVENTS") or ""
    if url and not _is_http_url(url):
        raise ParameterError(
            f"EVENTS must be the http or https URL of a server that receives events, such as "
            f"http://127.0.0.1:9999/hook, not {url!r}."
        )
    return url


def _is_http_url(url: str) -> bool:
    if not re.fullmatch(r"https?://[!-~]+", url, re.IGNORECASE):  # ASCII without spaces
        return False
    try:
        parts = urlsplit(url)
        is_plain = parts.port != 0 and not parts.fragment and "@" not in parts.netloc
        return is_plain and _is_host(parts.hostname or "")
    except ValueError:  # of the port, or a bracket that isn't closed
        return False


def _is_host(name: str) -> bool:
    """Return whether a name in a URL is an IPv6 address, or consists of valid labels (RFC 1123, 2.1)."""
    if ":" in name:
        return True
    labels = name.removesuffix(".").split(".")
    return all(re.fullmatch("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", label) for label in labels)


def read_data_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder that keeps the stack's data, or None if nothing is kept. Raises ParameterError."""
    folder = environ.get("DATA")
    try:
        return Path(folder).expanduser().absolute() if folder else None
    except RuntimeError:
        raise ParameterError(f"DATA can't be {folder!r}: there is no such user.") from None


def stack_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read the settings of a `Stack`: addresses, concurrency, data folder, receiver of events and parameters.

    Raises DocumentError or ParameterError.
    """
    host = read_host(environ)
    return {
        "web_port": read_port(environ, "WEB_PORT"),
        "api_port": read_port(environ, "API_PORT"),
        "aws_port": read_port(environ, "AWS_PORT"),
        "sign_in_port": read_port(environ, "SIGN_IN_PORT"),
        "host": host,
        "aws_host": environ.get("AWS_HOST") or host,
        "concurrency": read_concurrency(environ),
        "event_url": read_event_url(environ),
        "data": read_data_folder(environ),
        "parameters": stack_parameters(environ),
    }


def stack_parameters(environ: Mapping[str, str]) -> dict[str, str]:
    """Read the parameters of CONFIG_ENV (default: local) in samconfig.toml, and those of SET, which win.

    Raises DocumentError or ParameterError.
    """
    parameters = samconfig_parameters(ROOT / "samconfig.toml", environ.get("CONFIG_ENV") or "local")
    parameters |= parse_overrides(environ.get("SET", ""), "SET")
    if environ.get("LOCAL_MODEL") or environ.get("LOCAL_LABELS"):
        parameters.setdefault("CustomLabelsModelArn", _LOCAL_MODEL_ARN)
    return parameters
