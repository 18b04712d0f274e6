"""Notes on a call to an API of a template: the placeholders and the unknown values on which its answer rests."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.cli.check.notes import is_given_by_option
from execpolicy.cli.template import GivenApi
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.caller import Caller
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.gateway.model.variants import Variants, values_of
from execpolicy.loaders.placeholders import placeholders_of

_OPTIONS = {"account": "--account", "region": "--region", "api_id": "--api-id"}
_WORDS = {"account": "the account", "region": "the region", "api_id": "the id of the API"}


def notes_on_template(
    given: GivenApi, caller: Caller | Variants[Caller] | None, response: GatewayResponse, endpoint: str
) -> Iterator[str]:
    """What an answer rests on: placeholders, and values that are not known and that no option gives.

    Args:
        given: the API that is called, with the options by which it was read.
        caller: who signed the call.
        response: the answer.
        endpoint: the placeholder for the VPC endpoint of the call; empty if there is none.
    """
    if response.outcome is CallOutcome.INDETERMINATE:
        yield from _notes_on_unknown_values(given, response)
    yield from _notes_on_placeholders(given, caller, str(response.explain().full()), endpoint)


def _notes_on_unknown_values(given: GivenApi, response: GatewayResponse) -> Iterator[str]:
    """Why values are not known, and how to give them."""
    from execpolicy.loaders.cloudformation.iam.built_policies import name_of_content

    reasons = {each.name: each.reason for each in given.file.unknowns}
    names = dict.fromkeys(name_of_content(value.name) for value in response.unknown_values)
    for name in names:
        if reasons.get(name) and not is_given_by_option(name):
            yield f"{name}: {reasons[name]}"


def _notes_on_placeholders(
    given: GivenApi, caller: Caller | Variants[Caller] | None, answer: str, endpoint: str
) -> Iterator[str]:
    """The placeholders that an answer mentions."""
    found = placeholders_of(given.name, given.api, given.file.kind, given.options)
    values = _values(given)
    used = [name for name in found if values[name] in answer]
    if used:
        words = [f"{_WORDS[name]} ({values[name]})" for name in used]
        are, give = ("is a placeholder", "gives") if len(used) == 1 else ("are placeholders", "give")
        yield f"{listed(words, 'and')} {are}: {listed([_OPTIONS[name] for name in used], 'and')} {give} the real one"
    if endpoint and endpoint in answer:
        yield f"the id of the VPC endpoint ({endpoint}) is a placeholder"
    account = next((each.principal.account for each in values_of(caller)), "")
    if "account" in found and account and account != given.api.account:
        yield (
            f"the caller is of the account {account}, and the placeholder for the API's account is another one: "
            "--account says whether they are the same"
        )


def stand_ins_of(given: GivenApi, endpoint: str) -> tuple[str, ...]:
    """The placeholders of an API and of the VPC endpoint of a call: texts that no policy should have.

    Args:
        given: the API that is called, with the options by which it was read.
        endpoint: the placeholder for the VPC endpoint of the call; empty if there is none.
    """
    values = _values(given)
    found = placeholders_of(given.name, given.api, given.file.kind, given.options)
    return (*(values[name] for name in found), *([endpoint] if endpoint else ()))


def _values(given: GivenApi) -> dict[str, str]:
    return {"account": given.api.account, "region": given.api.region, "api_id": given.api.id}
