"""What a module can say to people, read from its code: every text, with the number 7 where something is put in."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import product
from pathlib import Path

HOLE = "7"
"""Stands for whatever is put in: a number or a text."""
_PROSE = re.compile(f"[a-z]{{2,}} [a-z]{{2,}}|{HOLE}'? [a-z]{{3,}}|\\b[a-z]{{3,}} '?{HOLE}")
_DEEPEST = 6


class Module:
    """The code of one module."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))

    def of(self, name: str) -> Module:
        """Only that function or class of it."""
        found = Module(self.path)
        found.tree.body = [each for each in found.tree.body if getattr(each, "name", None) == name]
        return found

    def prose(self) -> set[str]:
        """Every text in it that reads like words of a sentence, wherever it goes.

        Docstrings, XML and translations are left out; what is put into another text is looked at there.
        """
        texts = (node for node in ast.walk(self.tree) if isinstance(node, ast.Constant | ast.JoinedStr))
        said = {text for node in texts if id(node) not in self._no_prose for text in self.variants(node)}
        return {text for text in said if _PROSE.search(text) and "</" not in text}

    def given_to(self, names: Collection[str], *keywords: str) -> Iterator[tuple[str, list[str]]]:
        """Of every call of those: an argument's code and the texts it can be. The first argument, or those keywords."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                given = [each.value for each in node.keywords if each.arg in keywords] if keywords else node.args[:1]
                for each in (one for value in given for one in self._elements(value)):
                    yield ast.unparse(each), self.variants(each)

    def returned(self) -> set[str]:
        """What its functions that give a text can give; lambdas too."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef) and ast.unparse(node.returns or ast.Constant("")) == "str":
                values = (each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value)
                found |= {text for value in values for text in self.variants(value)}
            elif isinstance(node, ast.Lambda):
                found |= set(self.variants(node.body))
        return {text for text in found if re.search("[a-z]{2}", text) and "</" not in text}

    def variants(self, node: ast.expr, depth: int = 0) -> list[str]:
        """The texts an expression can be, as far as the code says; a hole where it does not."""
        if depth > _DEEPEST:
            return [HOLE]
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return ["".join(each) for each in product(*(self.variants(part, depth + 1) for part in parts))]
            case ast.FormattedValue(value=value, conversion=how):
                found = self.variants(value, depth + 1)
                return [repr(text) for text in found] if how == ord("r") else found
            case ast.IfExp(body=one, orelse=other):
                return [*self.variants(one, depth + 1), *self.variants(other, depth + 1)]
            case ast.BoolOp(values=values):  # of ``text or ...`` an empty text is never what comes out
                found = [text for value in values[:-1] for text in self.variants(value, depth + 1) if text]
                return found + self.variants(values[-1], depth + 1)
            case ast.Name() if values := self._values_of(node):
                return [text for value in values for text in self.variants(value, depth + 1)]
            case _:
                return [HOLE]

    def _elements(self, node: ast.expr) -> list[ast.expr]:
        """The entries of a list that is written out, here or under that name; what is made in a loop, once."""
        match node:
            case ast.List(elts=entries) | ast.Tuple(elts=entries):
                return [each for one in entries for each in self._elements(one)]
            case ast.ListComp(elt=entry):
                return [entry]
            case ast.Name() if values := self._values_of(node):
                return [each for value in values for each in self._elements(value)]
            case _:
                return [node]

    def _values_of(self, name: ast.Name) -> list[ast.expr]:
        here = self._function_of.get(id(name))
        return self._assigned.get((here, name.id)) or self._assigned.get((None, name.id)) or []

    @cached_property
    def _no_prose(self) -> set[int]:
        """Ids of the nodes that are no text of their own."""
        found: set[int] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr):
                found.add(id(node.value))
            elif isinstance(node, ast.keyword) and node.arg == "words":
                found |= {id(each) for each in ast.walk(node)}
            elif isinstance(node, ast.JoinedStr):
                found |= {id(each) for each in ast.walk(node)} - {id(node)}
                names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
                values = [value for name in names for value in self._values_of(name)]
                found |= {id(each) for value in values for each in ast.walk(value)}
        return found

    @cached_property
    def _function_of(self) -> dict[int, ast.AST]:
        """By the id of a node, the function it stands in."""
        found: dict[int, ast.AST] = {}
        for function in ast.walk(self.tree):  # an inner function comes after the one around it
            if isinstance(function, ast.FunctionDef):
                found |= {id(node): function for node in ast.walk(function)}
        return found

    @cached_property
    def _assigned(self) -> dict[tuple[ast.AST | None, str], list[ast.expr]]:
        """What names are set to, by the function (None: the module) and the name."""
        found: dict[tuple[ast.AST | None, str], list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                for name, value in _pairs(target, node.value):  # type: ignore[attr-defined]  # an Assign, see above
                    found.setdefault((self._function_of.get(id(node)), name), []).append(value)
        return found


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _pairs(one, other)
