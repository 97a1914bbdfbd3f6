"""Sign-in on this machine: a provider that plays Cognito, and the HTTP API's JWT authorizer."""

from __future__ import annotations

from local.sign_in.authorizer import JwtAuthorizer, Unauthorized, jwt_authorizers
from local.sign_in.client import CLIENT_ID
from local.sign_in.sign_in import SignIn

__all__ = ["CLIENT_ID", "JwtAuthorizer", "SignIn", "Unauthorized", "jwt_authorizers"]
