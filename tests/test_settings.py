"""Settings: one declaration, every value from the environment or from a file, all problems at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.settings import BadSettings, Settings, described, load


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("TRACER_"):
            monkeypatch.delenv(name)


def test_the_defaults_serve_this_machine_alone(tmp_path: Path) -> None:
    settings = load(data=tmp_path)
    assert settings.bind == "127.0.0.1:8420"
    assert settings.address == "http://127.0.0.1:8420"
    assert settings.app_database == f"sqlite:///{tmp_path / 'app.db'}"
    assert "127.0.0.0/8" not in settings.allowed_networks


def test_values_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("k" * 44 + "\n")
    monkeypatch.setenv("TRACER_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("TRACER_ALLOWED_NETWORKS", "10.0.0.0/8, 127.0.0.0/8")
    monkeypatch.setenv("TRACER_BASE_URL", "https://example.org/trace/")
    settings = load()
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == "k" * 44
    assert settings.allowed_networks == ("10.0.0.0/8", "127.0.0.0/8")
    assert settings.address == "https://example.org/trace"
    assert "kkkk" not in repr(settings)


def test_both_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("k" * 44)
    monkeypatch.setenv("TRACER_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("TRACER_SECRET_KEY", "x" * 44)
    with pytest.raises(BadSettings, match="TRACER_SECRET_KEY and TRACER_SECRET_KEY_FILE are both set"):
        load()
    monkeypatch.delenv("TRACER_SECRET_KEY")
    monkeypatch.setenv("TRACER_SECRET_KEY_FILE", str(tmp_path / "nothing"))
    with pytest.raises(BadSettings, match="cannot be read: No such file"):
        load()


def test_all_problems_at_once_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "BIND": "s3cret",
        "BASE_URL": "s3cret",
        "ALLOWED_NETWORKS": "s3cret",
        "LOG_LEVEL": "s3cret",
        "PULL_THREADS": "0",
    }.items():
        monkeypatch.setenv(f"TRACER_{name}", value)
    with pytest.raises(BadSettings) as caught:
        load()
    assert len(caught.value.problems) == 5


def test_every_setting_is_described() -> None:
    rows = list(described())
    assert len(rows) == len(Settings.model_fields)
    assert all(name.startswith("TRACER_") and text for name, _, text in rows)
    assert not any(str(Path.home()) in default for _, default, _ in rows)
