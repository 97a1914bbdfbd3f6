"""Host names: a server answers only to its own.

Otherwise a web page could reach the server under the page's own name, by changing what that name resolves to
(DNS rebinding), and the browser would let it read the responses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

# The port isn't compared: a forwarded port may differ, and an attacker gains nothing from it without a name.
_AUTHORITY = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9_.-]+?)\.?)(?::[0-9]{0,5})?")
_MAX_QUOTED = 100  # characters of a client's input


@dataclass(frozen=True)
class OwnNames:
    """The names of a server: those of the loopback interface, `names`, and every name below a `suffix`."""

    names: Container[str] = ()
    suffix: str | None = None  # starts with a dot

    def include(self, authority: str, addresses: Sequence[str]) -> bool:
        """Return whether a Host header names this server, which has these other names or addresses."""
        match = _AUTHORITY.fullmatch(authority)
        if match is None:
            return False
        name = (match["ipv6"] or match["name"]).lower()
        address = _parse_address(name)
        if address is not None:  # a page at an address has no name that could resolve to something else
            return address.is_loopback or address in map(_parse_address, addresses)
        if name == "localhost" or name in self.names or name in addresses:
            return True
        return self.suffix is not None and name.endswith(self.suffix)


def find_refusal(
    hosts: Sequence[str], target: str, names: OwnNames, addresses: Sequence[str], url: str
) -> tuple[HTTPStatus, str] | None:
    """Return the status and the reason why a request must be refused, or None.

    `hosts` are its Host headers, `target` is the target in its request line, `url` is the server's own.
    """
    if len(hosts) != 1:
        return HTTPStatus.BAD_REQUEST, "A request must have exactly one Host header."
    authorities = [hosts[0].strip()]
    if not target.startswith("/") and "://" in target:  # the absolute form, as sent to a proxy
        try:
            authorities.append(urlsplit(target).netloc)
        except ValueError:
            return HTTPStatus.BAD_REQUEST, "The request target isn't a valid URL."
    for authority in authorities:
        if not names.include(authority, addresses):
            shown = json.dumps(authority[:_MAX_QUOTED])
            return HTTPStatus.MISDIRECTED_REQUEST, f"This server isn't called {shown}. Use {url} instead."
    return None


def _parse_address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
