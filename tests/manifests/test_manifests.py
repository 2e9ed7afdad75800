"""The container and service files, as far as they can be checked without a container engine."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.settings import LOCAL_PORT, Settings

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = ROOT / "manifests"


def _known_settings() -> set[str]:
    return {f"TRACER_{name.upper()}" for name in Settings.model_fields}


@pytest.fixture(name="dockerfile")
def _dockerfile() -> list[tuple[str, str]]:
    """Instructions with their arguments; continued lines joined, comments left out."""
    text = (MANIFESTS / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in joined.splitlines() if line.strip()]


@pytest.fixture(name="service")
def _service() -> dict[str, Any]:
    compose = yaml.safe_load((MANIFESTS / "compose.yaml").read_text())
    (service,) = compose["services"].values()
    assert isinstance(service, dict)
    return service


def test_the_image_runs_as_nobody_special(dockerfile: list[tuple[str, str]]) -> None:
    last_stage = max(n for n, (what, _) in enumerate(dockerfile) if what == "FROM")
    users = [argument for what, argument in dockerfile[last_stage:] if what == "USER"]
    assert users[-1] == "1000:1000"
    assert [argument for what, argument in dockerfile if what == "VOLUME"] == ["/data"]


def test_the_image_installs_extras_that_exist(dockerfile: list[tuple[str, str]]) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    installed = next(
        re.findall(r"\.whl\)\[([a-z,]+)\]", argument) for _, argument in dockerfile if "pip install" in argument
    )
    assert set(installed[0].split(",")) <= set(extras)
    assert "maps" in installed[0]


def test_the_image_sets_settings_that_exist(dockerfile: list[tuple[str, str]]) -> None:
    said = [word.split("=")[0] for what, argument in dockerfile if what == "ENV" for word in shlex.split(argument)]
    ours = {name for name in said if name.startswith("TRACER_")}
    assert "TRACER_DATA" in ours
    assert ours <= _known_settings()


def test_what_the_image_copies_is_there(dockerfile: list[tuple[str, str]]) -> None:
    copied = [argument.split()[0] for what, argument in dockerfile if what == "COPY" and "--from" not in argument]
    assert copied
    assert all((ROOT / source).exists() for source in copied)


def test_the_service_can_change_nothing_but_its_volume(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["user"] == "1000:1000"
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [volume.split(":")[1] for volume in service["volumes"]] == ["/data"]


def test_the_service_is_reached_from_this_machine_alone(service: dict[str, Any]) -> None:
    port = LOCAL_PORT
    assert service["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f":{port}/readyz" in service["healthcheck"]["test"][-1]


def test_the_service_sets_settings_that_exist(service: dict[str, Any]) -> None:
    assert set(service["environment"]) <= _known_settings()


def test_the_build_context_holds_the_dockerfile(service: dict[str, Any]) -> None:
    context = (MANIFESTS / service["build"]["context"]).resolve()
    assert (context / service["build"]["dockerfile"]).is_file()


@pytest.fixture(name="pod")
def _pod() -> dict[str, Any]:
    documents = {each["kind"]: each for each in yaml.safe_load_all((MANIFESTS / "kubernetes.yaml").read_text())}
    assert set(documents) == {"PersistentVolumeClaim", "Deployment", "Service"}
    template = documents["Deployment"]["spec"]["template"]
    assert documents["Service"]["spec"]["selector"] == template["metadata"]["labels"]
    pod = template["spec"]
    assert (
        pod["volumes"][0]["persistentVolumeClaim"]["claimName"]
        == documents["PersistentVolumeClaim"]["metadata"]["name"]
    )
    assert isinstance(pod, dict)
    return pod


def test_the_pod_can_change_nothing_but_its_volume(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    allowed = container["securityContext"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert (allowed["readOnlyRootFilesystem"], allowed["allowPrivilegeEscalation"]) == (True, False)
    assert allowed["capabilities"] == {"drop": ["ALL"]}
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/data", "/tmp"]  # noqa: S108  # inside the pod


def test_the_pod_sets_settings_that_exist_and_listens_where_it_is_asked(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    assert {each["name"] for each in container["env"]} <= _known_settings()
    assert [each["containerPort"] for each in container["ports"]] == [LOCAL_PORT]
    probes = {container[name]["httpGet"]["path"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert probes == {"/readyz", "/healthz"}


def test_the_unit_starts_the_command_with_settings_that_exist() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # the documented way to keep upper case
    unit.read(MANIFESTS / "systemd" / "image-tracer.service")
    assert unit["Service"]["ExecStart"].endswith("/image-tracer serve")
    assert unit["Service"]["Environment"].split("=")[0] in _known_settings()
    assert unit["Service"]["NoNewPrivileges"] == "yes"


def test_the_versions_are_exact_and_name_no_address() -> None:
    lines = (MANIFESTS / "constraints.txt").read_text().splitlines()
    versions = [line for line in lines if line and not line.startswith("#")]
    assert len(versions) > 50
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[^\s@:/]+", line) for line in versions)


def test_the_workflow_is_the_one_immich_takes() -> None:
    """Held against an answer of a real server to the same call."""
    ours = json.loads((MANIFESTS / "immich" / "workflow.json").read_text())
    recorded = ROOT / "tests" / "recordings" / "immich" / "3.1.0" / "workflows_create_metadata.json"
    taken = json.loads(recorded.read_text())
    assert taken["response"]["status"] == 201
    assert ours["trigger"] == taken["request"]["json"]["trigger"]
    (step,), (their_step,) = ours["steps"], taken["request"]["json"]["steps"]
    assert step["method"] == their_step["method"]
    assert set(step["config"]) == set(their_step["config"])
