"""The texts that the context accepts for a key of a type: a pattern that all of them match, and few others."""

from __future__ import annotations

import string

from execpolicy.analysis.values.characters import DIGITS, one_of
from execpolicy.analysis.values.text_pattern import either, glob_pattern, literal, repeated, sequence
from execpolicy.language.glob import tokens_of

#: Six fields, the last of which is not empty.
ARN_TEXTS = glob_pattern(tokens_of("arn:*:*:*:*:?*"))
#: The families of operators that read no value in an ARN.
NOT_READ_IN_ARNS = ("Numeric", "Date", "Bool", "Binary", "IpAddress")

_NUMBER, _DOT, _COLON = repeated(DIGITS, at_least=1), literal("."), literal(":")
_HEX = repeated(one_of(string.hexdigits))
_IPV4 = sequence(_NUMBER, _DOT, _NUMBER, _DOT, _NUMBER, _DOT, _NUMBER)
_IPV6 = sequence(_HEX, _COLON, _HEX, _COLON, repeated(one_of(f"{string.hexdigits}:.")))
#: Addresses of both versions; their numbers may be too large here.
ADDRESS_TEXTS = either([_IPV4, _IPV6])
NOT_READ_IN_ADDRESSES = ("Numeric", "Date", "Bool", "Binary")

#: The characters of numbers, in any order.
NUMBER_TEXTS = repeated(one_of(f"{string.digits}+-.eE"), at_least=1)
NOT_READ_IN_NUMBERS = ("IpAddress", "Bool")
