"""A clause: an element or a condition of a statement, as data with the function that tests a request.

A statement is a conjunction of clauses. The fast decision and the full evaluation read these same objects.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.view import View
from execpolicy.language import principal as kinds
from execpolicy.language.context_keys import find_context_key
from execpolicy.language.request_details import FALSE_OR_ABSENT
from execpolicy.language.role_path import has_unknown_path
from execpolicy.language.truth import Truth

if TYPE_CHECKING:
    from abc import ABC
else:
    ABC = object  # explanations ask for the class of every clause, which takes thrice as long with ABC


class Clause(ABC):
    """One clause: ``element`` of the statement, the values as written, and ``test``.

    Two clauses with the same ``identity`` have the same meaning.
    """

    __slots__ = ("element", "identity", "values")
    element: str
    values: tuple[str, ...]
    identity: Hashable

    @abstractmethod
    def test(self, view: View) -> Truth:
        """Whether the clause holds for a request; None where that is not known."""

    def keys(self) -> tuple[str, ...]:
        """The lower-case names of the context keys that the clause reads."""
        return ()

    def keys_of_variables(self) -> tuple[str, ...]:
        """Those of its keys that stand in variables, in lower case."""
        return ()

    def absent(self, view: View) -> tuple[str, ...]:
        """The keys that it reads and the request does not have, as AWS spells them."""
        return tuple(spelled(key) for key in self.keys() if view.key_values.values(key) == ())

    def unknown(self, view: View) -> tuple[str, ...]:
        """The unknown values that it reads: keys, as AWS spells them, details of the caller, and those of its text.

        A value that its own text does not have (SRC-10) is given as the text that stands for it.
        """
        unknown = [key for key in self.keys() if view.key_values.values(key) is None]
        # As the value of a variable, a key that is false or absent is not known (KEY-7).
        unknown += [key for key in self.keys_of_variables() if view.key_values.values(key) is FALSE_OR_ABSENT]
        if view.principal.name_in_template is None:
            return tuple(map(spelled, unknown))
        from execpolicy.language.unknown_caller import unknown_texts_of

        # What the name of the caller decides depends on the values in it.
        return tuple(name for key in unknown for name in unknown_texts_of(view.principal, key) or (spelled(key),))

    @abstractmethod
    def assumptions(self, view: View) -> tuple[str, ...]:
        """The ids of the rules of status A that its result for a request depends on."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clause) and type(other) is type(self) and other.identity == self.identity

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.identity))

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self.identity!r}"


def spelled(key: str) -> str:
    """A key as AWS spells it, where the catalogue has it."""
    record = find_context_key(key)
    if record is None:
        return key
    _, slash, tag = key.partition("/")
    return record.name + tag if slash and record.name.endswith("/") else record.name


def assumptions_of_keys(keys: tuple[str, ...], view: View) -> tuple[str, ...]:
    """The ids of the rules of status A that the values of keys depend on."""
    caller = view.principal
    assumed_path = caller.kind in (kinds.SESSION, kinds.ROLE) and caller.path is None and not has_unknown_path(caller)
    if assumed_path and "aws:principalarn" in keys and view.key_values.context.get("aws:principalarn") is None:
        return ("PRN-7",)
    return ()
