"""Immich's own outgoing call: a workflow with the step "webhook", run when a photo has been read.

It is sent once, whether it arrives or not, carries a fixed header and names no album.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from adapters.immich.api import Api, Json
from adapters.library import BadReply, Hint, NotFound

TRIGGER = "AssetMetadataExtraction"
"""Later than AssetCreate, when time and place are not known yet."""
METHOD = "immich-plugin-core#webhook"
SECRET_HEADER = "X-Image-Tracer-Secret"  # noqa: S105 - the name of a header, not what is in it
_NAME = "image-tracer"


class Hooks:
    """Reads the calls of such a workflow."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:
        """The photo the call is about; nothing for the video half of a live photo."""
        del headers
        try:
            asset = json.loads(body)["data"]["asset"]
            asset_id, visibility = asset["id"], asset.get("visibility")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadReply("this is not the call of an Immich workflow for a photo") from None
        if not isinstance(asset_id, str):
            raise BadReply("the call of the Immich workflow names no photo")
        return Hint() if visibility == "hidden" else Hint(asset_ids=(asset_id,))

    def albums_of(self, asset_id: str) -> Sequence[str]:
        found = self._api.get("/albums", {"assetId": asset_id})
        if not isinstance(found, list):
            raise BadReply("Immich did not list the albums of the photo")
        return tuple(str(item["id"]) for item in found if isinstance(item, dict) and "id" in item)


class Workflow:
    """Makes and removes that workflow."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def install(self, url: str, secret: str) -> str:
        """A workflow of ours that calls this address with another secret, or is switched off, is replaced."""
        kept: str | None = None
        for workflow in self._ours(url):
            if kept is None and workflow.get("enabled") and _config(workflow).get("headerValue") == secret:
                kept = str(workflow["id"])
            else:
                self.remove(str(workflow["id"]))
        return kept or self._create(url, secret)

    def remove(self, hook_id: str) -> None:
        """A workflow that is gone already is no error."""
        try:
            self._api.send("DELETE", f"/workflows/{hook_id}", None)
        except NotFound:
            return

    def _create(self, url: str, secret: str) -> str:
        config = {"url": url, "headerName": SECRET_HEADER, "headerValue": secret, "method": "POST"}
        step = {"method": METHOD, "enabled": True, "config": config}
        made = self._api.send(
            "POST", "/workflows", {"name": _NAME, "trigger": TRIGGER, "enabled": True, "steps": [step]}
        )
        if not isinstance(made, dict) or not made.get("id"):
            raise BadReply("Immich did not say which workflow it made")
        return str(made["id"])

    def _ours(self, url: str) -> list[Json]:
        """Those that do what we would make one for; what people made for themselves is left alone."""
        found = self._api.get("/workflows")
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise BadReply("Immich did not list its workflows")
        same = [each for each in found if each.get("trigger") == TRIGGER and _config(each).get("url") == url]
        return [each for each in same if str(each.get("name", "")).startswith(_NAME)]


def _config(workflow: Json) -> Json:
    """The settings of its webhook step; {} where it has none."""
    steps = workflow.get("steps") or []
    return next((step.get("config") or {} for step in steps if step.get("method") == METHOD), {})
