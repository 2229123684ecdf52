"""JSON values of every kind, and texts that YAML can hold."""

from __future__ import annotations

from hypothesis import strategies as st

# The YAML library takes some characters for line breaks, as YAML 1.1 does, and refuses others.
TEXT = st.text(
    st.characters(
        exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"
    )
)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
