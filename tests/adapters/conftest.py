"""The conformance suite says what was compared, like any test here."""

import pytest

pytest.register_assert_rewrite("adapters.testing")
