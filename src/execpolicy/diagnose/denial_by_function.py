"""The meaning of the message for a call that the output of a Lambda authorizer denies (MSG-2)."""

from __future__ import annotations

import re

from execpolicy.diagnose.diagnosis import Diagnosis, Gate
from execpolicy.diagnose.message_end import parse_message_end
from execpolicy.diagnose.pasted_text import PastedText, without_secrets
from execpolicy.document.action_name import INVOKE
from execpolicy.engine.layers import Layer
from execpolicy.gateway.model.names import ApiType

_SUMMARIES = {
    True: "The Lambda authorizer's policy denies the call",
    False: "The Lambda authorizer's policy does not allow the call",
    None: "The Lambda authorizer's policy refuses the call; how, the message says in words that are not known here",
}
_PROVED = {
    True: "a Deny statement of the policy that the function returned applies to the call",
    False: "no statement of the policy that the function returned allows the call, and no resource policy does",
    None: "the policy that the function returned refuses the call",
}


def diagnose_denial_by_function(message: str, sentence: re.Match[str], pasted: PastedText) -> Diagnosis:
    """A denial by the policy of a Lambda authorizer, whose message names neither caller nor resource.

    Args:
        message: the text with the sentence.
        sentence: the beginning of the sentence.
        pasted: the pasted text around it.
    """
    end = parse_message_end(message, sentence.end())
    explicit = False if end.is_missing else end.explicit
    stop = None if end.unread else sentence.end() + len(end.text)
    return Diagnosis(
        message=without_secrets(" ".join(message[sentence.start() : stop].split())),
        summary=_SUMMARIES[explicit],
        gates=(Gate.AUTHORIZER,),
        layers=(Layer.AUTHORIZER,),
        policy_type=end.policy_type,
        explicit=explicit,
        unread=without_secrets(end.unread),
        action=INVOKE,
        api_type=pasted.api_type or ApiType.REST,
        status=pasted.status or 403,
        response_type="ACCESS_DENIED",
        proves=(
            _PROVED[explicit],
            "the output of the function, or of the cache, is valid: invalid output leads to 500, Unauthorized to 401",
            "it is not a Deny of the resource policy: that would name the caller as anonymous",
        ),
        leaves_open=(
            *(("whether a Deny applies or an Allow is missing",) if explicit is None else ()),
            "whether the policy was returned for this call or comes from the cache",
            "the resource: the message does not name it",
        ),
        check_next=(
            "the cache: a policy that names the ARN of one call denies every other until it expires (300 seconds "
            "unless set); return …:API/STAGE/* and the like, or set the time to 0 and try again",
            "the policy that the function returned: its Resource and the ARN of the method with the path as it was "
            "sent",
            *(() if explicit is False else ("what makes the function deny, in its log",)),
            *(() if explicit else ("Effect and Action: spelled as in IAM",)),
        ),
        rules=("MSG-2", "AUT-5", "GW-14", "AUT-2"),
    )
