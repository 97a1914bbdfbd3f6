"""The sign-in page: one form, no script."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, render_template, request

from local.sign_in.users import USERS

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # else the style sheet would be told the whole request
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def sign_in_page(page_origin: str, username: str, *, refused: bool = False) -> Response:
    """Draw the page with a name filled in; `refused` says that nobody has it."""
    asked = request.args.to_dict()
    users = {name: "?" + urlencode(asked | {"login_hint": name}) for name in USERS}
    body = render_template("sign-in.html", username=username, users=users, refused=refused)
    response = Response(body, 400 if refused else 200, content_type="text/html; charset=utf-8")
    # form-action holds for the redirect back to the page as well
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src data:; "
        f"form-action 'self' {page_origin}; base-uri 'none'; frame-ancestors 'none'"
    )
    return response
