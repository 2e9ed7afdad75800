"""What a request's schema found wrong with it, in words of our own: the catalogues know them in every language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_WHOLE, _NUMBER, _TRUTH = "this must be a whole number", "this must be a number", "this must be true or false"
_ONE_OF = "this must be one of: {expected}"
#: by the type of the error; in braces what its context says
SENTENCES: Mapping[str, str] = {
    "missing": "this is missing",
    "extra_forbidden": "this is not known here",
    "model_type": "A JSON object is missing here",
    "dict_type": "this must be a JSON object",
    "list_type": "this must be a list",
    "too_short": "this must have at least {min_length} entries",
    "too_long": "this must have at most {max_length} entries",
    "string_type": "this must be a text",
    "string_too_short": "this must have at least {min_length} characters",
    "string_too_long": "this must have at most {max_length} characters",
    "string_pattern_mismatch": "this must have the form {pattern}",
    "string_unicode": "this holds characters that do not exist",
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than": "this must be more than {gt}",
    "greater_than_equal": "this must be at least {ge}",
    "less_than": "this must be less than {lt}",
    "less_than_equal": "this must be at most {le}",
    "literal_error": _ONE_OF,
    "enum": _ONE_OF,
}
_EMPTY = "this must not be empty"


def sentence_of(error: Mapping[str, Any]) -> str:
    """The sentence for one error of a ``ValidationError``, without what was sent; pydantic's own where we have none."""
    text = SENTENCES.get(error["type"])
    if text is None:
        return str(error["msg"]).removeprefix("Value error, ")
    context = {name: _plain(value) for name, value in error.get("ctx", {}).items()}
    return _EMPTY if context.get("min_length") == "1" else text.format(**context)


def _plain(value: object) -> str:
    """A limit as people write it; choices (``'a', 'b' or 'c'``) without quotes and without a word between them."""
    if isinstance(value, float):
        return f"{value:g}"
    choices = re.findall(r"'([^']*)'", str(value))
    return ", ".join(choices) if choices else str(value)
