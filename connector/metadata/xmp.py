"""An XMP packet (inside a picture, or the ``.xmp`` file beside it) -> what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from connector.metadata.said import Said, instant, offset_s, usable_position, wall_time

LARGEST_BYTES = 4 * 1024 * 1024
_DEGREES = re.compile(r"\s*(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?\s*([NSEW])\s*$", re.IGNORECASE)


def read_xmp(packet: bytes) -> Said:
    """What the packet says; one that cannot be parsed says nothing but a remark."""
    try:
        root = ElementTree.fromstring(packet.strip(b"\0 \r\n\t"))
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        return Said(remark=f"its XMP cannot be read ({type(error).__name__})")
    return _said(dict(_properties(root)))


def _properties(root: Element) -> Iterator[tuple[str, str]]:
    """(local name, text) of every simple property, whether written as an attribute or as an element."""
    for element in root.iter():
        if element.tag.endswith("}Description"):
            for name, value in element.attrib.items():
                yield name.rpartition("}")[2], value
            for child in element:
                if child.text and child.text.strip():
                    yield child.tag.rpartition("}")[2], child.text.strip()


def _said(found: dict[str, str]) -> Said:
    place = usable_position(_degrees(found.get("GPSLatitude")), _degrees(found.get("GPSLongitude")))
    text = next((found[k] for k in ("DateTimeOriginal", "DateCreated", "CreateDate") if found.get(k)), None)
    gps = instant(found.get("GPSTimeStamp"))
    orientation = found.get("Orientation", "")
    return Said(
        lat=place[0] if place else None,
        lon=place[1] if place else None,
        altitude_m=_altitude(found) if place else None,
        wall=wall_time(text),
        utc_offset_s=offset_s(text) if wall_time(text) else None,
        gps_instant=gps if gps is not None and gps.year >= 1990 else None,
        camera=f"{found.get('Make', '')} {found.get('Model', '')}".strip() or None,
        orientation=int(orientation) if orientation in set("12345678") else None,
    )


def _degrees(text: str | None) -> float | None:
    """``51,30.0417N`` or ``51,30,2N``, or a signed number as some tools write it."""
    match = _DEGREES.match(text or "")
    if match is None:
        return _number(text)
    value = int(match[1]) + float(match[2]) / 60 + float(match[3] or 0) / 3600
    return -value if match[4].upper() in "SW" else value


def _altitude(found: dict[str, str]) -> float | None:
    top, _, bottom = found.get("GPSAltitude", "").partition("/")
    value, divisor = _number(top), _number(bottom or "1")
    if value is None or not divisor:
        return None
    return -value / divisor if found.get("GPSAltitudeRef") == "1" else value / divisor


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
