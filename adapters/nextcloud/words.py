"""What the adapter of Nextcloud says to people, in other languages, by the English text."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "Address": {"de": "Adresse", "zh": "地址"},
    "Address of the Nextcloud; that of any of its pages will do.": {
        "de": "Adresse der Nextcloud; die einer beliebigen Seite davon genügt.",
        "zh": "Nextcloud 的地址；其任意页面的地址均可。",
    },
    "User": {"de": "Benutzer", "zh": "用户"},
    "User name; not needed to sign in by the browser.": {
        "de": "Benutzername; für die Anmeldung im Browser nicht nötig.",
        "zh": "用户名；通过浏览器登录时不需要。",
    },
    "App password": {"de": "App-Passwort", "zh": "应用密码"},
    "An app password (Settings, Security, Devices & sessions), never the password of the account; or that of the "
    "share link, where it asks for one.": {
        "de": (
            "Ein App-Passwort (Einstellungen, Sicherheit, Geräte & Sitzungen), nie das Passwort des Kontos; oder das "
            "des Freigabelinks, wenn er nach einem fragt."
        ),
        "zh": "应用密码（设置 → 安全 → 设备与会话），切勿使用账号密码；分享链接需要密码时填写该链接的密码。",
    },
    "Folder": {"de": "Ordner", "zh": "文件夹"},
    "Look only below this folder of Files, as in Photos/2026. Unset: everywhere.": {
        "de": "Nur unterhalb dieses Ordners der Dateien suchen, etwa Photos/2026. Leer: überall.",
        "zh": "只查找“文件”中的这个文件夹，例如 Photos/2026。留空：查找全部。",
    },
    "Share link": {"de": "Freigabelink", "zh": "分享链接"},
    "Instead of an account: a link to a shared folder or album.": {
        "de": "Statt eines Kontos: ein Link zu einem freigegebenen Ordner oder Album.",
        "zh": "代替账号：共享文件夹或相册的链接。",
    },
    "Nextcloud (this app)": {"de": "Nextcloud (diese App)", "zh": "Nextcloud（此应用）"},
    "share_link is of another server than url": {
        "de": "der Freigabelink gehört zu einem anderen Server als die Adresse",
        "zh": "分享链接与地址不属于同一台服务器",
    },
    "share_link stands alone: leave out {name}": {
        "de": "der Freigabelink steht für sich: lass {name} weg",
        "zh": "分享链接须单独使用：请去掉 {name}",
    },
    "user is missing": {"de": "der Benutzer fehlt", "zh": "缺少用户"},
    "password is missing": {"de": "das Passwort fehlt", "zh": "缺少密码"},
    "{name} is missing": {"de": "{name} fehlt", "zh": "缺少 {name}"},
    "share_link must look like https://cloud.example/s/... or https://cloud.example/apps/photos/public/...": {
        "de": (
            "der Freigabelink muss aussehen wie https://cloud.example/s/... oder "
            "https://cloud.example/apps/photos/public/..."
        ),
        "zh": "分享链接应形如 https://cloud.example/s/... 或 https://cloud.example/apps/photos/public/...",
    },
    "{host} has no album {name}": {"de": "auf {host} gibt es kein Album {name}", "zh": "{host} 上没有相册 {name}"},
    "{host} has no folder {name}": {
        "de": "auf {host} gibt es keinen Ordner {name}",
        "zh": "{host} 上没有文件夹 {name}",
    },
    "Sign in anew. The refused password is not tried again: a Nextcloud locks out everybody who comes from this "
    "address after eleven refusals.": {
        "de": (
            "Melde dich neu an. Das abgewiesene Passwort wird nicht noch einmal versucht: nach elf Abweisungen sperrt "
            "eine Nextcloud alle aus, die von dieser Adresse kommen."
        ),
        "zh": "请重新登录。被拒绝的密码不会再试：被拒绝十一次后，Nextcloud 会锁定来自此地址的所有人。",
    },
    "Give the address of the Nextcloud as it is in the browser, without the page.": {
        "de": "Gib die Adresse der Nextcloud so an, wie sie im Browser steht, ohne die Seite.",
        "zh": "请填写浏览器中显示的 Nextcloud 地址，不含具体页面。",
    },
    "Look whether the server runs and this machine reaches it; after a lock-out, wait or let its administrator end "
    "it and allow this address (app bruteforcesettings).": {
        "de": (
            "Prüfe, ob der Server läuft und dieser Rechner ihn erreicht; nach einer Sperre warte, oder lass sie von "
            "der Verwaltung dort aufheben und diese Adresse erlauben (App bruteforcesettings)."
        ),
        "zh": (
            "请检查服务器是否在运行、这台机器能否连接到它；如已被锁定，请等待，或请其管理员解除锁定并允许此地址（应用 b"
            "ruteforcesettings）。"
        ),
    },
    "Nothing to do: folders are listed one by one, which takes more requests.": {
        "de": "Nichts zu tun: Ordner werden einzeln aufgelistet, das braucht mehr Anfragen.",
        "zh": "无需处理：将逐个列出文件夹，只是请求更多。",
    },
    "Let the administrator install the app Photos, or trace folders.": {
        "de": "Lass die Verwaltung die App Photos installieren, oder zeichne Ordner nach.",
        "zh": "请管理员安装 Photos 应用，或改用文件夹生成轨迹。",
    },
    "Ask for a new link: this one was withdrawn or has expired.": {
        "de": "Bitte um einen neuen Link: dieser wurde zurückgezogen oder ist abgelaufen.",
        "zh": "请索取新的链接：此链接已被撤回或已过期。",
    },
    "Give the password of the link with it.": {
        "de": "Gib das Passwort des Links mit an.",
        "zh": "请同时填写链接的密码。",
    },
    "Update the server: {n} is the oldest whose photos can be read.": {
        "de": "Aktualisiere den Server: {n} ist die älteste Version, deren Fotos gelesen werden können.",
        "zh": "请更新服务器：能够读取照片的最低版本是 {n}。",
    },
    "Photos are read one by one, a few kilobytes each. Faster: let the administrator run occ files:scan "
    "--generate-metadata once.": {
        "de": (
            "Die Fotos werden einzeln gelesen, je einige Kilobyte. Schneller: lass die Verwaltung einmal occ "
            "files:scan --generate-metadata ausführen."
        ),
        "zh": "照片将逐张读取，每张几 KB。更快的办法：请管理员运行一次 occ files:scan --generate-metadata。",
    },
    "Nothing to do: new photos are found by looking every few minutes. At once: let an administrator connect, or "
    "give this account the right in Settings, Administration privileges, Webhooks.": {
        "de": (
            "Nichts zu tun: alle paar Minuten wird nach neuen Fotos gesehen. Sofort: lass jemanden von der Verwaltung "
            "verbinden, oder gib diesem Konto das Recht unter Einstellungen, Verwaltungsrechte, Webhooks."
        ),
        "zh": (
            "无需处理：每隔几分钟会查看一次新照片。如需即时发现：请由管理员连接，或在“设置 → 管理权限 → Webhooks”中授权"
            "此账号。"
        ),
    },
    "link": {"de": "Link", "zh": "链接"},
    "files": {"de": "Dateien", "zh": "文件"},
    "search": {"de": "Suche", "zh": "搜索"},
    "metadata": {"de": "Metadaten", "zh": "元数据"},
    "hooks": {"de": "Webhooks", "zh": "即时通知"},
    "it shows {name}": {"de": "er zeigt {name}", "zh": "它显示 {name}"},
    "{host} is being maintained ({n})": {"de": "{host} wird gerade gewartet ({n})", "zh": "{host} 正在维护（{n}）"},
    "there is no Nextcloud at {name}": {"de": "unter {name} ist keine Nextcloud", "zh": "{name} 处没有 Nextcloud"},
    "something answers at {name}, but no Nextcloud ({n})": {
        "de": "unter {name} antwortet etwas, aber keine Nextcloud ({n})",
        "zh": "{name} 有响应，但不是 Nextcloud（{n}）",
    },
    "{host} is being maintained or not set up yet": {
        "de": "{host} wird gerade gewartet oder ist noch nicht eingerichtet",
        "zh": "{host} 正在维护，或尚未完成设置",
    },
    "{name} answers at {name2}": {"de": "{name} antwortet unter {name2}", "zh": "{name} 在 {name2} 有响应"},
    "{name} is too old": {"de": "{name} ist zu alt", "zh": "{name} 版本太旧"},
    "{name}; newer than any that was tried": {
        "de": "{name}; neuer als alle, die ausprobiert wurden",
        "zh": "{name}；比所有试用过的版本都新",
    },
    "signed in as {name}": {"de": "angemeldet als {name}", "zh": "已登录：{name}"},
    "the folder {name} can be read": {"de": "der Ordner {name} kann gelesen werden", "zh": "可以读取文件夹 {name}"},
    "photos are found by searching, hundreds with one request": {
        "de": "Fotos werden durch Suchen gefunden, Hunderte mit einer Anfrage",
        "zh": "通过搜索查找照片，一次请求可得数百张",
    },
    "the server has read the metadata of none of the first {n} photos": {
        "de": "der Server hat von den ersten {n} Fotos bei keinem die Metadaten gelesen",
        "zh": "服务器没有读取前 {n} 张照片中任何一张的元数据",
    },
    "the server has read the metadata of {n} of the first {n2} photos": {
        "de": "der Server hat von den ersten {n2} Fotos bei {n} die Metadaten gelesen",
        "zh": "服务器已读取前 {n2} 张照片中 {n} 张的元数据",
    },
    "1 album of Photos": {"de": "1 Album von Photos", "zh": "Photos 中有 1 个相册"},
    "{n} albums of Photos": {"de": "{n} Alben von Photos", "zh": "Photos 中有 {n} 个相册"},
    "the server may be asked to call when something new arrives": {
        "de": "der Server kann gebeten werden, Neues zu melden",
        "zh": "可以要求服务器在有新内容时发出通知",
    },
    "{host} gives a file twice when it is searched": {
        "de": "{host} nennt beim Suchen eine Datei zweimal",
        "zh": "搜索 {host} 时有文件重复出现",
    },
    "{host} answered for another folder than {name}": {
        "de": "{host} hat für einen anderen Ordner als {name} geantwortet",
        "zh": "{host} 返回的不是文件夹 {name}",
    },
    "{host} refused the credential before; it is not tried again. Sign in anew": {
        "de": (
            "{host} hat die Zugangsdaten schon einmal abgewiesen; es wird nicht noch einmal versucht. Melde dich neu an"
        ),
        "zh": "{host} 此前已拒绝该凭据；不再重试。请重新登录",
    },
    "{host} has locked this address out after too many refusals; it is left alone for {n} more minutes. Its "
    "administrator can end that, and allow this address for good": {
        "de": (
            "{host} hat diese Adresse nach zu vielen Abweisungen ausgesperrt; noch {n} Minuten lang wird nicht "
            "gefragt. Die Verwaltung dort kann die Sperre aufheben und diese Adresse auf Dauer erlauben"
        ),
        "zh": (
            "因多次被拒绝，{host} 已锁定此地址；在接下来的 {n} 分钟内不再访问。其管理员可以解除锁定，并长期允许此地址"
        ),
    },
    "{host} has locked this address out after too many refusals (429); it is left alone for {n} minutes. Its "
    "administrator can end that, and allow this address for good": {
        "de": (
            "{host} hat diese Adresse nach zu vielen Abweisungen ausgesperrt (429); {n} Minuten lang wird nicht "
            "gefragt. Die Verwaltung dort kann die Sperre aufheben und diese Adresse auf Dauer erlauben"
        ),
        "zh": "因多次被拒绝，{host} 已锁定此地址（429）；{n} 分钟内不再访问。其管理员可以解除锁定，并长期允许此地址",
    },
    "{host} does not say who this account is": {
        "de": "{host} sagt nicht, wem dieses Konto gehört",
        "zh": "{host} 没有说明此账号属于谁",
    },
    "{host} answered with something that is not in {name}": {
        "de": "{host} hat mit etwas geantwortet, das nicht in {name} liegt",
        "zh": "{host} 返回了不在 {name} 中的内容",
    },
    "{host} did not say which webhook it registered": {
        "de": "{host} hat nicht gesagt, welchen Webhook es eingetragen hat",
        "zh": "{host} 没有说明注册了哪个 Webhook",
    },
    "{host} has no webhooks: its app webhook_listeners is off": {
        "de": "{host} hat keine Webhooks: die App webhook_listeners ist dort aus",
        "zh": "{host} 没有 Webhook：应用 webhook_listeners 未启用",
    },
    "{host} lets only administrators, and those they have given the right, ask for calls; new photos are found by "
    "looking every few minutes": {
        "de": (
            "bei {host} dürfen nur die Verwaltung und wem sie es erlaubt hat um Aufrufe bitten; alle paar Minuten wird "
            "nach neuen Fotos gesehen"
        ),
        "zh": "{host} 只允许管理员及其授权的用户请求通知；每隔几分钟会查看一次新照片",
    },
    "the call names no file": {"de": "der Aufruf nennt keine Datei", "zh": "该调用没有指明文件"},
    "there is no file {name}": {"de": "es gibt keine Datei {name}", "zh": "没有文件 {name}"},
    "this is not the call of a Nextcloud": {
        "de": "das ist nicht der Aufruf einer Nextcloud",
        "zh": "这不是 Nextcloud 的调用",
    },
    "this is not the call of a Nextcloud: it names no event": {
        "de": "das ist nicht der Aufruf einer Nextcloud: er nennt kein Ereignis",
        "zh": "这不是 Nextcloud 的调用：没有指明事件",
    },
    "the link of {host} has one album, and no {name}": {
        "de": "der Link von {host} hat ein Album, aber kein {name}",
        "zh": "{host} 的链接只有一个相册，没有 {name}",
    },
    "{host} answered for something else than the link": {
        "de": "{host} hat für etwas anderes als den Link geantwortet",
        "zh": "{host} 返回的不是该链接的内容",
    },
    "{host} answered for another album than that of the link": {
        "de": "{host} hat für ein anderes Album als das des Links geantwortet",
        "zh": "{host} 返回的不是该链接的相册",
    },
    "{host} does not offer to sign in by the browser": {
        "de": "{host} bietet keine Anmeldung im Browser an",
        "zh": "{host} 不支持通过浏览器登录",
    },
    "nobody agreed to the sign-in within 20 minutes; begin it again": {
        "de": "die Anmeldung wurde nicht innerhalb von 20 Minuten erlaubt; beginne von vorn",
        "zh": "20 分钟内没有人同意登录；请重新开始",
    },
    "{host} answered to the sign-in without a password": {
        "de": "{host} hat auf die Anmeldung ohne Passwort geantwortet",
        "zh": "{host} 对登录的响应中没有密码",
    },
    "{host} answered without JSON; is the address that of a Nextcloud?": {
        "de": "{host} hat nicht mit JSON geantwortet; ist es die Adresse einer Nextcloud?",
        "zh": "{host} 返回的不是 JSON；这是 Nextcloud 的地址吗？",
    },
    "{host} calls itself {what}: connect to that address, or let its administrator set overwritehost and "
    "trusted_domains": {
        "de": (
            "{host} nennt sich selbst {what}: verbinde unter dieser Adresse, oder lass die Verwaltung dort "
            "overwritehost und trusted_domains setzen"
        ),
        "zh": "{host} 自称 {what}：请使用该地址连接，或请其管理员设置 overwritehost 和 trusted_domains",
    },
    "{host} answered {name} with something that is not a Nextcloud's answer": {
        "de": "{host} hat auf {name} nicht so geantwortet, wie eine Nextcloud es tut",
        "zh": "{host} 对 {name} 的响应不是 Nextcloud 的响应",
    },
    "no reason given": {"de": "ohne Begründung", "zh": "未说明原因"},
    "{host} has nothing at {name}": {"de": "{host} hat nichts unter {name}", "zh": "{host} 的 {name} 处没有内容"},
    "{host} has nothing at {name} ({said})": {
        "de": "{host} hat nichts unter {name} ({said})",
        "zh": "{host} 的 {name} 处没有内容（{said}）",
    },
    "{host} does not allow this account {name}": {
        "de": "{host} erlaubt diesem Konto {name} nicht",
        "zh": "{host} 不允许此账号访问 {name}",
    },
    "{host} does not allow this account {name} ({said})": {
        "de": "{host} erlaubt diesem Konto {name} nicht ({said})",
        "zh": "{host} 不允许此账号访问 {name}（{said}）",
    },
    "{host} refused {name}: {why} ({name2})": {
        "de": "{host} verweigert {name}: {why} ({name2})",
        "zh": "{host} 拒绝了 {name}：{why}（{name2}）",
    },
    "{host} gave {what} instead of a preview": {
        "de": "{host} hat statt einer Vorschau {what} geliefert",
        "zh": "{host} 返回的不是预览图，而是 {what}",
    },
    "{host} did not understand {name}": {"de": "{host} hat {name} nicht verstanden", "zh": "{host} 无法理解 {name}"},
    "{host} does not let us in: the credential was refused ({n})": {
        "de": "{host} hat die Zugangsdaten abgewiesen ({n})",
        "zh": "{host} 拒绝登录：凭据不正确（{n}）",
    },
    "{host} does not let us in: it wants a password ({n})": {
        "de": "{host} verlangt ein Passwort ({n})",
        "zh": "{host} 拒绝登录：需要密码（{n}）",
    },
    "{host} answered for {n} things where it was asked for one": {
        "de": "{host} hat für {n} Dinge geantwortet, wo nach einem gefragt war",
        "zh": "向 {host} 请求一项内容，它却返回了 {n} 项",
    },
    "{host} does not search ({n})": {"de": "{host} kann nicht suchen ({n})", "zh": "{host} 不支持搜索（{n}）"},
    "{host} answered with {name}, not with JSON; is the address that of a Nextcloud?": {
        "de": "{host} hat mit {name} geantwortet, nicht mit JSON; ist es die Adresse einer Nextcloud?",
        "zh": "{host} 返回的是 {name}，而不是 JSON；这是 Nextcloud 的地址吗？",
    },
    "lies in a folder this account may not write to": {
        "de": "liegt in einem Ordner, in den dieses Konto nicht schreiben darf",
        "zh": "所在文件夹不允许此账号写入",
    },
    "is in nobody's files but its owner's: only they can change it": {
        "de": "liegt nur in den Dateien der Person, der es gehört: nur sie kann es ändern",
        "zh": "只存在于其所有者的文件中：只有其本人可以修改",
    },
    "{name} is in nobody's files but its owner's: only they can change it": {
        "de": "{name} liegt nur in den Dateien der Person, der es gehört: nur sie kann es ändern",
        "zh": "{name} 只存在于其所有者的文件中：只有其本人可以修改",
    },
    "{name} is there already and somebody else's: it was not touched": {
        "de": "{name} ist schon da und nicht von hier: es wurde nichts geändert",
        "zh": "{name} 已存在且不是由本程序创建：未作改动",
    },
    "{name} are there already and somebody else's: the link was not written": {
        "de": "{name} sind schon da und nicht von hier: der Link wurde nicht geschrieben",
        "zh": "{name} 已存在且不是由本程序创建：链接没有写入",
    },
    # and what Nextcloud itself is heard to say
    "Logged in account must be an admin, a sub admin or gotten special right to access this setting": {
        "de": "das Konto muss zur Verwaltung gehören oder eigens berechtigt sein",
        "zh": "账号须为管理员，或已获得专门授权",
    },
}
