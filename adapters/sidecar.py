"""A sidecar that says where a photo was taken: XMP, as photo programs put it beside a photo as ``a.jpg.xmp``."""

from __future__ import annotations

import re

from adapters.library import Position

_OURS = 'x:xmptk="image-tracer"'
_COORDINATE = re.compile(r"(\d+),(\d+(?:\.\d+)?)([NSEW])$")


def sidecar_name(photo_name: str) -> str:
    """The name of the sidecar of a photo of that name."""
    return f"{photo_name}.xmp"


def sidecar(position: Position) -> bytes:
    """The text of a sidecar with that position; `position_in` reads it back."""
    said = [
        f'exif:GPSLatitude="{_coordinate(position.lat, "NS")}"',
        f'exif:GPSLongitude="{_coordinate(position.lon, "EW")}"',
        'exif:GPSMapDatum="WGS-84"',
        'exif:GPSVersionID="2.3.0.0"',
    ]
    if position.altitude_m is not None:
        below = "1" if position.altitude_m < 0 else "0"
        said += [f'exif:GPSAltitude="{round(abs(position.altitude_m) * 100)}/100"', f'exif:GPSAltitudeRef="{below}"']
    lines = "\n    ".join(said)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/" {_OURS}>\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '  <rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/"\n'
        f"    {lines}/>\n"
        ' </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>\n'
    ).encode()


def is_ours(content: bytes) -> bool:
    """Whether a sidecar was written by `sidecar`; any other is somebody's own and is left alone."""
    return _OURS.encode() in content


def position_in(content: bytes) -> Position | None:
    """The position in a sidecar that `sidecar` wrote; None where there is none."""
    text = content.decode("utf-8", "replace")
    values = dict(re.findall(r'exif:(\w+)="([^"]*)"', text))
    lat, lon = _degrees(values.get("GPSLatitude")), _degrees(values.get("GPSLongitude"))
    if lat is None or lon is None:
        return None
    hundredths = values.get("GPSAltitude", "").removesuffix("/100")
    altitude = int(hundredths) / 100 if hundredths.isdigit() else None
    if altitude is not None and values.get("GPSAltitudeRef") == "1":
        altitude = -altitude
    return Position(lat=lat, lon=lon, altitude_m=altitude)


def _coordinate(degrees: float, letters: str) -> str:
    """XMP's own form, ``47,8.46000000N``: minutes with enough digits for a millimetre."""
    billionths = round(abs(degrees) * 60 * 1e8)
    whole, rest = divmod(billionths, 60 * 10**8)
    return f"{whole},{rest / 1e8:.8f}{letters[degrees < 0]}"


def _degrees(said: str | None) -> float | None:
    found = _COORDINATE.match(said or "")
    if found is None:
        return None
    value = int(found[1]) + float(found[2]) / 60
    return round(-value if found[3] in "SW" else value, 9)
