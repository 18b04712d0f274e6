"""The clause of Principal or NotPrincipal (PRN)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.model import PrincipalElement, PrincipalEntry
from execpolicy.document.principal_name import PrincipalName, read_principal_name
from execpolicy.document.unknown_value import has_unknown, unknown_names, unknown_text
from execpolicy.engine.clause import Clause
from execpolicy.engine.view import View
from execpolicy.errors import Source
from execpolicy.language import principal as kinds
from execpolicy.language.grant import (
    NAMES_OF_EVERYBODY,
    UNIQUE_ID,
    Grant,
    exempted,
    grant_of,
    grant_otherwise,
    lists_by_id,
    partly_listed,
    role_path_decides,
    unique_id_is_unknown,
)
from execpolicy.language.principal import Principal
from execpolicy.language.role_path import has_unknown_path
from execpolicy.language.truth import Truth, kleene_not


class PrincipalClause(Clause):
    """Principal or NotPrincipal (PRN)."""

    __slots__ = ("entries", "grants", "names", "negated", "source", "unknown_entries")

    def __init__(self, element: PrincipalElement, *, effect: str, source: Source | None = None) -> None:
        self.element = element.name
        self.grants = effect == "Allow"
        self.negated = element.negated
        self.values = tuple(entry.text.value for entry in element.entries)
        self.entries = element.entries
        #: The entries with unknown values (SRC-10), and the names of the others.
        self.unknown_entries = tuple(entry for entry in element.entries if has_unknown(entry.text.value))
        #: The file whose unknown values they are.
        self.source = source if self.unknown_entries else None
        texts = tuple((entry.type, entry.text.value) for entry in element.entries)
        self.identity = (self.element, texts, effect, self.source)
        known = (entry for entry in element.entries if not has_unknown(entry.text.value))
        self.names = tuple(read_principal_name(entry.type, entry.text.value) for entry in known)

    @property
    def is_everybody(self) -> bool:
        """Whether it names every caller but services, which it may not name (PRN-1).

        It names all of them directly except a federated user's session (EVL-9).
        """
        return not self.negated and any(name.kind in NAMES_OF_EVERYBODY for name in self.names)

    def test(self, view: View) -> Truth:
        if self.negated:
            return True if view.has_boundary else kleene_not(self._exempted(view.principal))
        sure, possible = self.grant(view)
        return True if sure else None if possible else False

    def _exempted(self, caller: Principal) -> Truth:
        """Whether the list of NotPrincipal exempts a caller."""
        surely = exempted((*self.names, *self._same_names(caller)), caller)
        if surely or not self._open_entries(caller):
            return surely
        return None if exempted((*self.names, *self._possible_names(caller)), caller) is not False else False

    def _open_entries(self, caller: Principal) -> tuple[PrincipalEntry, ...]:
        """The entries that may name a caller, because they or the name of the caller hold unknown values (SRC-10)."""
        return self.unknown_entries if caller.name_in_template is None else self.entries

    def _possible_names(self, caller: Principal) -> Iterator[PrincipalName]:
        """The names of a caller that these entries may be."""
        from execpolicy.language.unknown_principal import possible_names

        for entry in self._open_entries(caller):
            yield from possible_names(entry, caller)

    def _same_names(self, caller: Principal) -> Iterator[PrincipalName]:
        """The names of a caller that entries with unknown values are, whatever these are: those of the same file."""
        if caller.name_in_template is not None and caller.name_in_template.source == self.source:
            from execpolicy.language.unknown_principal import same_name

            yield from filter(None, (same_name(entry, caller) for entry in self.unknown_entries))

    def unknown(self, view: View) -> tuple[str, ...]:
        return (*self._unknown_traits(view), *self._unknown_names(view.principal))

    def _unknown_names(self, caller: Principal) -> Iterator[str]:
        entries = self._open_entries(caller)
        if not entries:
            return
        from execpolicy.language.unknown_caller import unknown_texts_of
        from execpolicy.language.unknown_principal import possible_names

        of_caller = unknown_texts_of(caller)
        for entry in entries:
            if possible_names(entry, caller):
                yield from map(unknown_text, unknown_names(entry.text.value))
                yield from of_caller

    def _unknown_traits(self, view: View) -> tuple[str, ...]:
        caller = view.principal
        kinds_named = {name.kind for name in self.names}
        traits = []
        if caller.kind == kinds.ROLE and any(name.session for name in self.names):
            traits.append("the caller's session name")
        if caller.is_iam and caller.canonical_user is None and "canonical" in kinds_named:
            traits.append("the caller's canonical user id")
        if unique_id_is_unknown(self.names, caller):
            traits.append("the caller's unique id")
        if self.negated and role_path_decides(self.names, caller) and not lists_by_id(self.names, caller):
            traits.append("the path of the caller's role")
        return tuple(traits)

    def assumptions(self, view: View) -> tuple[str, ...]:
        # Those of a list of Principal depend on how strongly it names the caller: full/assumed_grants.py finds them.
        return self._assumptions_of_list(view) if self.negated and not view.has_boundary else ()

    def _assumptions_of_list(self, view: View) -> tuple[str, ...]:
        caller = view.principal
        rules = ["PRN-1"] if caller.kind == kinds.SERVICE and self._exempts_only_with_everybody(caller) else []
        rules += ["PRN-6"] if self._lists_in_part(caller) else []
        without_ids = [name for name in self.names if name.kind != UNIQUE_ID]
        if exempted(self.names, caller) is not exempted(without_ids, caller):
            rules.append("PRN-5")
        if caller.kind == kinds.SESSION and caller.path is None and not has_unknown_path(caller):
            roles = [name.name for name in self.names if name.kind == kinds.ROLE and name.account == caller.account]
            rules.extend(["PRN-7"] if caller.name in roles and not lists_by_id(self.names, caller) else [])
        return tuple(rules)

    def _lists_in_part(self, caller: Principal) -> bool:
        """Whether a list of NotPrincipal has some, but not all, of the names of the caller, or may have them."""
        if partly_listed((*self.names, *self._same_names(caller)), caller):
            return True
        return bool(self._open_entries(caller)) and partly_listed((*self.names, *self._possible_names(caller)), caller)

    def _exempts_only_with_everybody(self, caller: Principal) -> bool:
        """Whether a list of NotPrincipal has an entry for everybody, and does not name the caller besides."""
        others = [name for name in self.names if name.kind not in NAMES_OF_EVERYBODY]
        return len(others) < len(self.names) and not exempted(others, caller)

    def grant_otherwise(self, view: View, rule: str) -> Grant:
        """How strongly the statement surely names the caller by the other reading of an assumed rule of names."""
        denies, caller = not self.grants, view.principal
        names = [*self.names, *self._same_names(caller)]
        if rule == "PRN-4" and caller.name_in_template is not None:
            from execpolicy.language.unknown_principal import possible_names

            names += [name for entry in self.entries for name in possible_names(entry, caller, ignores_case=True)]
        return max((grant_otherwise(name, caller, rule, denies=denies) for name in names), default=Grant.NONE)

    def grant(self, view: View) -> tuple[Grant, Grant]:
        """How strongly the statement names the caller, surely and possibly: by its strongest entry."""
        caller, denies = view.principal, not self.grants
        names = self.names
        if caller.name_in_template is not None:
            names = (*names, *self._same_names(caller))
        grants = [grant_of(name, caller, denies=denies) for name in names]
        surely = max((sure for sure, _ in grants), default=Grant.NONE)
        if self._open_entries(caller):
            grants += [grant_of(name, caller, denies=denies) for name in self._possible_names(caller)]
        return surely, max((possible for _, possible in grants), default=Grant.NONE)
