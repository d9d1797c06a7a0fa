"""Text as strangers might write it: a corpus, and strategies that mix and mutate it."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

CORPUS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "data" / "hostile" / "values.json").read_text(encoding="utf-8")
)
VALUES = [value for values in CORPUS.values() for value in values]

texts = st.one_of(
    st.text(),
    st.text("`|<>@#$:.-_*[]()!~\\&+=/\n\t\r %\x1b\u2028 01aefwGH", max_size=30),
    st.lists(st.sampled_from(VALUES), min_size=1, max_size=4).map("".join),
    st.lists(st.sampled_from(VALUES), min_size=1, max_size=4).map(" ".join),
)
"""Any text, text rich in what means something to Markdown, GitHub or its runner, the corpus recombined."""
