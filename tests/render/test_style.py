"""A style is saved, exported and imported as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from connector.render.style import BadStyle, Style, from_json, kind_of
from connector.trace.model import How, Leg, Mode


def leg(mode: Mode, how: How = How.ROUTED, confidence: float = 0.9) -> Leg:
    ends = {"index": 0, "from_stop": 0, "to_stop": 1, "shapes": ()}
    return Leg(mode=mode, how=how, confidence=confidence, distance_m=1, duration_s=1, **ends)  # type: ignore[arg-type]  # mixed


def test_an_empty_object_is_a_style() -> None:
    assert from_json({}) == Style()


def test_a_style_goes_out_and_comes_back() -> None:
    style = Style(
        theme="sketch",
        colour_by="time",
        width_px=7.5,
        patterns={"walk": "dotted"},
        widths={"flight": 0.5},
        emoji={"k3": "🏰"},
        featured=("k1", "k9"),
        labels=False,
        photo_size="large",
        units="imperial",
    )
    assert from_json(json.loads(json.dumps(asdict(style)))) == style


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ([], "a style is a JSON object"),
        ({"colour_by": "mood"}, "it is one of photos, time, speed, mode, plain, not 'mood'"),
        ({"theme": "../etc"}, "theme"),
        ({"width_px": "wide"}, "width_px"),
        ({"width_px": True}, "width_px"),
        ({"width_px": 0.4}, "width_px"),
        ({"width_px": 41}, "width_px"),
        ({"patterns": {"swim": "solid"}}, "there is no kind of leg 'swim'"),
        ({"patterns": {"walk": "wavy"}}, "solid, dashed, dotted"),
        ({"widths": {"walk": 6}}, "widths"),
        ({"emoji": {"k1": "x" * 99}}, "emoji"),
        ({"featured": "k1"}, "featured"),
        ({"featured": ["k"] * 501}, "featured"),
        ({"emoji": {f"k{n}": "🏰" for n in range(10_001)}}, "emoji"),
        ({"labels": 1}, "labels"),
        ({"colour": "red"}, "colour: it is not known"),
    ],
)
def test_what_is_not_a_style_is_refused(said: object, problem: str) -> None:
    with pytest.raises(BadStyle) as caught:
        from_json(said)
    assert problem in str(caught.value)


def test_all_problems_are_said_at_once() -> None:
    with pytest.raises(BadStyle) as caught:
        from_json({"units": "cubits", "labels": None, "x": 1})
    assert len(caught.value.problems) == 3


def test_what_is_not_known_is_drawn_as_such() -> None:
    assert kind_of(leg(Mode.WALK)) == "walk"
    assert kind_of(leg(Mode.WALK, confidence=0.3)) == "direct"
    assert kind_of(leg(Mode.UNKNOWN, How.DIRECT)) == "direct"
    assert kind_of(leg(Mode.FLIGHT, How.DIRECT)) == "flight"
    assert Style().pattern_of("direct") == "dashed"
    assert Style(patterns={"direct": "solid"}).pattern_of("direct") == "solid"
