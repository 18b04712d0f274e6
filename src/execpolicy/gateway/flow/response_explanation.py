"""The explanation of a response, as text and for notebooks."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.frozen import Frozen
from execpolicy._base.outline import Outline, Outlined, OutlineLine
from execpolicy.engine.explain.answer_outline import AnswerWords
from execpolicy.gateway.flow.response_outline import CallResult, answer_lines, full_lines, one_line


class GatewayExplanation(Outlined, Frozen):
    """The explanation of a response: ``str()`` is the answer for people, ``full()`` has every gate and statement."""

    __slots__ = ("_result",)
    _result: CallResult

    def __init__(self, result: CallResult) -> None:
        self._set(_result=result)

    def _identity(self) -> tuple[CallResult]:
        return (self._result,)

    def with_words(self, words: AnswerWords) -> Outlined:
        """The answer; ``words`` names what the reader can do."""
        return Outline(lambda: answer_lines(self._result, words))

    def full(self) -> Outlined:
        """The explanation with every gate, and every statement of the policies that were evaluated.

        >>> from execpolicy import Api, Route
        >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
        ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
        >>> print(str(api.invoke("GET", "/orders").explain().full()).splitlines()[-1])
        5b. signature: refused: the call is not signed
        """
        return Outline(lambda: full_lines(self._result))

    def one_line(self) -> str:
        """The outcome in one line, as ``str()`` of the response."""
        return one_line(self._result)

    def _outline(self) -> Iterator[OutlineLine]:
        return answer_lines(self._result)
