"""The members of ``requestContext`` as the variables of access logs, whose names they have (LOG-3)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.nodes import JsonObject
from execpolicy.loaders.access_log.call_of_variables import READ
from execpolicy.loaders.access_log.line import check_text
from execpolicy.loaders.access_log.log_format import LogVariable
from execpolicy.loaders.access_log.variables import kind_of_variable
from execpolicy.loaders.json_members import JsonMembers
from execpolicy.loaders.written_text import WrittenText

#: What the authorizer answered is no part of the call.
_NOT_READ = ("authorizer",)
#: The advice about a value that no call has.
AS_IT_CAME = "give the event as the function got it"


def variables_of_context(context: JsonMembers) -> dict[str, WrittenText | None]:
    """The variables that ``requestContext`` gives; None if one is null.

    Raises:
        RequestError: a value is of a wrong type, or none that its variable can have; with the place.
    """
    return dict(_variables(context, ""))


def _variables(members: JsonMembers, before: str) -> Iterator[tuple[str, WrittenText | None]]:
    for name in members.node.members:
        whole = f"{before}{name}"
        if whole in _NOT_READ:
            continue
        if isinstance(members.node_of(name), JsonObject):
            inner = members.object_of(name)
            assert inner is not None, "the member is an object"
            yield from _variables(inner, f"{whole}.")
            continue
        kind = kind_of_variable(whole)
        if kind is None:
            continue
        if whole not in READ and not whole.startswith("identity.clientCert."):
            continue
        value = members.scalar_of(name)
        if value is not None and not value.value:
            value = None
        if value is not None:
            check_text(LogVariable(whole, kind), value, AS_IT_CAME)
        yield whole, value
