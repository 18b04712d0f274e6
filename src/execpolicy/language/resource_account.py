"""The actions whose requests lack the account and the organization of the resource (KEY-3)."""

from __future__ import annotations

from execpolicy.language.request_details import RequestDetails

#: In lower case.
_ACTIONS = frozenset(
    {
        "auditmanager:updateassessmentframeworkshare",
        "detective:acceptinvitation",
        "ds:acceptshareddirectory",
        "ec2:accepttransitgatewaypeeringattachment",
        "ec2:acceptvpcendpointconnections",
        "ec2:acceptvpcpeeringconnection",
        "ec2:createtransitgatewaypeeringattachment",
        "ec2:createvpcendpoint",
        "ec2:createvpcpeeringconnection",
        "es:acceptinboundconnection",
        "guardduty:acceptadministratorinvitation",
        "macie2:acceptinvitation",
        "route53:associatevpcwithhostedzone",
        "route53:createvpcassociationauthorization",
        "securityhub:acceptadministratorinvitation",
    }
)
_SERVICE, _PUT_EVENTS = "ebs:", "events:putevents"


def lacks_account(request: RequestDetails) -> bool:
    """Whether no request for the action has aws:ResourceAccount, aws:ResourceOrgID and aws:ResourceOrgPaths."""
    action = request.action.lower()
    return action in _ACTIONS or action.startswith(_SERVICE)


def may_lack_account(request: RequestDetails) -> bool:
    """Whether a request may lack them: events:PutEvents between accounts, for targets older than the keys."""
    return request.action.lower() == _PUT_EVENTS and not in_own_account(request)


def in_own_account(request: RequestDetails) -> bool:
    """Whether caller and resource have one account, and so one organization."""
    return bool(request.account) and request.principal.account == request.account
