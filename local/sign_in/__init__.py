"""Local sign-in: an OpenID Connect provider in place of Cognito, and the HTTP API's JWT authorizer."""
