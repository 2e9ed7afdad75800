"""What a view may ask about the request it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import current_app, g

from connector.actions.people import Person
from connector.actions.services import Services

EXTENSION = "image_tracer"
_PUBLIC = "answers_strangers"


def services() -> Services:
    """What the application was made with."""
    return cast(Services, current_app.extensions[EXTENSION])


def person() -> Person:
    """Who asks. Only for views that are not public: the guard has let nobody else in."""
    return cast(Person, g.person)


def public[**P, R](view: Callable[P, R]) -> Callable[P, R]:
    """Marks a view that answers without a sign-in; every other one is refused to strangers."""
    setattr(view, _PUBLIC, True)
    return view


def is_public(view: Callable[..., object]) -> bool:
    return bool(getattr(view, _PUBLIC, False))
