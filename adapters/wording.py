"""What the parts that adapters share say to people, in other languages, by the English text."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "there is no kind of library named {name}; there are: {name2}": {
        "de": "eine Bibliothek der Art {name} gibt es nicht; es gibt: {name2}",
        "zh": "没有名为 {name} 的图库类型；可用的有：{name2}",
    },
    "the adapter for {name} does not hold a Kind but a {name2}": {
        "de": "der Adapter für {name} enthält keinen Kind, sondern {name2}",
        "zh": "{name} 的适配器中不是 Kind，而是 {name2}",
    },
    "{host} broke off its answer ({name})": {
        "de": "{host} hat die Antwort abgebrochen ({name})",
        "zh": "{host} 中断了响应（{name}）",
    },
    "{host} is only reached by https: let the address begin with https://": {
        "de": "{host} ist nur über https zu erreichen: die Adresse muss mit https:// beginnen",
        "zh": "{host} 只能通过 https 访问：地址应以 https:// 开头",
    },
    "{host} redirects to {name}; give the address the library really has": {
        "de": "{host} leitet auf {name} um; gib die Adresse an, unter der die Bibliothek wirklich liegt",
        "zh": "{host} 重定向到 {name}；请填写图库的真实地址",
    },
    "{host} redirects elsewhere; give the address the library really has": {
        "de": "{host} leitet anderswohin um; gib die Adresse an, unter der die Bibliothek wirklich liegt",
        "zh": "{host} 重定向到了别处；请填写图库的真实地址",
    },
    "{host} does not speak TLS as it should ({name}); is it https, and is the port right?": {
        "de": "{host} spricht kein gültiges TLS ({name}); ist es https, und stimmt der Port?",
        "zh": "{host} 的 TLS 连接不正常（{name}）；是 https 吗？端口正确吗？",
    },
    "the name {host} cannot be looked up: is it spelled right, and does this machine know it?": {
        "de": "der Name {host} lässt sich nicht auflösen: ist er richtig geschrieben, und kennt ihn dieser Rechner?",
        "zh": "无法解析主机名 {host}：拼写正确吗？这台机器能解析它吗？",
    },
    "nothing answers at {host}: is the server running, and is the port right?": {
        "de": "unter {host} antwortet nichts: läuft der Server, und stimmt der Port?",
        "zh": "{host} 没有响应：服务器在运行吗？端口正确吗？",
    },
    "{host} does not answer in time": {"de": "{host} antwortet nicht rechtzeitig", "zh": "{host} 响应超时"},
    "{host} cannot be reached: {why}": {"de": "{host} ist nicht zu erreichen: {why}", "zh": "无法连接 {host}：{why}"},
    "No route to host": {"de": "kein Weg zu diesem Rechner", "zh": "没有通往该主机的路由"},
    "Network is unreachable": {"de": "das Netz ist nicht zu erreichen", "zh": "网络不可达"},
    "Connection reset by peer": {"de": "die Verbindung wurde von der Gegenseite getrennt", "zh": "连接被对方重置"},
    "Permission denied": {"de": "keine Berechtigung", "zh": "没有权限"},
    "Input/output error": {"de": "Ein-/Ausgabefehler", "zh": "输入/输出错误"},
    "the certificate of {host} is not trusted: {what}. Give the server a certificate that this machine trusts, or "
    "this machine the certificate of the authority that signed it": {
        "de": (
            "dem Zertifikat von {host} wird nicht vertraut: {what}. Gib dem Server ein Zertifikat, dem dieser Rechner "
            "vertraut, oder diesem Rechner das Zertifikat der Stelle, die es ausgestellt hat"
        ),
        "zh": "{host} 的证书不受信任：{what}。请为服务器换用这台机器信任的证书，或在这台机器上添加其签发机构的证书",
    },
    "self-signed": {"de": "selbst ausgestellt", "zh": "自签名"},
    "certificate has expired": {"de": "es ist abgelaufen", "zh": "证书已过期"},
    "unable to get local issuer certificate": {"de": "die ausstellende Stelle ist nicht bekannt", "zh": "签发机构未知"},
    "Hostname mismatch, certificate is not valid for {name}": {
        "de": "es gilt nicht für {name}",
        "zh": "证书不适用于 {name}",
    },
    "IP address mismatch, certificate is not valid for {name}": {
        "de": "es gilt nicht für {name}",
        "zh": "证书不适用于 {name}",
    },
    "Change what the message names.": {"de": "Ändere, was die Meldung nennt.", "zh": "请修改提示中指出的内容。"},
    "Make a new credential with the permissions named, and give it anew.": {
        "de": "Erstelle neue Zugangsdaten mit den genannten Berechtigungen und gib sie neu an.",
        "zh": "请创建具有所需权限的新凭据，并重新填写。",
    },
    "Look whether the address is right, to its last part.": {
        "de": "Prüfe, ob die Adresse bis zum letzten Teil stimmt.",
        "zh": "请检查地址是否完全正确，包括最后一部分。",
    },
    "Look whether the server runs and this machine reaches it; then try again.": {
        "de": "Prüfe, ob der Server läuft und dieser Rechner ihn erreicht; versuche es dann noch einmal.",
        "zh": "请检查服务器是否在运行、这台机器能否连接到它，然后重试。",
    },
    "Open the address in a browser and look what answers there.": {
        "de": "Öffne die Adresse im Browser und sieh nach, was dort antwortet.",
        "zh": "请在浏览器中打开该地址，看看响应的是什么。",
    },
    "Use a certificate from an authority this machine trusts, or name the file of the server's own authority in "
    "TRACER_CA_FILE.": {
        "de": (
            "Verwende ein Zertifikat einer Stelle, der dieser Rechner vertraut, oder nenne die Datei der eigenen "
            "Stelle des Servers in TRACER_CA_FILE."
        ),
        "zh": "请使用这台机器信任的机构签发的证书，或在 TRACER_CA_FILE 中指定服务器自有机构的证书文件。",
    },
    "complete": {"de": "vollständig", "zh": "完整"},
    "nothing": {"de": "nichts", "zh": "（空）"},
    "settings": {"de": "Angaben", "zh": "设置"},
    "address": {"de": "Adresse", "zh": "地址"},
    "credential": {"de": "Zugangsdaten", "zh": "凭据"},
    "permission": {"de": "Berechtigung", "zh": "权限"},
    "version": {"de": "Version", "zh": "版本"},
    "albums": {"de": "Alben", "zh": "相册"},
    "photos": {"de": "Fotos", "zh": "照片"},
    "{host} answered with something that is not WebDAV ({name})": {
        "de": "{host} antwortet mit etwas, das kein WebDAV ist ({name})",
        "zh": "{host} 返回的内容不是 WebDAV（{name}）",
    },
    "{host} gave {n} bytes of {name} where it said there are more": {
        "de": "{host} hat nur {n} Bytes von {name} geliefert, obwohl es mehr sein sollen",
        "zh": "{host} 只返回了 {name} 的 {n} 个字节，少于它所声明的",
    },
    "{host} answered {name} with {n} and {what}, not with a WebDAV listing; is the address that of the WebDAV "
    "folder, and not of a web page?": {
        "de": (
            "{host} antwortet auf {name} mit {n} und {what}, nicht mit einer WebDAV-Liste; ist es die Adresse des "
            "WebDAV-Ordners und nicht die einer Webseite?"
        ),
        "zh": (
            "{host} 对 {name} 返回了 {n} 和 {what}，而不是 WebDAV 列表；这是 WebDAV 文件夹的地址，而不是网页的地址吗？"
        ),
    },
    "{host} refused the credential before; it is not tried again": {
        "de": "{host} hat die Zugangsdaten schon einmal abgewiesen; es wird nicht noch einmal versucht",
        "zh": "{host} 此前已拒绝该凭据；不再重试",
    },
    "{host} refused {name}: the user name or password is not accepted ({n})": {
        "de": "{host} verweigert {name}: Benutzername oder Passwort stimmt nicht ({n})",
        "zh": "{host} 拒绝访问 {name}：用户名或密码不正确（{n}）",
    },
    "{host} refused {name}: the account may not do that ({n})": {
        "de": "{host} verweigert {name}: das Konto darf das nicht ({n})",
        "zh": "{host} 拒绝访问 {name}：账号权限不足（{n}）",
    },
    "{host} has no {name}": {"de": "auf {host} gibt es {name} nicht", "zh": "{host} 上没有 {name}"},
    "{host} cannot answer now ({what})": {
        "de": "{host} kann gerade nicht antworten ({what})",
        "zh": "{host} 暂时无法响应（{what}）",
    },
    "{host} did not understand the request ({what})": {
        "de": "{host} hat die Anfrage nicht verstanden ({what})",
        "zh": "{host} 无法理解该请求（{what}）",
    },
    "the listing is longer than {n} MB": {"de": "die Liste ist länger als {n} MB", "zh": "列表超过 {n} MB"},
    "instead of {name} came a web page; does the server want a sign-in in a browser?": {
        "de": "statt {name} kam eine Webseite; verlangt der Server eine Anmeldung im Browser?",
        "zh": "返回的不是 {name}，而是网页；服务器是否要求在浏览器中登录？",
    },
    "{name} has changed since it was listed": {
        "de": "{name} hat sich seit dem Auflisten geändert",
        "zh": "{name} 在列出之后已被修改",
    },
    "asked for the bytes from {n} on, the server gave {name}": {
        "de": "gefragt waren die Bytes ab {n}, der Server gab {name}",
        "zh": "请求从第 {n} 字节开始，服务器却返回了 {name}",
    },
    "url is missing": {"de": "die Adresse fehlt", "zh": "缺少地址"},
    "url is not an address: {why}": {"de": "das ist keine gültige Adresse: {why}", "zh": "地址无效：{why}"},
    "url must begin with https:// or http:// and name a host": {
        "de": "die Adresse muss mit https:// oder http:// beginnen und einen Server nennen",
        "zh": "地址必须以 https:// 或 http:// 开头，并包含主机名",
    },
    "url must not hold a user name or password; give them by themselves": {
        "de": "die Adresse darf weder Benutzername noch Passwort enthalten; gib sie getrennt an",
        "zh": "地址中不能包含用户名或密码；请分别填写",
    },
    "url must not hold ? or #": {"de": "die Adresse darf weder ? noch # enthalten", "zh": "地址中不能包含 ? 或 #"},
    "{name} is a file, not a folder": {"de": "{name} ist eine Datei, kein Ordner", "zh": "{name} 是文件，不是文件夹"},
}
