"""A folder on this machine. The reference adapter: what the seam means is easiest to read here."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from adapters.checks import tried
from adapters.files import (
    as_address,
    as_id,
    as_path,
    as_text,
    attach_sidecars,
    from_id,
    is_wanted,
    is_wanted_folder,
    media_type,
)
from adapters.library import (
    Account,
    Album,
    Asset,
    BadReply,
    BadSettings,
    Check,
    Kind,
    Net,
    NotFound,
    Option,
    Unauthorized,
    Unavailable,
)

ROOT = "."
"""Id of the album that is the folder itself."""


class Folder:
    """Every folder below the root that holds photos is an album; its id is its path below the root.

    An asset's id is its path below the root: a renamed photo is a new one, since files carry nothing that
    survives a rename and a copy alike. Links that lead out of the root are not followed; hidden folders and those
    that storage boxes make for themselves (``@eaDir``) are left out.
    """

    parse_hook = None
    watch = None
    write_back = None

    def __init__(self, root: Path) -> None:
        self._root = root

    def account(self) -> Account:
        self._entries(self._root)
        return Account(id=str(self._root), name=self._root.name or str(self._root))

    def albums(self) -> Iterator[Album]:
        for folder, inside, _ in os.walk(self._root, onerror=_refused):
            path = Path(folder)
            inside[:] = sorted(filter(is_wanted_folder, inside))  # os.walk goes into what is left in it
            found = self._files(path)
            if found:
                yield self._album(path, found)

    def assets(self, album_id: str) -> Iterator[Asset]:
        folder = self._inside(from_id(album_id))
        if not folder.is_dir():
            raise NotFound(f"there is no folder {album_id!r} in {self._root}")
        yield from attach_sidecars(self._asset(path) for path in self._files(folder))

    def read(self, asset: Asset, start: int, length: int) -> bytes:
        path = self._inside(as_path(asset.where))
        try:
            if asset.version != _version(path.stat()):
                raise BadReply(f"{asset.name} has changed since it was listed")
            with path.open("rb") as file:
                file.seek(start)
                return file.read(max(0, length))
        except FileNotFoundError:
            raise NotFound(f"{asset.name} is gone") from None
        except PermissionError:
            raise Unauthorized(f"{asset.name} may not be read by this program") from None
        except OSError as error:
            raise Unavailable(f"{asset.name} cannot be read: {error.strerror}") from None

    def preview(self, asset: Asset, edge_px: int) -> bytes | None:
        """None: a folder makes no previews."""
        del asset, edge_px
        return None

    def close(self) -> None:
        """Nothing is held open."""

    def _album(self, folder: Path, files: list[Path]) -> Album:
        listing = "\n".join(f"{path.name} {_version(path.stat())}" for path in files)
        return Album(
            id=as_id(folder.relative_to(self._root).as_posix()),
            title=as_text(folder.name or str(folder)),
            count=sum(1 for path in files if path.suffix.lower() != ".xmp"),
            version=hashlib.blake2b(listing.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest(),
            cover=next((self._asset(p) for p in files if media_type(p.name).startswith("image/")), None),
        )

    def _files(self, folder: Path) -> list[Path]:
        return [p for p in self._entries(folder) if is_wanted(p.name) and self._is_ours(p)]

    def _entries(self, folder: Path) -> list[Path]:
        try:
            return sorted(folder.iterdir())
        except FileNotFoundError:
            raise NotFound(f"there is no folder {folder}") from None
        except NotADirectoryError:
            raise NotFound(f"{folder} is a file, not a folder") from None
        except PermissionError:
            raise Unauthorized(f"{folder} may not be read by this program") from None

    def _is_ours(self, path: Path) -> bool:
        return path.is_file() and path.resolve().is_relative_to(self._root)

    def _inside(self, where: str) -> Path:
        path = (self._root / where).resolve()
        if not path.is_relative_to(self._root):
            raise NotFound(f"{where!r} does not lie in {self._root}")
        return path

    def _asset(self, path: Path) -> Asset:
        stat = path.stat()
        below = path.relative_to(self._root).as_posix()
        return Asset(
            id=as_id(below),
            where=as_address(below),
            version=_version(stat),
            name=as_text(path.name),
            media_type=media_type(path.name),
            size=stat.st_size,
        )


def _version(stat: os.stat_result) -> str:
    return f"{stat.st_size:x}-{stat.st_mtime_ns:x}"


def _refused(error: OSError) -> None:
    raise Unavailable(f"{error.filename} cannot be listed: {error.strerror}") from None


def _open(options: Mapping[str, str], net: Net) -> Folder:
    del net
    path = Path(options.get("path", "")).expanduser()
    if not options.get("path"):
        raise BadSettings(["path is missing: the folder that holds the photos"])
    if not path.is_absolute():
        raise BadSettings([f"path must be absolute, not {str(path)!r}"])
    return Folder(path.resolve())


def _checks(options: Mapping[str, str], net: Net) -> Iterator[Check]:
    yield (check := tried("settings", lambda: f"the folder is {_open(options, net).account().id}"))
    if check.ok:
        yield tried("photos", lambda: _found(_open(options, net)))


def _found(library: Folder) -> str:
    count = sum(1 for _ in library.albums())
    if not count:
        raise NotFound("neither the folder nor one in it holds photos")
    return "1 folder holds photos" if count == 1 else f"{count} folders hold photos"


KIND = Kind(
    name="folder",
    title="Folder on this machine",
    options=(Option(name="path", title="Folder", help="Absolute path of the folder that holds the photos."),),
    open=_open,
    checks=_checks,
    words={
        "Folder on this machine": {"de": "Ordner auf diesem Rechner", "zh": "本机文件夹"},
        "Folder": {"de": "Ordner", "zh": "文件夹"},
        "Absolute path of the folder that holds the photos.": {
            "de": "Absoluter Pfad des Ordners mit den Fotos.",
            "zh": "存放照片的文件夹的绝对路径。",
        },
        "there is no folder {name}": {"de": "es gibt keinen Ordner {name}", "zh": "没有文件夹 {name}"},
        "there is no folder {name} in {name2}": {
            "de": "in {name2} gibt es keinen Ordner {name}",
            "zh": "{name2} 中没有文件夹 {name}",
        },
        "{name} is gone": {"de": "{name} ist nicht mehr da", "zh": "{name} 已不存在"},
        "{name} may not be read by this program": {
            "de": "dieses Programm darf {name} nicht lesen",
            "zh": "此程序无权读取 {name}",
        },
        "{name} cannot be read: {why}": {
            "de": "{name} kann nicht gelesen werden: {why}",
            "zh": "无法读取 {name}：{why}",
        },
        "{name} cannot be listed: {why}": {
            "de": "{name} kann nicht aufgelistet werden: {why}",
            "zh": "无法列出 {name}：{why}",
        },
        "{name} does not lie in {name2}": {"de": "{name} liegt nicht in {name2}", "zh": "{name} 不在 {name2} 中"},
        "path is missing: the folder that holds the photos": {
            "de": "der Pfad fehlt: der des Ordners mit den Fotos",
            "zh": "缺少路径：存放照片的文件夹",
        },
        "path must be absolute, not {name}": {
            "de": "der Pfad muss absolut sein, nicht {name}",
            "zh": "路径须为绝对路径，而不是 {name}",
        },
        "the folder is {name}": {"de": "der Ordner ist {name}", "zh": "文件夹是 {name}"},
        "neither the folder nor one in it holds photos": {
            "de": "weder der Ordner noch einer darin enthält Fotos",
            "zh": "该文件夹及其中的文件夹都没有照片",
        },
        "1 folder holds photos": {"de": "1 Ordner enthält Fotos", "zh": "1 个文件夹中有照片"},
        "{n} folders hold photos": {"de": "{n} Ordner enthalten Fotos", "zh": "{n} 个文件夹中有照片"},
    },
)
