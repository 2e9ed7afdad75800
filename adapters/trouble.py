"""Words for what goes wrong with any HTTP server, whichever client it came through."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from adapters.library import BadReply, BadSettings, Blocked, LibraryError, TooLarge, Unavailable

_SELF_SIGNED = (18, 19)  # X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN


class Untrusted(BadReply):
    """The server's certificate is not one this machine trusts."""


def network_trouble(error: BaseException, host: str) -> LibraryError:
    """The error that an exception of a network client means, by what is at the bottom of it."""
    for each in _chain(error):
        found = _meaning(each, host)
        if found is not None:
            return found
    return Unavailable(f"{host} broke off its answer ({type(error).__name__})")


def redirected(location: str | None, host: str) -> BadReply:
    """The error of a redirect, which is never followed. Names no path and no query: they may hold a token."""
    try:
        to = urlsplit(location or "")
    except ValueError:
        to = urlsplit("")
    if to.scheme == "https" and to.hostname == host:
        return BadReply(f"{host} is only reached by https: let the address begin with https://")
    where = f"to {to.hostname}" if to.hostname else "elsewhere"
    return BadReply(f"{host} redirects {where}; give the address the library really has")


def retry_after_s(header: str | None) -> float | None:
    """The seconds of a Retry-After header, which are said as such or as a date; None where it says neither."""
    if not header or (header.isascii() and header.isdigit()):
        return float(header) if header else None
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    now = datetime.now(UTC) if until.tzinfo else datetime.now(UTC).replace(tzinfo=None)
    return max(0.0, (until - now).total_seconds())


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _meaning(error: BaseException, host: str) -> LibraryError | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _untrusted(error, host)
    if isinstance(error, ssl.SSLError):
        return BadReply(f"{host} does not speak TLS as it should ({error.reason}); is it https, and is the port right?")
    if isinstance(error, socket.gaierror):
        return Unavailable(f"the name {host} cannot be looked up: is it spelled right, and does this machine know it?")
    if isinstance(error, ConnectionRefusedError):
        return Unavailable(f"nothing answers at {host}: is the server running, and is the port right?")
    if isinstance(error, TimeoutError):
        return Unavailable(f"{host} does not answer in time")
    if isinstance(error, Blocked):
        return BadSettings([_naming(host, error)])
    if isinstance(error, TooLarge):
        return BadReply(_naming(host, error))
    if isinstance(error, OSError) and error.strerror:
        return Unavailable(f"{host} cannot be reached: {error.strerror}")
    return None


def _naming(host: str, error: OSError) -> str:
    """The sentence with the host in it, once: an address that was typed as a number is in it already."""
    said = str(error)
    bare = host.partition("]")[0].removeprefix("[") if host.startswith("[") else host.partition(":")[0]
    return said if said.startswith((f"{host} ", f"{bare} ")) else f"{host}: {said}"


def _untrusted(error: ssl.SSLCertVerificationError, host: str) -> Untrusted:
    what = "self-signed" if error.verify_code in _SELF_SIGNED else error.verify_message
    return Untrusted(
        f"the certificate of {host} is not trusted: {what}. Give the server a certificate that this machine trusts, "
        "or this machine the certificate of the authority that signed it"
    )
