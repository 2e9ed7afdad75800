"""The properties a Nextcloud gives, by Clark name, and the search for photos."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from adapters.dav import DAV
from adapters.files import PACKED, TIMELINES

OC, NC = "{http://owncloud.org/ns}", "{http://nextcloud.org/ns}"
FILE_ID, ETAG, SIZE, TYPE, KIND = (
    OC + "fileid",
    DAV + "getetag",
    DAV + "getcontentlength",
    DAV + "getcontenttype",
    DAV + "resourcetype",
)
MODIFIED, HIDDEN, HAS_PREVIEW, NAME = (
    DAV + "getlastmodified",
    NC + "hidden",
    NC + "has-preview",
    DAV + "displayname",
)
GPS, EXIF, IFD0, BLURHASH, LIVE = (
    NC + "metadata-photos-gps",
    NC + "metadata-photos-exif",
    NC + "metadata-photos-ifd0",
    NC + "metadata-blurhash",
    NC + "metadata-files-live-photo",
)
FILE_NAME, ORIGINAL = NC + "file-name", NC + "photos-collection-file-original-filename"
TITLE, COUNT, PLACE, COLLABORATORS, LAST = (
    NC + "original-name",
    NC + "nbItems",
    NC + "location",
    NC + "collaborators",
    NC + "last-photo",
)
PERMISSIONS = OC + "permissions"

ROOT = (KIND, ETAG, FILE_ID, NAME)
#: enough to know which files there are and whether they changed
BRIEF = (KIND, FILE_ID, ETAG, TYPE, SIZE, MODIFIED, HIDDEN, LIVE)
#: everything a photo can say without being read
FULL = (*BRIEF, HAS_PREVIEW, GPS, EXIF, IFD0, BLURHASH)
IN_ALBUM = (FILE_NAME, ORIGINAL)
OF_ALBUM = (TITLE, COUNT, PLACE, COLLABORATORS)

#: found by the ending of their names: the server calls them application/octet-stream, or no image at all
_BY_ENDING = ("avif", "jxl", "dng", "gpx", "fit", "tcx", "kml", "kmz", "geojson", "xmp")
_PREFIXES = {DAV: "d", OC: "oc", NC: "nc"}
_NAMESPACES = 'xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"'


def search(scope: str, props: Sequence[str], first: int, count: int) -> str:
    """The body of a SEARCH for ``count`` photos, videos, recordings and sidecars below ``scope``, after ``first``.

    ``scope`` is ``/files/<user>/<folder>``, not quoted: the server takes it as it is. It searches folders below,
    too, whatever the depth says. Ordered by three properties, since no unique one may be ordered by.
    """
    select = "".join(f"<{_short(name)}/>" for name in props)
    order = "".join(f"<d:order><d:prop><{each}/></d:prop><d:ascending/></d:order>" for each in _ORDER)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><d:searchrequest {_NAMESPACES}><d:basicsearch>'
        f"<d:select><d:prop>{select}</d:prop></d:select>"
        f"<d:from><d:scope><d:href>{escape(scope)}</d:href><d:depth>infinity</d:depth></d:scope></d:from>"
        f"<d:where><d:or>{_WANTED}</d:or></d:where><d:orderby>{order}</d:orderby>"
        '<d:limit xmlns:s="https://github.com/icewind1991/SearchDAV/ns">'
        f"<d:nresults>{count}</d:nresults><s:firstresult>{first}</s:firstresult></d:limit>"
        "</d:basicsearch></d:searchrequest>"
    )


def search_one(scope: str, file_id: str) -> str:
    """The body of a SEARCH for the file or folder with that number."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><d:searchrequest {_NAMESPACES}><d:basicsearch>'
        f"<d:select><d:prop><{_short(FILE_ID)}/><{_short(KIND)}/></d:prop></d:select>"
        f"<d:from><d:scope><d:href>{escape(scope)}</d:href><d:depth>infinity</d:depth></d:scope></d:from>"
        f"<d:where><d:eq><d:prop><{_short(FILE_ID)}/></d:prop><d:literal>{escape(file_id)}</d:literal></d:eq></d:where>"
        "<d:orderby/><d:limit><d:nresults>2</d:nresults></d:limit>"
        "</d:basicsearch></d:searchrequest>"
    )


def _short(clark: str) -> str:
    space, _, name = clark.partition("}")
    return f"{_PREFIXES[space + '}']}:{name}"


def _like(prop: str, pattern: str) -> str:
    return f"<d:like><d:prop><d:{prop}/></d:prop><d:literal>{pattern}</d:literal></d:like>"


_ORDER = ("d:displayname", "d:getlastmodified", "oc:size")
_WANTED = "".join(
    [
        _like("getcontenttype", "image/%"),
        _like("getcontenttype", "video/%"),
        *(_like("displayname", f"%.{case}") for ending in _BY_ENDING for case in (ending, ending.upper())),
        *(_like("displayname", f"%{ending}") for ending in PACKED),
        *(_like("displayname", case) for name in TIMELINES for case in (name, name.capitalize())),
    ]
)
