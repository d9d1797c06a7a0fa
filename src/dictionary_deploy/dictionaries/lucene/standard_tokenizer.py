"""Lucene's standard tokenizer: the word breaks of Unicode (UAX #29), with its deviations.

Lucene 8 uses Unicode 9; newer scripts and symbols are treated here as similar older ones in newer versions.
Joined emoji are approximate, without the tokenizer's list.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect

from dictionary_deploy.dictionaries.lucene.lines import LAST_OF_ONE_UNIT

# Classes of characters. A: letter, H: Hebrew letter, N: digit, K: katakana, I: ideograph or hiragana,
# T: letter of South East Asia, P: emoji, F: skin tone, R: half a flag, C: sign of a keycap, Y: its frame.
# E extends the character before it, S too, in South East Asia. V makes it an emoji, Z joins it to the next.
# U connects. L can stand between letters, M between digits, B and Q between either, D between Hebrew letters.
# X: not part of a word.
_BY_CATEGORY = {
    **dict.fromkeys(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl"), "A"),
    **dict.fromkeys(("Mn", "Mc", "Me", "Cf"), "E"),
    "Nd": "N",
    "Pc": "U",
}
_RANGES = {
    "A": "5f3 66b 24b6-24e9 1f130-1f149 1f150-1f169 1f170-1f189",
    "B": "2e 2018-2019 2024 fe52 ff07 ff0e",
    "C": "23 2a",
    "D": "22",
    "E": "ff9e-ff9f 1cf2-1cf3",
    "F": "1f3fb-1f3ff",
    "H": "5d0-5ea 5f0-5f2 fb1d fb1f-fb28 fb2a-fb4f",
    "I": "2e80-2fd5 3007 3021-3029 3038-303a 3041-3096 309d-309f 3400-9fff f900-fad9 1b001 20000-323af",
    "K": "3031-3035 309b-309c 30a0-30fa 30fc-30ff 31f0-31ff 32d0-32fe 3300-3357 ff66-ff9d 1b000",
    "L": "3a b7 2d7 387 5f4 2027 fe13 fe55 ff1a",
    "M": "2c 3b 37e 589 60c-60d 66c 7f8 2044 fe10 fe14 fe50 fe54 ff0c ff1b",
    "P": "a9 ae 203c 2049 2122 2194-2199 21a9-21aa 231a-231b 2328 2388 23cf 23e9-23f3 23f8-23fa 25aa-25ab"
    " 25b6 25c0 25fb-25fe 2600-2605 2607-2612 2614-2685 2690-2705 2708-2712 2714 2716 271d 2721 2728"
    " 2733-2734 2744 2747 274c 274e 2753-2755 2757 2763-2767 2795-2797 27a1 27b0 27bf 2934-2935"
    " 2b05-2b07 2b1b-2b1c 2b50 2b55 3030 303d 3297 3299 1f000-1f0f5 1f10d-1f10f 1f12f 1f16c-1f16f"
    " 1f18e 1f191-1f19a 1f1ad 1f200-1f202 1f21a 1f22f 1f232-1f23a 1f250-1f3fa 1f400-1f53d 1f546-1f64f"
    " 1f680-1f6fc 1f7d5-1f7f0 1f8b0-1f8b1 1f90c-1f93a 1f93c-1f945 1f947-1faff",
    "Q": "27",
    "R": "1f1e6-1f1ff",
    "T": "e01-e3a e40-e4e e81-edf 1000-103f 1050-109f 1780-17d3 17d7 17dc-17dd 1950-19df 1a20-1a7c 1aa0-1aad"
    " a9e0-a9fe aa60-aadf 11700-1173f",
    "U": "202f",
    "V": "fe0f",
    "X": "200b 3006",
    "Y": "20e3",
    "Z": "200d",
}
"""Characters whose class differs from their category's."""


def _sorted_ranges() -> list[tuple[int, int, str]]:
    ranges = []
    for name, listed in _RANGES.items():
        for first, _, last in (each.partition("-") for each in listed.split()):
            ranges.append((int(first, 16), int(last or first, 16), name))
    return sorted(ranges)


class _Classes(dict[int, int]):
    """A cache of character classes for `str.translate`."""

    _ranges = _sorted_ranges()

    def __missing__(self, code: int) -> int:
        self[code] = ord(self._class_of(code))
        return self[code]

    def _class_of(self, code: int) -> str:
        category = unicodedata.category(chr(code))
        name = _BY_CATEGORY.get(category, "X")
        place = bisect(self._ranges, (code, 0x110000, "")) - 1
        if place >= 0 and code <= self._ranges[place][1]:
            special = self._ranges[place][2]
            if special != "T":
                return special
            return {"N": "N", "E": "S"}.get(name, "T")
        return name


_CLASSES = _Classes()

_JOINED = "[ESVYZ]*+"
_CONNECTORS = f"(?:U{_JOINED})*+"
# A letter or a digit, and a character that may follow it before another one.
_SIGN = (
    f"(?:H{_JOINED}(?:D{_JOINED}(?=H)|Q{_JOINED}|[LB]{_JOINED}(?=[AH]))?"
    f"|A{_JOINED}(?:[LBQ]{_JOINED}(?=[AH]))?"
    f"|N{_JOINED}(?:[MBQ]{_JOINED}(?=N))?)"
)
_RUN = f"(?:{_SIGN}++|(?:K{_JOINED})++)"
_EMOJI = f"(?:P?F[ESYZ]*+|P(?:V(?:Z(?=[PF]))?|{_JOINED}))"
_WORD = re.compile(
    f"{_CONNECTORS}{_RUN}(?:U{_JOINED}{_CONNECTORS}{_RUN})*+{_CONNECTORS}"
    f"|(?:[TS][EVYZ]*+)++"
    f"|Z?{_EMOJI}(?:(?<=Z){_EMOJI})*+"
    f"|C[ESVZ]*+Y{_JOINED}"
    f"|RR{_JOINED}"
    f"|I{_JOINED}"
)


MAX_TOKEN_UNITS = 255
"""UTF-16 units of a token. The tokenizer then starts a new one."""
_CONNECTED = re.compile(f"(?:U{_JOINED})++")
_BEGINNING = re.compile("[AHNUKTSPFRICZ]")


def words(text: str) -> list[str]:
    """Return the words of a text, in order."""
    classes = text.translate(_CLASSES)
    if len(text) <= MAX_TOKEN_UNITS // 2:
        return [text[match.start() : match.end()] for match in _WORD.finditer(classes)]
    found, place = [], 0
    while beginning := _BEGINNING.search(classes, place):
        start = beginning.start()
        match = _WORD.match(classes, start, _reach(text, start))
        if match:
            place = match.end()
            found.append(text[start:place])
        else:
            # Skip at once connectors that are too far from the next word.
            run = _CONNECTED.match(classes, start)
            place = max(start, run.end() - MAX_TOKEN_UNITS if run else 0) + 1
    return found


def _reach(text: str, start: int) -> int:
    """Return the last possible end of a token that starts at `start`, never within a character."""
    end = min(start + MAX_TOKEN_UNITS, len(text))
    units = len(text[start:end].encode("utf-16-le")) // 2
    while units > MAX_TOKEN_UNITS:
        end -= 1
        units -= 1 + (text[end] > LAST_OF_ONE_UNIT)
    return end
