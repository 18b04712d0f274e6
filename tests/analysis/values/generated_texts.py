"""Generated patterns and texts of few characters, so that many texts match."""

from __future__ import annotations

from hypothesis import strategies as st

from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD

#: Two letters with a lower case beyond ASCII are among them.
CHARACTERS = "abAK:/*\N{KELVIN SIGN}é"
TEXTS = st.text(CHARACTERS, max_size=8)
TOKENS = st.lists(
    st.one_of(st.text(CHARACTERS, min_size=1, max_size=3), st.sampled_from([ANY, ONE, ANY_IN_FIELD, ONE_IN_FIELD])),
    max_size=5,
).map(tuple)
