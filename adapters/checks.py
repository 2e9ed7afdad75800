"""Steps of trying a connection: what `Kind.checks` of our own kinds yield."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.library import BadReply, BadSettings, Check, LibraryError, NotFound, Unauthorized, Unavailable
from adapters.trouble import Untrusted

_ADVICE: Mapping[type[LibraryError], str] = {
    BadSettings: "Change what the message names.",
    Unauthorized: "Make a new credential with the permissions named, and give it anew.",
    NotFound: "Look whether the address is right, to its last part.",
    Unavailable: "Look whether the server runs and this machine reaches it; then try again.",
    BadReply: "Open the address in a browser and look what answers there.",
    Untrusted: "Use a certificate from an authority this machine trusts, or name the file of the server's own "
    "authority in TRACER_CA_FILE.",
}


def tried(
    name: str, step: Callable[[], str], advice: Mapping[type[LibraryError], str] | None = None, *, needed: bool = True
) -> Check:
    """One step, done now: ``step`` says what it found or raises a LibraryError. ``advice`` wins over the usual one."""
    try:
        return Check(name=name, ok=True, said=step(), needed=needed)
    except LibraryError as error:
        told = {**_ADVICE, **(advice or {})}
        return Check(name=name, ok=False, said=str(error), advice=told.get(type(error)), needed=needed)
