"""Words for what goes wrong with a server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from adapters.library import BadReply, BadSettings, Blocked, LibraryError, TooLarge, Unavailable
from adapters.trouble import network_trouble, redirected, retry_after_s


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("0", 0), (None, None), ("", None), ("soon", None), ("-5", None), ("\u0663", None)],
)
def test_retry_after_in_seconds(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header) == seconds


def test_retry_after_as_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    assert retry_after_s(later) == pytest.approx(300, abs=5)
    assert retry_after_s("Sun, 06 Nov 1994 08:49:37 GMT") == 0
    assert retry_after_s("Sun, 06 Nov 1994 08:49:37 -0000") == 0


@pytest.mark.parametrize(
    ("cause", "kind", "words"),
    [
        (Blocked("10.0.0.1 is a private address"), BadSettings, "private address"),
        (TooLarge("the answer is longer than 96 MB"), BadReply, "longer than"),
        (TimeoutError("timed out"), Unavailable, "in time"),
        (ConnectionRefusedError(111, "Connection refused"), Unavailable, "nothing answers"),
        (ConnectionResetError(104, "Connection reset by peer"), Unavailable, "Connection reset by peer"),
        (OSError(113, "No route to host"), Unavailable, "No route to host"),
        (ValueError("https://photos.test/?key=secret"), Unavailable, "broke off"),
    ],
)
def test_what_lies_at_the_bottom_decides(cause: Exception, kind: type[LibraryError], words: str) -> None:
    error = RuntimeError("https://photos.test/?key=secret")
    error.__cause__ = cause
    said = network_trouble(error, "photos.test")
    assert type(said) is kind
    assert words in str(said)
    assert "secret" not in str(said)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("169.254.169.254", "169.254.169.254 is never spoken to"),
        ("169.254.169.254:8080", "169.254.169.254 is never spoken to"),
        ("[fe80::1]:80", "fe80::1 is never spoken to"),
        ("fe80::1", "fe80::1 is never spoken to"),
        ("photos.test", "photos.test: 169.254.169.254 is never spoken to"),
        ("169.254.169.25", "169.254.169.25: 169.254.169.254 is never spoken to"),
    ],
)
def test_an_address_is_said_once(host: str, words: str) -> None:
    inside = Blocked(f"{'fe80::1' if 'fe80' in host else '169.254.169.254'} is never spoken to")
    assert str(network_trouble(inside, host)) == words


def test_a_redirect_names_the_host_and_nothing_else() -> None:
    assert "login.test" in str(redirected("https://login.test/a?token=secret", "photos.test"))
    assert "secret" not in str(redirected("https://login.test/a?token=secret", "photos.test"))
    assert "elsewhere" in str(redirected(None, "photos.test"))
    assert "elsewhere" in str(redirected("http://[nonsense", "photos.test"))
