"""Every kind of incident has a sign that opens it and one that closes it: read from the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import monitor
from monitor.closed_lists.incident_kinds import IncidentKind

SIGNS = {"report_bad": "opened", "report_good": "closed"}
Ends = dict[str, dict[IncidentKind, set[str]]]


def find_ends(folder: Path, *, skip: str = "") -> Ends:
    """Returns which functions open and close each kind.

    A kind that stands in the call counts; where a call takes a variable, the kinds do that its function names, by
    itself, by a constant or by a function that returns kinds, and those that a formatted name begins like.
    """
    found: Ends = {"opened": {}, "closed": {}}
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(folder.rglob("*.py"))}
    named = {name: node for tree in trees.values() for name, node in _constants(tree)}
    for path, tree in trees.items():
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            place = f"{path.stem}.{function.name}"
            if place == skip:
                continue
            for end, kinds in _calls(function, named):
                for kind in kinds:
                    found[end].setdefault(kind, set()).add(place)
    return found


def _constants(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.returns and "IncidentKind" in ast.unparse(node.returns):
            yield node.name, node
        for target in node.targets if isinstance(node, ast.Assign) else ():
            for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(name, ast.Name):
                    yield name.id, node


def _calls(function: ast.FunctionDef, named: dict[str, ast.AST]) -> Iterator[tuple[str, set[IncidentKind]]]:
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name in SIGNS and len(call.args) > 2:
            yield SIGNS[name], _kinds(call.args[2], {}) or _kinds(function, named)


def _kinds(node: ast.AST, named: dict[str, ast.AST], seen: frozenset[str] = frozenset()) -> set[IncidentKind]:
    found: set[IncidentKind] = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and one.attr in IncidentKind.__members__:
            found.add(IncidentKind[one.attr])
        elif isinstance(one, ast.JoinedStr) and isinstance(one.values[0], ast.Constant):
            found |= {kind for kind in IncidentKind if kind.startswith(str(one.values[0].value))}
        elif isinstance(one, ast.Name) and one.id in named and one.id not in seen:
            found |= _kinds(named[one.id], named, seen | {one.id})
    return found


def without_end(found: Ends) -> dict[str, set[IncidentKind]]:
    return {end: set(IncidentKind) - kinds.keys() for end, kinds in found.items()}


def test_every_kind_is_opened_and_closed_somewhere() -> None:
    assert without_end(find_ends(Path(monitor.__file__).parent)) == {"opened": set(), "closed": set()}


def test_a_kind_that_nothing_closes_is_found(tmp_path: Path) -> None:
    module = (
        "_ENDS = (IncidentKind.POLL_BROKEN, IncidentKind.POLL_FAILED)\n"
        "def look(tx, kind):\n"
        "    report_bad(tx, 'a', IncidentKind.POLL_BROKEN)\n"
        "    report_bad(tx, 'a', IncidentKind.PRODUCT_GONE)\n"
        "def mend(tx):\n"
        "    for kind in _ENDS:\n"
        "        report_good(tx, 'a', kind)\n"
    )
    (tmp_path / "polls.py").write_text(module, encoding="utf-8")
    found = find_ends(tmp_path)
    assert found["opened"].keys() == {IncidentKind.POLL_BROKEN, IncidentKind.PRODUCT_GONE}
    assert found["closed"].keys() == {IncidentKind.POLL_BROKEN, IncidentKind.POLL_FAILED}


def test_without_the_function_that_closes_them_the_two_statuses_would_be_open_until_the_appeal_is_over() -> None:
    whole = find_ends(Path(monitor.__file__).parent)["closed"]
    without = find_ends(Path(monitor.__file__).parent, skip="follow._close_oddities")["closed"]
    for kind in (IncidentKind.UNKNOWN_STATUS, IncidentKind.STATUS_WENT_BACK):
        assert whole[kind] - without[kind] == {"follow._close_oddities"}
        assert without[kind] == {"steps.close_incidents"}
