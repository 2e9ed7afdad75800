"""A Valhalla server over HTTP. Questions and answers are those of the router in process, word for word."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import requests

from connector.routing.router import Ask, Route, RouterDown
from connector.routing.valhalla import NO_WAY, NotAnAnswerError, answer, refusal, request, status

TIMEOUTS_S = (5.0, 60.0)
"""To be connected, and between two parts of an answer."""
AT_ONCE = 4
_JSON = {"Content-Type": "application/json"}


class RemoteRouter:
    """Asks the server at ``url``, a few questions at once over connections that stay open. Close it when done.

    It is not known where the server has roads: it is asked for every place and says itself when it has none there.
    """

    def __init__(self, name: str, url: str) -> None:
        self.map_name = name
        self._url = url
        self._own = threading.local()
        self._sessions: list[requests.Session] = []
        self._executor = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="remote-router")
        self._version: str | None = None

    @property
    def version(self) -> str:
        """That of its roads, as the server says.

        Raises:
            RouterDown: it does not answer.
        """
        if self._version is None:
            reply = self._posted("status", "{}")
            try:
                self._version = status(reply.content)
            except NotAnAnswerError as error:
                raise self._no_router(reply) from error
        return self._version

    def covers(self, lat: float, lon: float) -> bool:  # noqa: ARG002  # every place may be covered
        return True

    def has_rails_at(self, lat: float, lon: float) -> bool:  # noqa: ARG002  # a server routes on roads
        return False

    def routes(self, asks: Sequence[Ask]) -> list[Route | None]:
        """Answers in order.

        Raises:
            RouterDown: the server does not answer, or not as a router does.
        """
        self._version = None  # its roads may have been renewed since; looked up with the next question
        return list(self._executor.map(self._route, asks))

    def _route(self, ask: Ask) -> Route | None:
        reply = self._posted(*request(ask))
        try:
            if reply.status_code == HTTPStatus.OK:
                return answer(ask, reply.content)
            # a refused question carries a code of its own; without one it is the server that is in trouble
            code, text = refusal(reply.content)
        except NotAnAnswerError as error:
            raise self._no_router(reply) from error
        if code in NO_WAY:
            return None
        raise RouterDown(f"{self._at} refused a question: {text} ({code})")

    def _posted(self, action: str, body: str) -> requests.Response:
        try:
            return self._session().post(f"{self._url}/{action}", data=body, headers=_JSON, timeout=TIMEOUTS_S)
        except requests.RequestException as error:
            raise RouterDown(f"{self._at} does not answer ({type(error).__name__})") from error

    def _no_router(self, reply: requests.Response) -> RouterDown:
        return RouterDown(f"{self._at} does not answer as a router (HTTP {reply.status_code})")

    @property
    def _at(self) -> str:
        return f"the Valhalla server {self.map_name!r}"

    def _session(self) -> requests.Session:
        """A session of this thread's own: sessions are not made to be shared."""
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = requests.Session()
            self._sessions.append(session)
        return session

    def close(self) -> None:
        self._executor.shutdown(wait=True)
        for session in self._sessions:
            session.close()
