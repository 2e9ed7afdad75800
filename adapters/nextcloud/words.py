"""What the form for a Nextcloud says, in other languages, by the English text."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "Address": "Adresse",
        "Address of the Nextcloud; that of any of its pages will do.": (
            "Adresse der Nextcloud; die einer beliebigen Seite davon genügt."
        ),
        "User": "Benutzer",
        "User name; not needed to sign in by the browser.": ("Benutzername; für die Anmeldung im Browser nicht nötig."),
        "App password": "App-Passwort",
        "An app password (Settings, Security, Devices & sessions), never the password of the account; or that of the "
        "share link, where it asks for one.": (
            "Ein App-Passwort (Einstellungen, Sicherheit, Geräte & Sitzungen), nie das Passwort des Kontos; oder das "
            "des Freigabelinks, wenn er nach einem fragt."
        ),
        "Folder": "Ordner",
        "Look only below this folder of Files, as in Photos/2026. Unset: everywhere.": (
            "Nur unterhalb dieses Ordners der Dateien suchen, etwa Photos/2026. Leer: überall."
        ),
        "Share link": "Freigabelink",
        "Instead of an account: a link to a shared folder or album.": (
            "Statt eines Kontos: ein Link zu einem freigegebenen Ordner oder Album."
        ),
    },
    "zh": {
        "Address": "地址",
        "Address of the Nextcloud; that of any of its pages will do.": "Nextcloud 的地址；其任意页面的地址均可。",
        "User": "用户",
        "User name; not needed to sign in by the browser.": "用户名；通过浏览器登录时不需要。",
        "App password": "应用密码",
        "An app password (Settings, Security, Devices & sessions), never the password of the account; or that of the "
        "share link, where it asks for one.": (
            "应用密码（设置 → 安全 → 设备与会话），切勿使用账号密码；分享链接需要密码时填写该链接的密码。"
        ),
        "Folder": "文件夹",
        "Look only below this folder of Files, as in Photos/2026. Unset: everywhere.": (
            "只查找“文件”中的这个文件夹，例如 Photos/2026。留空：查找全部。"
        ),
        "Share link": "分享链接",
        "Instead of an account: a link to a shared folder or album.": "代替账号：共享文件夹或相册的链接。",
    },
}
