"""The values of each condition key for a request: given, derived from the request itself, absent or unknown (KEY)."""

from __future__ import annotations

from execpolicy.language.context_keys import RESOURCE_KEYS
from execpolicy.language.derived_keys import derived
from execpolicy.language.key_presence import Carried, KeyTraits, carried, is_withheld, may_be_false, traits_of
from execpolicy.language.request_details import ABSENT, FALSE_OR_ABSENT, ContextValues, RequestDetails

#: A placeholder for a key that was not looked up before.
_NOT_FOUND: tuple[str, ...] = ("not found",)


class KeyValues(RequestDetails):
    """The values of condition keys for one request: what conditions and variables read."""

    __slots__ = ()

    def values(self, key: str) -> ContextValues:
        """The values of a key by its lower-case name."""
        found: ContextValues = self.known.get(key, _NOT_FOUND)
        if found is not _NOT_FOUND:
            return found
        traits = traits_of(key)
        found = self.context.given(key)
        if is_withheld(self, traits):
            found = ABSENT
        elif found is None:
            found = self._value_not_given(key, traits)
        if key not in RESOURCE_KEYS:
            self.known[key] = found
        return found

    def _value_not_given(self, key: str, traits: KeyTraits) -> ContextValues:
        is_derived, values = derived(self, key)
        if is_derived:
            return values
        how = carried(self, traits)
        if how is Carried.OPTIONALLY:
            if not self.context.complete:
                return None
            return FALSE_OR_ABSENT if may_be_false(self, key) else ABSENT
        return ABSENT if how is Carried.NEVER else None

    def withheld(self, key: str) -> bool:
        """Whether API Gateway does not supply the key here, whatever the client sends (GW-19, GW-22)."""
        return is_withheld(self, traits_of(key))

    def surely_present(self, key: str) -> bool:
        """Whether the request carries the key, though its value is not known."""
        return self.values(key) is None and carried(self, traits_of(key)) is Carried.SURELY

    def with_unknown(self, key: str) -> KeyValues:
        """The same request, as if the values of one key were not known."""
        return self.with_values({key: None})

    def with_values(self, values: dict[str, ContextValues]) -> KeyValues:
        """The same request with other values of some keys, by their lower-case names."""
        return KeyValues(
            self.principal,
            self.action,
            self._arn or self.resource,
            self.account,
            self.context,
            authenticated=self.authenticated,
            private=self.private,
            known=dict(values),
        )
