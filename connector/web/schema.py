"""What requests and answers share: the strict models, ids in paths, the documented problems."""

from __future__ import annotations

from typing import Annotated, Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

ID = r"[A-Za-z0-9_-]{1,64}"
"""What an id in an address looks like; anything else is not found."""
Id = Annotated[str, Field(pattern=f"^{ID}$")]
Text = Annotated[str, Field(max_length=2000)]
Title = Annotated[str, Field(min_length=1, max_length=300)]


class Sent(BaseModel):
    """A request: no field that is not named, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Asked(BaseModel):
    """A query: texts are read as the type of their field, an unknown name is an error."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Shown(BaseModel):
    """An answer, made from the attributes of what an action returned."""

    model_config = ConfigDict(from_attributes=True)


class AtTrace(BaseModel):
    trace_id: Id


class AtConnection(BaseModel):
    connection_id: Id


class Precondition(BaseModel):
    """The header ``If-Match``: the version that was seen."""

    model_config = ConfigDict(extra="allow")
    if_match: str | None = Field(default=None, alias="If-Match", description='The version that was seen, as "12".')


def problem_answer(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


PROBLEMS: dict[str | int, Any] = {
    400: problem_answer("The request cannot be read"),
    401: problem_answer("Sign in first"),
    403: problem_answer("Not allowed, or sent from another site"),
    404: problem_answer("There is no such thing, or it is somebody else's"),
    413: problem_answer("The body is too large"),
    415: problem_answer("Not JSON"),
    422: problem_answer("Cannot be done like this; `errors` holds everything that is wrong"),
    429: problem_answer("Too many; `Retry-After` says when to come back"),
    502: problem_answer("The library's answer cannot be understood"),
    503: problem_answer("The library does not answer; `Retry-After` may say when to come back"),
}
IMAGE: dict[str, Any] = {"description": "An image", "content": {"image/*": {"schema": {"type": "string"}}}}
UNCHANGED: dict[str, Any] = {"description": "Nothing has changed since the version of If-None-Match"}
STALE: dict[str | int, Any] = {
    412: problem_answer("Changed meanwhile: read the document again"),
    428: problem_answer("If-Match is missing"),
}


def api(noun: str, description: str) -> APIBlueprint:
    """The blueprint of one noun of the API."""
    return APIBlueprint(
        f"api_{noun}",
        __name__,
        url_prefix="/api/v1",
        abp_tags=[Tag(name=noun, description=description)],
        abp_security=[{"bearer": []}, {"cookie": []}],
        abp_responses=PROBLEMS,
    )
