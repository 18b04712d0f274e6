"""What a clause sees of a request: the principal as one layer knows it, and the key_values about the call."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.language.key_values import KeyValues

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.language.arn import Arn
    from execpolicy.language.principal import Principal
    from execpolicy.language.request_details import ContextValues


class Setting:
    """What requests have in common that differ in nothing but the resource, and what was found out about them.

    ``known`` keeps values by key, ``truths`` what conditions and chains of them came to; both hold for every resource.
    """

    __slots__ = ("action", "has_boundary", "known", "principal", "truths")

    def __init__(self, principal: Principal, action: str, *, has_boundary: bool) -> None:
        self.principal = principal
        self.action = action
        self.has_boundary = has_boundary
        self.known: dict[str, ContextValues] = {}
        self.truths: dict[Any, Any] = {}


class View:
    """A request as one layer sees it: a caller who is anonymous to one layer is himself to another."""

    __slots__ = ("_setting", "action", "has_boundary", "key_values", "principal", "resource", "values")

    def __init__(self, key_values: KeyValues, *, has_boundary: bool, setting: Setting | None = None) -> None:
        self.key_values = key_values
        self.principal: Principal = key_values.principal
        self.resource = key_values.resource
        #: In lower case: its case does not count (ACT-1).
        self.action = key_values.action.lower()
        #: PRN-6: NotPrincipal never spares a caller that has one.
        self.has_boundary = has_boundary
        #: The values of a key by its lower-case name.
        self.values = key_values.values
        self._setting = setting

    def __reduce__(self) -> tuple[object, ...]:
        return _view, (self.key_values, self.has_boundary)

    @property
    def arn(self) -> Arn:
        """The ARN of the resource, field by field."""
        return self.key_values.arn

    def view(self) -> View:
        """Itself: what is asked for a view may be one already."""
        return self

    def setting(self) -> Setting:
        """What was found out of the request, to be asked by every layer that sees it so."""
        if self._setting is None:
            self._setting = Setting(self.principal, self.key_values.action, has_boundary=self.has_boundary)
        return self._setting

    def forgetting(self, key: str) -> View:
        """The same view, as if the values of one key were not known."""
        return View(self.key_values.with_unknown(key), has_boundary=self.has_boundary)


def _view(key_values: KeyValues, has_boundary: bool) -> View:
    return View(key_values, has_boundary=has_boundary)
