"""What the form for an Immich says, in other languages, by the English text."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "Address": "Adresse",
        "Address of the Immich server, as in the browser. May be left out with a share link.": (
            "Adresse des Immich-Servers, wie im Browser. Kann bei einem Freigabelink entfallen."
        ),
        "API key": "API-Schlüssel",
        "From Immich's account settings; needs at least album.read, asset.read and asset.view.": (
            "Aus den Kontoeinstellungen von Immich; nötig sind mindestens album.read, asset.read und asset.view."
        ),
        "Shared link": "Freigabelink",
        "Instead of a key: a link to one album that somebody shared (Immich 3.0 or newer).": (
            "Statt eines Schlüssels: ein Link zu einem Album, das jemand freigegeben hat (ab Immich 3.0)."
        ),
        "Link password": "Passwort des Links",
        "Password of that link.": "Das Passwort dieses Links.",
    },
    "zh": {
        "Address": "地址",
        "Address of the Immich server, as in the browser. May be left out with a share link.": (
            "Immich 服务器的地址，与浏览器中相同。使用分享链接时可以不填。"
        ),
        "API key": "API 密钥",
        "From Immich's account settings; needs at least album.read, asset.read and asset.view.": (
            "在 Immich 的账号设置中创建；至少需要 album.read、asset.read 和 asset.view。"
        ),
        "Shared link": "分享链接",
        "Instead of a key: a link to one album that somebody shared (Immich 3.0 or newer).": (
            "代替密钥：他人分享的一个相册的链接（Immich 3.0 或更新版本）。"
        ),
        "Link password": "链接密码",
        "Password of that link.": "该链接的密码。",
    },
}
