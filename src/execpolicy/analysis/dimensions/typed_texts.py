"""The texts that a key of a type may have: a pattern that all of them match, and few others."""

from __future__ import annotations

import string

from execpolicy.analysis.values.characters import DIGITS, one_of
from execpolicy.analysis.values.text_pattern import either, glob_pattern, literal, repeated, sequence, single
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

_SIGN = either([literal(""), single(one_of("+-"))])
_WHOLE = either([literal("0"), sequence(single(one_of("123456789")), repeated(DIGITS))])
_FRACTION = either([literal(""), sequence(_DOT, _NUMBER)])
_EXPONENTS = (sequence(single(one_of("eE")), _SIGN, single(DIGITS, count)) for count in (1, 2, 3))
#: Numbers as they are read (CND-8).
NUMBER_TEXTS = sequence(_SIGN, _WHOLE, _FRACTION, either([literal(""), *_EXPONENTS]))
NOT_READ_IN_NUMBERS = ("IpAddress", "Bool")

#: By key, the texts of keys whose type is text. The owner of a resource is an account, or AWS itself (KEY-3).
TEXTS_OF_KEYS = {"aws:resourceaccount": either([single(DIGITS, 12), literal("aws")])}
