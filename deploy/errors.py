"""What goes wrong in a deployment command, as sentences for the person who runs it."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
    WaiterError,
)

_SIGN_IN_AGAIN = "Sign in again, for example with aws sso login, or renew the credentials."
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN = {
    "AuthFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


class DeploymentError(Exception):
    """A command can't do its work; the message says why and what to do."""


def describe(error: BotoCoreError | ClientError) -> str:
    """Return one sentence or two about an error of boto3."""
    if isinstance(error, ClientError):
        return _describe_answer(error)
    match error:
        case NoCredentialsError():
            return (
                "No AWS credentials were found. Run aws configure, or set AWS_PROFILE, "
                "or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            )
        case PartialCredentialsError():
            missing = error.kwargs["cred_var"]
            return f"The AWS credentials are incomplete: {missing} is missing."
        case ProfileNotFound():
            profile = error.kwargs["profile"]
            return f"There is no AWS profile {profile}. aws configure list-profiles lists the existing ones."
        case CredentialRetrievalError() | NoAuthTokenError() | SSOError() | TokenRetrievalError():
            return f"The AWS credentials can't be loaded: {_sentence(str(error))} {_SIGN_IN_AGAIN}"
        case EndpointConnectionError():
            url = error.kwargs["endpoint_url"]
            return f"{url} can't be reached. Check the network connection and the region's name."
        case WaiterError():
            return f"AWS didn't finish the work: {_sentence(str(error))} Run the command again."
        case _:
            return _sentence(str(error))


def _describe_answer(error: ClientError) -> str:
    code, message = error.response["Error"]["Code"], _sentence(error.response["Error"].get("Message", ""))
    if code in _EXPIRED:
        return f"The AWS credentials have expired. {_SIGN_IN_AGAIN}"
    if code in _UNKNOWN:
        return f"AWS doesn't accept the credentials ({code}): {message}"
    if code in _DENIED:
        return f"The AWS credentials don't permit {error.operation_name}: {message}"
    return f"{error.operation_name} failed ({code}): {message}"


def _sentence(text: str) -> str:
    """Return a message of AWS or boto3 on one line, with a period."""
    line = " ".join(text.split()).rstrip(":")
    return line if line.endswith((".", "!", "?")) else f"{line}."
