"""Sign-in with the stack's own user pool, or with another provider."""

from __future__ import annotations

import pytest

from local.sign_in.user_pool import COMMAND_LINE_REDIRECTS
from local.template.parameters import ParameterError
from local.template.template import Template
from tests.template.support import ISSUER, OTHER_PROVIDER, OWN_ISSUER, broken_rules, load


@pytest.mark.parametrize(
    ("parameters", "issuer", "page", "command_line"),
    [
        ({}, OWN_ISSUER, "UserPoolClient", "CommandLineClient"),
        (OTHER_PROVIDER, ISSUER, "page", "page"),
    ],
)
def test_the_api_accepts_tokens_of_the_user_pool_or_of_another_provider(
    parameters: dict[str, str], issuer: str, page: str, command_line: str
) -> None:
    template = load(**parameters)
    body = template.resources("AWS::ApiGatewayV2::Api")["HttpApi"]["Body"]
    authorizer = body["components"]["securitySchemes"]["SignedIn"]["x-amazon-apigateway-authorizer"]
    assert authorizer == {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {"issuer": issuer, "audience": list(dict.fromkeys([page, command_line]))},
    }
    names = ("SignInIssuer", "SignInClientId", "CommandLineClientId")
    assert [template.outputs[name] for name in names] == [issuer, page, command_line]


def test_page_and_command_line_are_public_clients_with_the_managed_login_page(template: Template) -> None:
    clients = template.resources("AWS::Cognito::UserPoolClient")
    assert list(clients) == ["UserPoolClient", "CommandLineClient"]
    for client in clients.values():
        assert {name: client[name] for name in PUBLIC_CLIENT} == PUBLIC_CLIENT
    assert clients["CommandLineClient"]["CallbackURLs"] == list(COMMAND_LINE_REDIRECTS)
    brandings = template.resources("AWS::Cognito::ManagedLoginBranding").values()
    assert [branding["ClientId"] for branding in brandings] == list(clients)
    assert all(branding["UseCognitoProvidedValues"] for branding in brandings)
    (domain,) = template.resources("AWS::Cognito::UserPoolDomain").values()
    assert (domain["Domain"], domain["ManagedLoginVersion"]) == ("local-123456789012", 2)


PUBLIC_CLIENT = {
    "GenerateSecret": False,
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid", "email"],
    "SupportedIdentityProviders": ["COGNITO"],
    "ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    "EnableTokenRevocation": True,
}


def test_another_provider_replaces_the_sign_in_page_and_keeps_the_accounts() -> None:
    template = load(**OTHER_PROVIDER)
    for kind in ("UserPoolClient", "UserPoolDomain", "ManagedLoginBranding", "UserPoolResourceServer"):
        assert template.resources(f"AWS::Cognito::{kind}") == {}
    assert {"UserPoolId", "TokenEndpoint"} & template.outputs.keys() == set()
    assert template.resources("AWS::Cognito::UserPool") == load().resources("AWS::Cognito::UserPool")


@pytest.mark.parametrize(
    "parameters", [{"SignInIssuer": ISSUER}, {"SignInClientId": "page"}, {}, OTHER_PROVIDER]
)
def test_another_provider_needs_an_issuer_and_a_client_id(parameters: dict[str, str]) -> None:
    complete = len(parameters) != 1
    problem = "Set both SignInIssuer and SignInClientId, or neither."
    assert broken_rules(**parameters) == ([] if complete else [problem])


def test_the_pages_client_id_is_no_audience_of_programs() -> None:
    problem = (
        "ProgramAudiences can't have the page's client ID, SignInClientId: people's routes would accept the "
        "tokens of programs, whatever their scopes are. Give the API an audience of its own at the sign-in "
        "provider."
    )
    page = OTHER_PROVIDER["SignInClientId"]
    assert broken_rules(**OTHER_PROVIDER, ProgramAudiences=page) == [problem]
    assert broken_rules(**OTHER_PROVIDER, ProgramAudiences="https://api.example.com") == []


@pytest.mark.parametrize("issuer", [ISSUER, "https://tenant.example.com/", "http://127.0.0.1:9000"])
def test_keeps_an_issuer_unchanged(issuer: str) -> None:
    template = load(SignInIssuer=issuer, SignInClientId="page")
    assert template.outputs["SignInIssuer"] == issuer


@pytest.mark.parametrize(
    "issuer", ["id.example.com", "http://id.example.com", "https://", "https://a/?b", "https://a b"]
)
def test_rejects_an_invalid_issuer(issuer: str) -> None:
    with pytest.raises(ParameterError) as caught:
        load(SignInIssuer=issuer, SignInClientId="page")
    assert "the https URL of an OpenID Connect issuer" in str(caught.value)


@pytest.mark.parametrize(("self_sign_up", "invited_only"), [("false", True), ("true", False)])
def test_accounts_are_by_invitation_unless_self_sign_up_is_enabled(
    self_sign_up: str, invited_only: bool
) -> None:
    template = load(SelfSignUp=self_sign_up)
    (pool,) = template.resources("AWS::Cognito::UserPool").values()
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] == invited_only


def test_a_user_name_is_an_email_address_in_any_case(template: Template) -> None:
    (pool,) = template.resources("AWS::Cognito::UserPool").values()
    assert pool["UsernameAttributes"] == pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}


def test_an_invitation_says_where_to_sign_in(template: Template) -> None:
    (pool,) = template.resources("AWS::Cognito::UserPool").values()
    page = template.outputs["SiteUrl"]
    days = pool["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"]
    assert pool["AdminCreateUserConfig"]["InviteMessageTemplate"] == {
        "EmailSubject": "Your account for image recognition",
        "EmailMessage": (
            f'You are invited to image recognition: <a href="{page}/">{page}/</a><br><br> '
            "Email address: {username}<br>Temporary password: {####}<br><br> "
            f"Sign in within {days} days and choose your own password."
        ),
    }


EMAIL_FROM = {"EmailFrom": "pictures@example.com"}
SES_IDENTITY = {"SesIdentityArn": "arn:aws:ses:us-east-1:123456789012:identity/example.com"}


@pytest.mark.parametrize(
    ("parameters", "sender"),
    [
        ({}, {"EmailSendingAccount": "COGNITO_DEFAULT"}),
        (
            EMAIL_FROM | SES_IDENTITY,
            {
                "EmailSendingAccount": "DEVELOPER",
                "SourceArn": SES_IDENTITY["SesIdentityArn"],
                "From": "pictures@example.com",
            },
        ),
    ],
)
def test_emails_come_from_cognito_or_from_an_own_address(
    parameters: dict[str, str], sender: dict[str, str]
) -> None:
    (pool,) = load(**parameters).resources("AWS::Cognito::UserPool").values()
    assert pool["EmailConfiguration"] == sender
    assert broken_rules(**parameters) == []


@pytest.mark.parametrize("parameters", [EMAIL_FROM, SES_IDENTITY])
def test_an_own_address_needs_its_identity_in_ses(parameters: dict[str, str]) -> None:
    assert broken_rules(**parameters) == ["Set both EmailFrom and SesIdentityArn, or neither."]


@pytest.mark.parametrize(
    ("mfa", "offered"),
    [("OFF", None), ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"]), ("ON", ["SOFTWARE_TOKEN_MFA"])],
)
def test_a_second_factor_is_an_authenticator_app(mfa: str, offered: list[str] | None) -> None:
    (pool,) = load(Mfa=mfa).resources("AWS::Cognito::UserPool").values()
    assert (pool["MfaConfiguration"], pool.get("EnabledMfas")) == (mfa, offered)
