"""An extract as the router's builder wants it: nodes, ways, relations in order of positive ids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium

from connector.maps.roads import BadMapError

_KINDS = (osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION)


def is_usable(pbf: Path) -> bool:
    """Whether the builder takes the file as it is.

    Raises:
        BadMapError: the file cannot be read to its end.
    """
    before = (-1, 0)
    try:
        for thing in _all(pbf, osmium.osm.ALL):
            rank = (0 if thing.is_node() else 1 if thing.is_way() else 2, thing.id)
            # relations before ways do build; what aborts is disorder among nodes or ways, and negative ids
            if thing.id < 0 or (rank[0] < 2 and rank < before):
                return False
            before = rank if rank[0] < 2 else before
    except RuntimeError as error:
        raise BadMapError(f"{pbf.name} cannot be read to its end ({error}); fetch it again") from None
    return True


def rewrite(pbf: Path, target: Path) -> None:
    """Writes the same data with new ids from 1 on, in the order they come: sorted and positive."""
    relations = {thing.id: n for n, thing in enumerate(_all(pbf, osmium.osm.RELATION), 1)}
    ids: dict[str, dict[int, int]] = {"n": {}, "w": {}, "r": relations}
    with osmium.SimpleWriter(str(target)) as writer:
        for node in _all(pbf, osmium.osm.NODE):
            ids["n"][node.id] = len(ids["n"]) + 1
            writer.add_node(node.replace(id=ids["n"][node.id]))
        for way in _all(pbf, osmium.osm.WAY):
            ids["w"][way.id] = len(ids["w"]) + 1
            nodes = [ids["n"][ref.ref] for ref in way.nodes if ref.ref in ids["n"]]
            writer.add_way(way.replace(id=ids["w"][way.id], nodes=nodes))
        for relation in _all(pbf, osmium.osm.RELATION):
            members = [(m.type, ids[m.type][m.ref], m.role) for m in relation.members if m.ref in ids[m.type]]
            writer.add_relation(relation.replace(id=relations[relation.id], members=members))


def _all(pbf: Path, kind: Any) -> Iterator[Any]:
    yield from osmium.FileProcessor(str(pbf), kind)
