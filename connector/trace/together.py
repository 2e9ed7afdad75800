"""How likely the photos of two cameras are, if their owners went together, by how far one clock is off.

The photos of both are put into one order of time, and each is expected from those before it: where somebody was, how
fast and in which direction they went. Who moves keeps a direction for some minutes and a pace (standing, strolling,
driving) a little longer; how often this party has which pace is read from each camera alone, which no clock can spoil.
A photo far from where it is expected counts as astray, as some positions are, and never for more than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
_PACES_MPS = np.array([0.02, 0.3, 1.2, 4.0, 10.0, 25.0, 250.0])
_FLIES = 0.001
"""How often the last of them is met, whatever is seen: false positions look like flights."""
_TURNS_S, _CHANGES_S = 200.0, 300.0
"""How long a direction and a pace last."""
_ASTRAY, _ASTRAY_M = 0.03, 2000.0
"""How many positions are false, and by how much."""
_BEFOREHAND, _ROUNDS = 0.3, 30
"""Photos that speak for each pace before any was seen, and rounds of the fit."""
_LEAST_GAP_S = 0.5
_LEAST_DENSITY = 1e-12
"""No photo counts for less, wherever it is."""
_CELLS = 400_000


@dataclass(frozen=True, slots=True)
class Track:
    """Photos of one camera in order of time: seconds, metres east and north of any one place, and variance (m²)."""

    t: Numbers
    at: Numbers
    """Shape (2, photos)."""
    var: Numbers


@dataclass(frozen=True, slots=True)
class Together:
    """Two cameras of one party."""

    first: Track
    second: Track
    paces: Numbers
    """How often the party moves at each of ``_PACES_MPS``."""

    @classmethod
    def of(cls, first: Track, second: Track) -> Together:
        return cls(first, second, _paces([first, second]))

    def roughly(self, offsets: Numbers) -> Numbers:
        """Log-likelihood per offset (s, added to the times of ``second``), each photo expected from the one before."""
        per_slice = max(1, _CELLS // (len(self.first.t) + len(self.second.t)))
        slices = [offsets[n : n + per_slice] for n in range(0, len(offsets), per_slice)]
        return np.concatenate([self._by_steps(each) for each in slices])

    def _by_steps(self, offsets: Numbers) -> Numbers:
        t, at, var, _ = self._in_order(offsets)
        steps = _Steps.between(t, at, var)
        likely = np.zeros_like(steps.off2)
        for share, pace in zip(self.paces, _PACES_MPS, strict=True):
            likely += (1 - _ASTRAY) * share * _density(steps.off2, steps.var + pace**2 * steps.moved)
        total: Numbers = np.log(likely + _astray(steps.off2)).sum(axis=0)
        return total

    def closely(self, offsets: Numbers, left_out: NDArray[np.intp] | None = None) -> Numbers:
        """The same, each photo expected from all before it; for few offsets, because it takes longer.

        ``left_out``: per offset the number of a photo that does not count (those of ``second`` after ``first``'s).
        """
        t, at, var, order = self._in_order(offsets)
        counts = order != (np.intp(-1) if left_out is None else left_out)
        belief, total = _Belief.of(at[:, 0], var[0], self.paces), np.zeros(len(offsets))
        for n in range(1, len(t)):
            belief.wait(np.maximum(t[n] - t[n - 1], _LEAST_GAP_S), self.paces)
            total += belief.see(at[:, n], var[n], counts[n])
        return total

    def without_any(self, one: float, other: float) -> float:
        """By how much offset ``one`` fits better than ``other`` at least, whichever photo is left out."""
        photos = len(self.first.t) + len(self.second.t)
        found = self.closely(np.repeat([one, other], photos), np.tile(np.arange(photos), 2))
        return float((found[:photos] - found[photos:]).min())

    def _in_order(self, offsets: Numbers) -> tuple[Numbers, Numbers, Numbers, NDArray[np.intp]]:
        """Times, places, variances and numbers of all photos in order of time: (photos, offsets); places (2, ...)."""
        first = np.broadcast_to(self.first.t, (len(offsets), len(self.first.t)))
        t = np.concatenate([first, self.second.t + offsets[:, None]], axis=1).T
        order = np.argsort(t, axis=0, kind="stable")
        at = np.concatenate([self.first.at, self.second.at], axis=1)
        var = np.concatenate([self.first.var, self.second.var])
        return np.take_along_axis(t, order, axis=0), at[:, order], var[order], order


@dataclass(frozen=True, slots=True)
class _Steps:
    """From each photo to the next: squared distance, variance of both, and variance at a pace of 1 m/s (m²)."""

    off2: Numbers
    var: Numbers
    moved: Numbers

    @classmethod
    def between(cls, t: Numbers, at: Numbers, var: Numbers) -> _Steps:
        turns = np.maximum(np.diff(t, axis=0), _LEAST_GAP_S) / _TURNS_S
        off2: Numbers = (np.diff(at, axis=1) ** 2).sum(axis=0)
        return cls(off2, var[1:] + var[:-1], _TURNS_S**2 * (turns - 1 + np.exp(-turns)))


def _paces(cameras: Sequence[Track]) -> Numbers:
    """How often each pace is met, by what fits the steps of each camera by itself."""
    steps = [_Steps.between(each.t, each.at, each.var) for each in cameras]
    var = np.concatenate([each.var[:, None] + _PACES_MPS**2 * each.moved[:, None] for each in steps])
    fits = _density(np.concatenate([each.off2 for each in steps])[:, None], var)
    flies = np.arange(len(_PACES_MPS)) == len(_PACES_MPS) - 1
    paces = np.where(flies, _FLIES, (1 - _FLIES) / (len(_PACES_MPS) - 1))
    for _ in range(_ROUNDS):
        each = fits * paces + _LEAST_DENSITY
        counted = np.where(flies, 0.0, (each / each.sum(axis=1, keepdims=True)).sum(axis=0) + _BEFOREHAND)
        paces = np.where(flies, _FLIES, (1 - _FLIES) * counted / counted.sum())
    return paces


def _density(off2: Numbers, var: Numbers | float) -> Numbers:
    """Of a normal distribution in the plane, but for a constant."""
    return np.exp(-off2 / (2 * var)) / var


def _astray(off2: Numbers) -> Numbers:
    return _ASTRAY * _density(off2, _ASTRAY_M**2) + _LEAST_DENSITY


@dataclass(slots=True)
class _Belief:
    """Where the party is, and where it goes, if it moves at each pace, and how likely that is: (offsets, paces).

    A Kalman filter per pace; ``at`` and ``going`` have two numbers (east, north) in front, whose variances are alike.
    """

    weight: Numbers
    at: Numbers
    going: Numbers
    var_at: Numbers
    var_both: Numbers
    var_going: Numbers

    @classmethod
    def of(cls, at: Numbers, var: Numbers, paces: Numbers) -> _Belief:
        """After the first photo."""
        shape = (len(var), len(paces))
        here = np.broadcast_to(at[:, :, None], (2, *shape))
        return cls(
            weight=np.broadcast_to(paces, shape),
            at=here,
            going=np.zeros((2, *shape)),
            var_at=np.broadcast_to(var[:, None], shape),
            var_both=np.zeros(shape),
            var_going=np.broadcast_to(_PACES_MPS**2 / 2, shape),
        )

    def wait(self, gap_s: Numbers, paces: Numbers) -> None:
        """Some seconds later."""
        self._change(np.exp(-gap_s / _CHANGES_S)[:, None], paces)
        self._move(gap_s[:, None] / _TURNS_S)

    def _change(self, kept: Numbers, paces: Numbers) -> None:
        """To each pace come those who kept it and, going anywhere, those who had any other."""
        middle = (self.weight * self.at).sum(axis=2, keepdims=True)
        off = self.at - middle
        spread = (self.weight * (self.var_at + (off**2).sum(axis=0) / 2)).sum(axis=1, keepdims=True)
        weight = kept * self.weight + (1 - kept) * paces
        same = kept * self.weight / weight
        other, both = 1 - same, same * (1 - same) / 2
        self.var_at = same * self.var_at + other * spread + both * (off**2).sum(axis=0)
        self.var_both = same * self.var_both + both * (off * self.going).sum(axis=0)
        new = other * _PACES_MPS**2 / 2
        self.var_going = same * self.var_going + new + both * (self.going**2).sum(axis=0)
        self.at, self.going, self.weight = middle + same * off, same * self.going, weight

    def _move(self, turns: Numbers) -> None:
        """An Ornstein-Uhlenbeck process of the speed; exact."""
        left, var = np.exp(-turns), _PACES_MPS**2 / 2
        gone = _TURNS_S * (1 - left)
        self.at = self.at + gone * self.going
        self.going = left * self.going
        new = var * _TURNS_S**2 * (2 * turns - 3 + 4 * left - left**2)
        self.var_at = self.var_at + 2 * gone * self.var_both + gone**2 * self.var_going + new
        new = var * _TURNS_S * (1 - left) ** 2
        self.var_both = left * (self.var_both + gone * self.var_going) + new
        self.var_going = left**2 * self.var_going + var * (1 - left**2)

    def see(self, at: Numbers, var: Numbers, counts: NDArray[np.bool_]) -> Numbers:
        """A photo was taken there; per offset the logarithm of how likely that was (0 where it does not count)."""
        off, total = at[:, :, None] - self.at, self.var_at + var[:, None]
        off2 = (off**2).sum(axis=0)
        near = np.where(counts[:, None], (1 - _ASTRAY) * _density(off2, total), 0.0)
        astray = np.where(counts[:, None], _astray(off2), 1.0)
        weight = self.weight * (near + astray)
        likely = weight.sum(axis=1, keepdims=True)
        self.weight = weight / likely
        self._believe(near / (near + astray), off, total)
        found: Numbers = np.log(likely[:, 0])
        return found

    def _believe(self, share: Numbers, off: Numbers, total: Numbers) -> None:
        """Goes towards the photo by as much as it is believed; what is doubtful stays wide."""
        gain_at, gain_going = self.var_at / total, self.var_both / total
        doubt = share * (1 - share) * (off**2).sum(axis=0) / 2
        self.at, self.going = self.at + share * gain_at * off, self.going + share * gain_going * off
        self.var_going = self.var_going - share * gain_going * self.var_both + doubt * gain_going**2
        self.var_both = (1 - share * gain_at) * self.var_both + doubt * gain_at * gain_going
        self.var_at = (1 - share * gain_at) * self.var_at + doubt * gain_at**2
