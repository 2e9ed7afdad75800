"""An XMP packet (inside a picture, or the ``.xmp`` file beside it) -> what it says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from adapters.library import camera_named
from connector.metadata.said import Said, impossible, instant, offset_s, usable_position, wall_time

LARGEST_BYTES = 4 * 1024 * 1024
_DEGREES = re.compile(
    r"\s*(\d+(?:\.\d+)?)(?:,(\d\d?(?:\.\d+)?)(?:,(\d\d?(?:\.\d+)?))?)?\s*([NSEW])\s*$", re.IGNORECASE | re.ASCII
)


def read_xmp(packet: bytes) -> Said:
    """What the packet says; one that cannot be parsed says nothing but a remark."""
    try:
        root = ElementTree.fromstring(_trimmed(packet))
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        return Said(remark=f"its XMP is not sound XML ({type(error).__name__})")
    return _said(dict(_properties(root)))


def _trimmed(packet: bytes) -> str:
    """Without what pads the packet, and without what some writers leave behind its end."""
    text = packet.decode(_encoding(packet), "replace").lstrip("\ufeff")
    end = text.rfind("</x:xmpmeta>")
    return text[: end + 12 if end >= 0 else None].strip("\0 \r\n\t")


def _encoding(packet: bytes) -> str:
    """A packet may be UTF-16 without saying so: its first character is always the less-than sign."""
    if packet[:2] in (b"\xff\xfe", b"<\0"):
        return "utf-16-le"
    return "utf-16-be" if packet[:2] in (b"\xfe\xff", b"\0<") else "utf8"


def is_xmp(head: bytes) -> bool:
    """Whether a file that begins so is an XMP packet by itself."""
    start = head.decode(_encoding(head), "replace").lstrip("\ufeff \r\n\t")
    return start.startswith(("<?xpacket", "<x:xmpmeta", "<?xml", "<rdf:RDF"))


def _properties(root: Element) -> Iterator[tuple[str, str]]:
    """(local name, text) of every simple property, whether written as an attribute or as an element.

    Only of the packet's own descriptions: those further down tell of the pictures this one was made from.
    """
    for element in _descriptions(root):
        for name, value in element.attrib.items():
            yield name.rpartition("}")[2], value
        for child in element:
            if child.text and child.text.strip():
                yield child.tag.rpartition("}")[2], child.text.strip()


def _descriptions(root: Element) -> Iterator[Element]:
    rdf = [root] if root.tag.endswith("}RDF") else [e for e in root if e.tag.endswith("}RDF")]
    for each in rdf:
        yield from (e for e in each if e.tag.endswith("}Description"))


def _said(found: dict[str, str]) -> Said:
    place = usable_position(_degrees(found, "GPSLatitude"), _degrees(found, "GPSLongitude"))
    texts = [found[k] for k in ("DateTimeOriginal", "DateCreated", "CreateDate") if found.get(k)]
    walls = [(wall, text) for text in texts if (wall := wall_time(text))]
    wall, text = next((each for each in walls if not impossible(each[0])), (None, None))
    orientation = found.get("Orientation", "")
    return Said(
        lat=place[0] if place else None,
        lon=place[1] if place else None,
        altitude_m=_altitude(found) if place else None,
        accuracy_m=_within(_ratio(found.get("GPSHPositioningError")), 0.001, 1e6),
        direction_deg=_within(_ratio(found.get("GPSImgDirection")), 0, 360),
        wall=wall,
        utc_offset_s=_offset(found, text),
        gps_instant=instant(found.get("GPSTimeStamp")),
        camera=camera_named(found.get("Make"), found.get("Model")),
        orientation=int(orientation) if orientation in set("12345678") else None,
        undated=f"its date {walls[0][1][:40]!r} {impossible(walls[0][0])}" if walls and wall is None else None,
    )


def _offset(found: dict[str, str], text: str | None) -> int | None:
    """Of the wall time, at its end or in a property of its own."""
    within = offset_s(text)
    beside = found.get("OffsetTimeOriginal") if text is not None and text == found.get("DateTimeOriginal") else None
    return within if within is not None else offset_s(beside)


def _degrees(found: dict[str, str], name: str) -> float | None:
    """``51,30.0417N`` or ``51,30,2N``, or a signed number as some tools write it (with the hemisphere beside it)."""
    text = found.get(name)
    match = _DEGREES.match(text or "")
    if match is None:
        value, ref = _number(text), found.get(f"{name}Ref", "").strip().upper()[:1]
        return -value if value is not None and value > 0 and ref in ("S", "W") else value
    value = float(match[1]) + float(match[2] or 0) / 60 + float(match[3] or 0) / 3600
    return -value if match[4].upper() in "SW" else value


def _altitude(found: dict[str, str]) -> float | None:
    value = _within(_ratio(found.get("GPSAltitude")), -100_000, 100_000)
    return -abs(value) if value is not None and found.get("GPSAltitudeRef") == "1" else value


def _ratio(text: str | None) -> float | None:
    top, _, bottom = (text or "").partition("/")
    value, divisor = _number(top), _number(bottom or "1")
    return value / divisor if value is not None and divisor else None


def _within(value: float | None, low: float, high: float) -> float | None:
    return value if value is not None and low <= value <= high else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and math.isfinite(value) else None
