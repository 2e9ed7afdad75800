"""What the adapter of Immich says to people, in other languages, by the English text."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "Address": {"de": "Adresse", "zh": "地址"},
    "Address of the Immich server, as in the browser. May be left out with a share link.": {
        "de": "Adresse des Immich-Servers, wie im Browser. Kann bei einem Freigabelink entfallen.",
        "zh": "Immich 服务器的地址，与浏览器中相同。使用分享链接时可以不填。",
    },
    "API key": {"de": "API-Schlüssel", "zh": "API 密钥"},
    "From Immich's account settings; needs at least album.read, asset.read and asset.view.": {
        "de": "Aus den Kontoeinstellungen von Immich; nötig sind mindestens album.read, asset.read und asset.view.",
        "zh": "在 Immich 的账号设置中创建；至少需要 album.read、asset.read 和 asset.view。",
    },
    "Shared link": {"de": "Freigabelink", "zh": "分享链接"},
    "Instead of a key: a link to one album that somebody shared (Immich 3.0 or newer).": {
        "de": "Statt eines Schlüssels: ein Link zu einem Album, das jemand freigegeben hat (ab Immich 3.0).",
        "zh": "代替密钥：他人分享的一个相册的链接（Immich 3.0 或更新版本）。",
    },
    "Link password": {"de": "Passwort des Links", "zh": "链接密码"},
    "Password of that link.": {"de": "Das Passwort dieses Links.", "zh": "该链接的密码。"},
    "give either api_key or share_link": {
        "de": "gib entweder einen API-Schlüssel oder einen Freigabelink an",
        "zh": "请填写 API 密钥或分享链接，二选一",
    },
    "share_link must look like https://photos.example/share/... or https://photos.example/s/...": {
        "de": "der Freigabelink muss aussehen wie https://photos.example/share/... oder https://photos.example/s/...",
        "zh": "分享链接应形如 https://photos.example/share/... 或 https://photos.example/s/...",
    },
    "password belongs to a share_link; an account is opened by an api_key": {
        "de": "das Passwort gehört zu einem Freigabelink; ein Konto öffnet ein API-Schlüssel",
        "zh": "密码用于分享链接；打开账号需要 API 密钥",
    },
    "{host} does not say which Immich it is; is the address that of an Immich?": {
        "de": "{host} sagt nicht, welches Immich dort läuft; ist es die Adresse eines Immich?",
        "zh": "{host} 没有说明 Immich 的版本；这是 Immich 的地址吗？",
    },
    "{host} runs Immich {name}; at least {name2} is needed: update it": {
        "de": "auf {host} läuft Immich {name}; nötig ist mindestens {name2}: aktualisiere es",
        "zh": "{host} 运行的是 Immich {name}；至少需要 {name2}：请更新",
    },
    "the API key lacks {name}, without which nothing can be read": {
        "de": "dem API-Schlüssel fehlt {name}; ohne das kann nichts gelesen werden",
        "zh": "API 密钥缺少 {name}，没有它就什么都无法读取",
    },
    "A shared link can only be read: nothing is written back, and new photos are not told at once.": {
        "de": (
            "Ein Freigabelink lässt sich nur lesen: nichts wird zurückgeschrieben, und neue Fotos werden nicht sofort "
            "gemeldet."
        ),
        "zh": "分享链接只能读取：不会回写任何内容，也不会即时通知新照片。",
    },
    "{what}: the owner of the link does not allow downloads.": {
        "de": "{what}: wer den Link gemacht hat, erlaubt kein Herunterladen.",
        "zh": "{what}：链接的所有者不允许下载。",
    },
    "the owner of this link hides the photos' places and times, without which there is nothing to trace; ask for a "
    "link with 'show metadata' switched on": {
        "de": (
            "dieser Link verbirgt Orte und Zeiten der Fotos, und ohne sie gibt es nichts nachzuzeichnen; bitte um "
            "einen Link, der die Metadaten zeigt"
        ),
        "zh": "此链接隐藏了照片的地点和时间，没有它们就无法生成轨迹；请索取一个显示元数据的链接",
    },
    "this link shares single photos, not an album; ask for a link to an album": {
        "de": "dieser Link gibt einzelne Fotos frei, kein Album; bitte um einen Link zu einem Album",
        "zh": "此链接分享的是单张照片，不是相册；请索取相册的链接",
    },
    "this link asks for a password: give it with the link": {
        "de": "dieser Link verlangt ein Passwort: gib es mit dem Link an",
        "zh": "此链接需要密码：请与链接一起填写",
    },
    "Immich did not describe the {what}": {
        "de": "Immich hat nicht beschrieben, was gefragt war: {what}",
        "zh": "Immich 没有返回所请求的信息：{what}",
    },
    "key": {"de": "Schlüssel", "zh": "密钥"},
    "person": {"de": "Person", "zh": "用户"},
    "shared link": {"de": "Freigabelink", "zh": "分享链接"},
    "instead of a picture {host} sent {what}": {
        "de": "statt eines Bildes kam von {host}: {what}",
        "zh": "{host} 返回的不是图片，而是 {what}",
    },
    "instead of a photo {host} sent a web page": {
        "de": "statt eines Fotos kam von {host} eine Webseite",
        "zh": "{host} 返回的不是照片，而是网页",
    },
    "{host} answered with {what} where Immich answers with JSON; is the address that of an Immich, and is nothing "
    "in front of it that wants a sign-in?": {
        "de": (
            "{host} antwortet mit {what}, wo Immich mit JSON antwortet; ist es die Adresse eines Immich, und verlangt "
            "nichts davor eine Anmeldung?"
        ),
        "zh": "{host} 返回了 {what}，而 Immich 应返回 JSON；这是 Immich 的地址吗？前面是否有要求登录的服务？",
    },
    "something unknown": {"de": "etwas Unbekanntem", "zh": "未知内容"},
    "{host} does not accept the credential": {
        "de": "{host} nimmt die Zugangsdaten nicht an",
        "zh": "{host} 不接受该凭据",
    },
    "{host} does not accept the credential ({said})": {
        "de": "{host} nimmt die Zugangsdaten nicht an ({said})",
        "zh": "{host} 不接受该凭据（{said}）",
    },
    "Invalid API key": {"de": "ungültiger API-Schlüssel", "zh": "API 密钥无效"},
    "Invalid share key": {"de": "ungültiger Freigabelink", "zh": "分享链接无效"},
    "{host} does not allow this": {"de": "{host} erlaubt das nicht", "zh": "{host} 不允许这样做"},
    "{host} does not allow this ({said})": {
        "de": "{host} erlaubt das nicht ({said})",
        "zh": "{host} 不允许这样做（{said}）",
    },
    "{host} does not know this request": {"de": "{host} kennt diese Anfrage nicht", "zh": "{host} 不支持该请求"},
    "{host} does not know this request ({said})": {
        "de": "{host} kennt diese Anfrage nicht ({said})",
        "zh": "{host} 不支持该请求（{said}）",
    },
    "{host} has no such thing": {"de": "das gibt es auf {host} nicht", "zh": "{host} 上没有此内容"},
    "{host} has no such thing ({said})": {
        "de": "das gibt es auf {host} nicht ({said})",
        "zh": "{host} 上没有此内容（{said}）",
    },
    "Make a key in Immich (account settings, API keys) with album.read, asset.read and asset.view, or ask for a new "
    "link.": {
        "de": (
            "Erstelle in Immich (Kontoeinstellungen, API-Schlüssel) einen Schlüssel mit album.read, asset.read und "
            "asset.view, oder bitte um einen neuen Link."
        ),
        "zh": (
            "请在 Immich（账号设置 → API 密钥）中创建具有 album.read、asset.read 和 asset.view 权限的密钥，"
            "或索取新的链接。"
        ),
    },
    "Give the address under which you open Immich in the browser.": {
        "de": "Gib die Adresse an, unter der du Immich im Browser öffnest.",
        "zh": "请填写你在浏览器中打开 Immich 所用的地址。",
    },
    "Give the address under which you open Immich in the browser; something else answers at this one.": {
        "de": "Gib die Adresse an, unter der du Immich im Browser öffnest; unter dieser antwortet etwas anderes.",
        "zh": "请填写你在浏览器中打开 Immich 所用的地址；当前地址响应的是别的服务。",
    },
    "Update Immich.": {"de": "Aktualisiere Immich.", "zh": "请更新 Immich。"},
    "Immich {name} answers": {"de": "Immich {name} antwortet", "zh": "Immich {name} 有响应"},
    "accepted, for {name}": {"de": "angenommen, für {name}", "zh": "有效，账号：{name}"},
    "Add it to the key in Immich if you want that.": {
        "de": "Gib sie dem Schlüssel in Immich, wenn du das möchtest.",
        "zh": "如有需要，请在 Immich 中为密钥添加该权限。",
    },
    "1 album is visible": {"de": "1 Album ist zu sehen", "zh": "可以看到 1 个相册"},
    "{n} albums are visible": {"de": "{n} Alben sind zu sehen", "zh": "可以看到 {n} 个相册"},
    "this is not the call of an Immich workflow for a photo": {
        "de": "das ist nicht der Aufruf eines Immich-Workflows zu einem Foto",
        "zh": "这不是 Immich 工作流针对照片的调用",
    },
    "the call of the Immich workflow names no photo": {
        "de": "der Aufruf des Immich-Workflows nennt kein Foto",
        "zh": "Immich 工作流的调用没有指明照片",
    },
    "Immich did not list the albums of the photo": {
        "de": "Immich hat die Alben des Fotos nicht aufgelistet",
        "zh": "Immich 没有列出该照片所在的相册",
    },
    "Immich did not say which workflow it made": {
        "de": "Immich hat nicht gesagt, welchen Workflow es angelegt hat",
        "zh": "Immich 没有说明创建了哪个工作流",
    },
    "Immich did not list its workflows": {
        "de": "Immich hat seine Workflows nicht aufgelistet",
        "zh": "Immich 没有列出工作流",
    },
    "the shared link opens no album {name}": {
        "de": "der Freigabelink öffnet kein Album {name}",
        "zh": "该分享链接无法打开相册 {name}",
    },
    "{name} cannot be looked into: originals may not be downloaded (asset.download)": {
        "de": "{name} lässt sich nicht ansehen: Originale dürfen nicht heruntergeladen werden (asset.download)",
        "zh": "无法读取 {name}：不允许下载原图（asset.download）",
    },
    "Immich described the album without the number of its photos": {
        "de": "Immich hat das Album ohne die Zahl seiner Fotos beschrieben",
        "zh": "Immich 返回的相册信息缺少照片数量",
    },
    "Immich lists {n} photos for an album of {n2}: it seems not to keep to the album": {
        "de": "Immich listet {n} Fotos zu einem Album mit {n2} auf: es scheint sich nicht an das Album zu halten",
        "zh": "Immich 为含 {n2} 张照片的相册列出了 {n} 张：似乎包含了相册以外的照片",
    },
    "{n} of {n2} photos of the album are missing: Immich {name} left them out": {
        "de": "{n} der {n2} Fotos des Albums fehlen: Immich {name} hat sie ausgelassen",
        "zh": "相册的 {n2} 张照片中缺少 {n} 张：Immich {name} 漏掉了它们",
    },
    "{what}, as it may before 3.1 where many photos share one instant": {
        "de": "{what}, wie es vor 3.1 vorkommt, wenn viele Fotos denselben Zeitpunkt haben",
        "zh": "{what}；3.1 之前的版本在许多照片时间相同时可能如此",
    },
    "Immich did not list its albums": {"de": "Immich hat seine Alben nicht aufgelistet", "zh": "Immich 没有列出相册"},
    "Immich answered a search without a list of photos": {
        "de": "Immich hat auf eine Suche ohne eine Liste von Fotos geantwortet",
        "zh": "Immich 的搜索结果中没有照片列表",
    },
    "Immich names {name} as the page behind {n}": {
        "de": "Immich nennt {name} als die Seite nach {n}",
        "zh": "Immich 将 {name} 作为第 {n} 页的下一页",
    },
    "Thumbnails are not shown": {"de": "Kleine Vorschauen werden nicht gezeigt", "zh": "不显示缩略图"},
    "Photos that Immich has not read itself are not looked into": {
        "de": "In Fotos, die Immich nicht selbst gelesen hat, wird nicht hineingesehen",
        "zh": "不读取 Immich 自身没有读取过的照片",
    },
    "Nobody can sign in with this key": {
        "de": "Mit diesem Schlüssel kann sich niemand anmelden",
        "zh": "无法用此密钥登录",
    },
    "The link of a trace is not put into its album's description": {
        "de": "Der Link eines Trace kommt nicht in die Beschreibung seines Albums",
        "zh": "轨迹的链接不会写入相册的描述",
    },
    "Positions are not written back to photos": {
        "de": "Positionen werden nicht in die Fotos zurückgeschrieben",
        "zh": "位置不会回写到照片",
    },
    "New photos are not told at once, only seen at the next look": {
        "de": "Neue Fotos werden nicht sofort gemeldet, sondern erst beim nächsten Nachsehen bemerkt",
        "zh": "新照片不会即时通知，下次查看时才会发现",
    },
    "A workflow that was made to tell them is not removed again": {
        "de": "Ein dafür angelegter Workflow wird nicht wieder entfernt",
        "zh": "为此创建的工作流不会被移除",
    },
    "Listings are not checked against an exact count": {
        "de": "Auflistungen werden nicht mit einer genauen Zahl verglichen",
        "zh": "列表不会与准确数量核对",
    },
    "{what}: that needs the permission {name}.": {
        "de": "{what}: dazu ist die Berechtigung {name} nötig.",
        "zh": "{what}：需要权限 {name}。",
    },
    "Immich described the album without its {name}": {
        "de": "Immich hat das Album ohne {name} beschrieben",
        "zh": "Immich 返回的相册信息缺少 {name}",
    },
    "Immich listed a photo without an id": {
        "de": "Immich hat ein Foto ohne Id aufgelistet",
        "zh": "Immich 列出了一张没有 ID 的照片",
    },
    "Immich listed an album without an id": {
        "de": "Immich hat ein Album ohne Id aufgelistet",
        "zh": "Immich 列出了一个没有 ID 的相册",
    },
    "belongs to somebody else, and only they can change it": {
        "de": "gehört jemand anderem, und nur diese Person kann es ändern",
        "zh": "属于他人，只有其本人可以修改",
    },
    "the API key may not change albums: it lacks the permission album.update": {
        "de": "der API-Schlüssel darf keine Alben ändern: ihm fehlt die Berechtigung album.update",
        "zh": "API 密钥不能修改相册：缺少权限 album.update",
    },
    "the API key may not change photos: it lacks the permission asset.update": {
        "de": "der API-Schlüssel darf keine Fotos ändern: ihm fehlt die Berechtigung asset.update",
        "zh": "API 密钥不能修改照片：缺少权限 asset.update",
    },
    "only the owner of an album can change its description": {
        "de": "nur wem ein Album gehört, kann seine Beschreibung ändern",
        "zh": "只有相册的所有者可以修改其描述",
    },
    # and what Immich itself is heard to say
    "Invalid password": {"de": "falsches Passwort", "zh": "密码错误"},
    "Password required": {"de": "Passwort nötig", "zh": "需要密码"},
    "Authentication required": {"de": "Anmeldung nötig", "zh": "需要登录"},
    "Missing required permission: {name}": {"de": "es fehlt die Berechtigung {name}", "zh": "缺少权限 {name}"},
    "Not found or no {name} access": {
        "de": "nicht gefunden, oder die Berechtigung {name} fehlt",
        "zh": "未找到，或缺少权限 {name}",
    },
}
