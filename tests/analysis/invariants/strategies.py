"""Hypothesis strategies of invariants."""

from __future__ import annotations

from hypothesis import strategies as st

from execpolicy.analysis.invariants.call_pattern import METHODS, CallPattern
from execpolicy.analysis.invariants.call_source import CallSource
from execpolicy.analysis.invariants.caller_set import CallerPattern, CallerSet
from execpolicy.analysis.invariants.invariant import Invariant
from execpolicy.analysis.invariants.key_test import KeyRelation, KeyTest

ACCOUNTS = st.sampled_from(["111122223333", "444455556666"])
NAMES = st.text("ab1_+=.@-", min_size=1, max_size=5)
#: A segment with any character that is allowed in one.
SEGMENTS = st.sampled_from(["*", "**"]) | st.text("abé,\"()=.;$:@!&'~|", min_size=1, max_size=4).filter(
    lambda text: text not in (".", "..")
)
PATHS = st.lists(SEGMENTS, max_size=4).map(lambda parts: "/" + "/".join(parts))
CALLS = st.builds(CallPattern, PATHS, methods=st.lists(st.sampled_from([*METHODS, "ANY"]), max_size=3)) | st.just(
    CallPattern("$connect")
)
CALLERS = st.one_of(
    st.sampled_from(["anonymous", "this account", "accounts inside o-a1", "service events.amazonaws.com"]),
    st.builds("{}/{}".format, st.sampled_from(["role", "user", "role/x", "user/x/y"]), NAMES),
    st.builds("role/{} of {}".format, NAMES, ACCOUNTS),
    st.builds("account {}".format, ACCOUNTS),
    st.builds("arn:aws:iam::{}:{}/{}".format, ACCOUNTS, st.sampled_from(["role", "user", "role/x", "user/x/y"]), NAMES),
    st.builds("arn:aws-cn:iam::{}:root".format, ACCOUNTS),
    st.builds("arn:aws:sts::{}:assumed-role/{}/{}".format, ACCOUNTS, NAMES, NAMES),
    st.builds("arn:aws:sts::{}:federated-user/{}".format, ACCOUNTS, NAMES),
).map(CallerPattern)
CALLER_SETS = st.builds(CallerSet, st.lists(CALLERS, max_size=3), all_except=st.just(True)) | st.builds(
    CallerSet, st.lists(CALLERS, min_size=1, max_size=3)
)
SOURCES = st.sampled_from(
    ["10.0.0.0/8", "198.51.100.7", "0.0.0.0/0", "2001:db8::/32", "::1", "vpce-1", "vpce-0aB", "vpc-2"]
).map(CallSource)
KEYS = st.sampled_from(["aws:userid", "AWS:PrincipalOrgId", "saml:aud", "id.example.com:sub"]) | st.text(
    'ab ="(),!é\n', min_size=1, max_size=4
).map(lambda tag: f"aws:PrincipalTag/{tag}")
VALUES = st.sampled_from(["in", "and", "unless", "*", "a?", ""]) | st.text('ab ="(),!é\n/:', max_size=4)
KEY_TESTS = st.one_of(
    st.builds(KeyTest, KEYS, st.sampled_from(["in", "not in"]), st.lists(VALUES, min_size=1, max_size=3)),
    st.builds(KeyTest, KEYS, st.sampled_from([KeyRelation.ABSENT, KeyRelation.PRESENT])),
    st.builds(KeyTest, st.just("aws:SourceIp"), st.just("in"), st.sampled_from(["10.0.0.0/8", "::1"])),
    st.builds(KeyTest, st.just("aws:SecureTransport"), st.just("not in"), st.sampled_from(["true", "false"])),
)
STAGES = st.sampled_from(["prod", "$default", "on", "when", "a-b_1"])
INVARIANTS = st.builds(
    Invariant,
    st.sampled_from(["none", "every"]),
    callers=CALLER_SETS | st.none(),
    calls=st.lists(CALLS, min_size=1, max_size=3),
    stages=st.lists(STAGES, max_size=2),
    sources=st.lists(SOURCES, max_size=3),
    when=st.lists(KEY_TESTS, max_size=2),
    unless_sources=st.lists(SOURCES, max_size=3),
    unless_when=st.lists(KEY_TESTS, max_size=2),
)
