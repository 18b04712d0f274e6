"""Assumptions about what is not known where a condition depends on it (SRC-5): a file is read once for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.document.syntax.wording import listed
from execpolicy.errors import UsageError
from execpolicy.loaders.cloudformation.values.pseudo_parameters import Deployment

#: The most assumptions under which a file is read, and the most that are tried for given conditions.
MAX_CHOICES: Final = 64
_MAX_TRIED: Final = 1024
#: Where a template is deployed if the region is not given, and is none of those that conditions compare it with.
_REGIONS: Final = ("us-east-1", "eu-west-1", "us-west-2", "eu-central-1", "ap-southeast-2")
_REGION_OF_PARTITION: Final = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_OTHER_ACCOUNTS: Final = ("123456789012", "210987654321")


class Choices:
    """The assumptions of one reading: the planned ones first, then that each new one is true.

    Attributes:
        deployment: where the template is deployed.
        made: what was decided so far: the name of the unknown value, and what is assumed.
        compared: the values that conditions compare the region, the account and so on with, by name.
        excluded: whether the reading is none, because a condition has another truth in it than the given one.
    """

    def __init__(self, deployment: Deployment, planned: tuple[bool, ...] = ()) -> None:
        self.deployment = deployment
        self.made: list[tuple[str, bool]] = []
        self.compared: dict[str, set[str]] = {}
        self.excluded = False
        self._planned = planned
        self._decided: dict[tuple[str, str], bool] = {}
        self._values: dict[str, str] = {}
        self._excluded: dict[str, set[str]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what the reading depends on."""
        return tuple(dict.fromkeys((*(name for name, _ in self.made), *self.compared)))

    def assumed(self, name: str) -> tuple[object, ...]:
        """What is assumed of an unknown value, to compare it with other readings."""
        place = (self.deployment.region, self.deployment.account) if name in self.compared else ()
        return (*(taken for each, taken in self.made if each == name), *place)

    def value(self, name: str) -> str | None:
        """The value that is assumed of an unknown value; None if none is."""
        return self._values.get(name)

    def decided(self, name: str, value: str, allowed: tuple[str, ...]) -> bool | None:
        """Whether an unknown value is equal to another one; None if that is still to be assumed."""
        if name in self._values:
            return self._values[name] == value
        excluded = self._excluded.get(name, ())
        if value in excluded or (allowed and value not in allowed):
            return False
        return True if [each for each in allowed if each not in excluded] == [value] else None

    def decide(self, name: str, value: str, allowed: tuple[str, ...]) -> None:
        """Assume that an unknown value is equal to another one, or that it is not."""
        is_equal = self._next(name)
        if is_equal:
            self._values[name] = value
            return
        excluded = self._excluded.setdefault(name, set())
        excluded.add(value)
        left = [each for each in allowed if each not in excluded]
        if len(left) == 1:
            self._values[name] = left[0]

    def free(self, name: str) -> bool | None:
        """What is assumed of a statement about unknown values, such as that two are equal; None if nothing yet."""
        return self._decided.get((name, ""))

    def decide_free(self, name: str) -> None:
        """Assume that a statement about unknown values is true, or that it is not."""
        self._decided[name, ""] = self._next(name)

    def _next(self, name: str) -> bool:
        at = len(self.made)
        taken = self._planned[at] if at < len(self._planned) else True
        self.made.append((name, taken))
        return taken

    def following(self) -> Iterator[tuple[bool, ...]]:
        """The plans of further readings: those that differ in an assumption that this reading did not plan."""
        taken = tuple(value for _, value in self.made)
        for at in range(len(self._planned), len(taken)):
            yield (*taken[:at], False)


def each_reading(deployment: Deployment) -> Iterator[Choices]:
    """The assumptions of each reading; the reader decides with them before it takes the next ones.

    Raises:
        UsageError: there are more than ``MAX_CHOICES``.
    """
    waiting: list[tuple[Deployment, tuple[bool, ...]]] = [(deployment, ())]
    deployments = [deployment]
    names: dict[str, None] = {}
    compared: dict[str, set[str]] = {}
    read = tried = 0
    while waiting:
        if read == MAX_CHOICES or tried == _MAX_TRIED:
            message = f"the conditions of the template have more than {MAX_CHOICES} combinations of unknown values"
            advice = "give values with --parameter or parameters=, or conditions with --condition or conditions="
            raise UsageError(f"{message}: those of {listed([*names], 'and')}", advice=advice)
        choices = Choices(*waiting.pop())
        yield choices
        tried += 1
        read += not choices.excluded
        names.update(dict.fromkeys(choices.names))
        waiting.extend((choices.deployment, plan) for plan in choices.following())
        for name, values in choices.compared.items():
            compared.setdefault(name, set()).update(values)
        for other in _deployments(deployment, compared):
            if other not in deployments:
                deployments.append(other)
                waiting.append((other, ()))


def _deployments(first: Deployment, compared: dict[str, set[str]]) -> Iterator[Deployment]:
    """Every place of deployment that conditions can tell from another one."""
    regions, accounts = {first.region}, {first.account}
    if not first.region_is_given:
        named = compared.get("the region", set())
        regions |= named
        partitions = compared.get("the partition", set())
        regions |= {region for partition, region in _REGION_OF_PARTITION.items() if partition in partitions}
        if "the URL suffix" in compared:
            regions.add("cn-north-1")
        if first.region in named:
            regions |= {next((each for each in _REGIONS if each not in named), "ca-central-1")}
    if not first.account_is_given:
        named = compared.get("the account", set())
        accounts |= named
        if first.account in named:
            accounts |= {each for each in _OTHER_ACCOUNTS if each not in named}
    for region in sorted(regions):
        for account in sorted(accounts):
            yield first._replace(region=region, account=account)
