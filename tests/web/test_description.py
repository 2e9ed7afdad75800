"""The API keeps what its own description says: requests made from it, and answers held against it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.conftest import Browser
from tests.web.test_embed import make_share

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
EXAMPLES = 12
#: ends the token all the others ask with
LEFT_OUT = {"DELETE /api/v1/session"}


@pytest.fixture
def known(anna: Browser, connection_id: str, trace_id: str) -> dict[str, str]:
    """Ids that lead somewhere, by their names in paths."""
    key = anna.get(f"/traces/{trace_id}/document").json["photos"]["key"][0]
    return {
        "trace_id": trace_id,
        "connection_id": connection_id,
        "token": make_share(anna, trace_id),
        "key": key,
        "map": "tiny",
    }


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_the_api_does_what_it_says(app: Flask, anna: Browser, known: dict[str, str], mode: GenerationMode) -> None:
    headers = {"Authorization": f"Bearer {anna.token}", "Accept-Encoding": "identity"}
    described = schemathesis.openapi.from_wsgi("/api/openapi.json", app, headers=headers)
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 50
    asked: Counter[str] = Counter()
    wrong: list[str] = []
    for operation in operations:
        if operation.label in LEFT_OUT:
            continue
        strategy = operation.as_strategy(generation_mode=mode)
        try:
            asked[operation.label] = explore(strategy, headers, known)
        except FailureGroup as error:
            wrong += [f"{operation.label}: {error}" for each in error.exceptions]
        except Unsatisfiable:
            continue  # nothing about it can be wrong
    assert not wrong, "\n\n".join(wrong)
    assert sum(asked.values()) > 300
    print(f"{sum(asked.values())} requests over {len(asked)} operations")


def explore(strategy: Any, headers: dict[str, str], known: dict[str, str]) -> int:
    """Makes requests and holds the answers against the description; how many."""
    asked = 0

    @given(case=strategy, there=booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case, there: bool) -> None:
        nonlocal asked
        if there:
            ids = {name: value for name, value in known.items() if name in (case.path_parameters or {})}
            case.path_parameters = {**case.path_parameters, **ids}
        answer = case.call(headers=headers)
        said_so = answer.status_code == 501  # oEmbed wants it for a format that is not spoken
        checks = [check for check in CHECKS if not (said_so and check is not_a_server_error)]
        case.validate_response(answer, checks=checks)
        asked += 1

    ask()
    return asked
