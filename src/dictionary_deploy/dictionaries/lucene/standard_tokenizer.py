"""Lucene's standard tokenizer: the word breaks of Unicode (UAX #29), with its deviations.

Lucene 8 has the characters of Unicode 9, later versions those of Unicode 12.1.
"""

from __future__ import annotations

import re
from bisect import bisect
from functools import cached_property, lru_cache

from dictionary_deploy.dictionaries.engines import Unicode
from dictionary_deploy.dictionaries.lucene.lines import LAST_OF_ONE_UNIT

# Classes of characters. A: letter, H: Hebrew letter, N: digit, K: katakana, I: ideograph or hiragana,
# T: letter of South East Asia, P: emoji, W: emoji that takes a skin tone, F: skin tone, O: letter and emoji,
# R: half a flag, C: sign of a keycap, Y: its frame, G: tag, J: end of tags.
# E extends the character before it, S too, in South East Asia. V makes it an emoji, t a text character.
# Z joins it to the next. U connects. L can stand between letters, M between digits, B and Q between either,
# D between Hebrew letters. X: not part of a word.

LAST_OF_ASCII = "\x7f"


class _Grammar(dict[int, int]):
    """The tokenizer's rules for one version of Unicode, and a cache of classes for `str.translate`."""

    def __init__(self, unicode: Unicode) -> None:
        # Imported for the standard tokenizer alone.
        from dictionary_deploy.dictionaries.lucene.word_breaks import CLASSES  # noqa: PLC0415

        listed = CLASSES[unicode]
        self._ranges = sorted((*_range(each), name) for name in listed for each in listed[name].split())
        # Since Unicode 11, skin tones extend any character.
        self._joined = f"ESVYZGJt{'F' if unicode == '12.1.0' else ''}"

    def __missing__(self, code: int) -> int:
        place = bisect(self._ranges, (code, 0x110000, "")) - 1
        is_listed = place >= 0 and code <= self._ranges[place][1]
        self[code] = ord(self._ranges[place][2] if is_listed else "X")
        return self[code]

    @cached_property
    def word(self) -> re.Pattern[str]:
        """Matches the classes of a word. The alternatives are in order of length."""
        joined = f"[{self._joined}]*+"
        connectors = f"(?:U{joined})*+"
        # A quotation mark stays with a Hebrew letter only if no other sign precedes that letter.
        signs = (
            f"(?:H{joined}Q{joined}"
            f"|H{joined}D{joined}H{joined}"
            f"|[AHO]{joined}(?:[LBQ]{joined}[AHO]{joined})*+"
            f"|N{joined}(?:[MBQ]{joined}N{joined})*+)"
        )
        run = f"(?:{signs}++|(?:K{joined})++)"
        extended = f"[{self._joined.translate({ord(sign): None for sign in 'Vt'})}]*+"
        emoji = f"(?:W{extended}F{extended}|[PWO]{extended}(?:V(?:Z++(?=[PWOF]))?+)?+|F{extended})"
        sequence = f"{emoji}(?:(?<=Z){emoji})*+"
        return re.compile(
            f"(?:O{extended}(?:VZ++)?+(?<=Z))++(?=[PWF]){sequence}"
            f"|{connectors}{run}(?:U{joined}{connectors}{run})*+{connectors}"
            f"|(?:[TS]{joined})++"
            f"|(?:Z++(?=[PWO]))?+(?:[PWO]{extended}VG++J|{sequence})"
            f"|C{extended.removesuffix('+')}V?Y{extended}"
            f"|R{joined}R{joined}"
            f"|I{joined}"
        )

    @cached_property
    def ascii_word(self) -> re.Pattern[str]:
        """Matches a word of an ASCII text: `word` without the classes that ASCII lacks."""
        letter, digit, connector = (self._ascii(name) for name in "ANU")
        letters = f"{letter}++(?:{self._ascii('LBQ')}{letter}++)*+"
        digits = f"{digit}++(?:{self._ascii('MBQ')}{digit}++)*+"
        run = f"(?:{letters}|{digits})++"
        return re.compile(f"{connector}*+{run}(?:{connector}++{run})*+{connector}*+")

    def _ascii(self, names: str) -> str:
        """Return a class of the ASCII characters of these classes."""
        found = (chr(code) for code in range(ord(LAST_OF_ASCII) + 1) if chr(self[code]) in names)
        return f"[{re.escape(''.join(found))}]"

    @cached_property
    def beyond_ascii(self) -> re.Pattern[str]:
        """Matches a character outside ASCII that may split a term, or is not part of a word."""
        letters = "".join(
            f"{chr(first)}-{chr(last)}"
            for first, last, name in self._ranges
            if name in "AHN" and LAST_OF_ASCII < chr(last) <= LAST_OF_ONE_UNIT
        )
        return re.compile(f"[^\0-{LAST_OF_ASCII}{letters}]")

    @cached_property
    def term_without_a_letter(self) -> re.Pattern[str]:
        """Matches a term of a rule without a character that is always in a token."""
        letters = "".join(
            f"{chr(first)}-{chr(last)}" for first, last, name in self._ranges if name in "AHNKIT"
        )
        return re.compile(f"(?:^|,|=>)(?:(?!=>)[^,{letters}])*+(?:,|=>|$)")

    @cached_property
    def connector_run(self) -> re.Pattern[str]:
        """Matches the classes of connectors."""
        return re.compile(f"(?:U[{self._joined}]*+)++")


@lru_cache
def _grammar(unicode: Unicode) -> _Grammar:
    return _Grammar(unicode)


def not_in_plain_words(unicode: Unicode) -> re.Pattern[str]:
    """Return a pattern of the characters outside ASCII that not every word may have, at any place.

    Others are letters and digits, of which the tokenizer makes one token.
    """
    return _grammar(unicode).beyond_ascii


def term_without_a_letter(unicode: Unicode) -> re.Pattern[str]:
    """Return a pattern that a rule matches if the tokenizer may remove one of its terms completely."""
    return _grammar(unicode).term_without_a_letter


def _range(listed: str) -> tuple[int, int]:
    first, _, last = listed.partition("-")
    return int(first, 16), int(last or first, 16)


MAX_TOKEN_UNITS = 255
"""UTF-16 units of a token. The tokenizer then starts a new one."""
_BEGINNING = re.compile("[AHNUKTSPWOFRICZ]")


def words(text: str, unicode: Unicode = "12.1.0") -> list[str]:
    """Return the words of a text, in order."""
    grammar = _grammar(unicode)
    if text.isascii() and len(text) <= MAX_TOKEN_UNITS:
        return grammar.ascii_word.findall(text)
    classes = text.translate(grammar)
    if len(text) <= MAX_TOKEN_UNITS // 2:
        return [text[match.start() : match.end()] for match in grammar.word.finditer(classes)]
    found, place = [], 0
    while beginning := _BEGINNING.search(classes, place):
        start = beginning.start()
        match = grammar.word.match(classes, start, _reach(text, start))
        if match:
            place = match.end()
            found.append(text[start:place])
        else:
            # Skip at once connectors that are too far from the next word.
            run = grammar.connector_run.match(classes, start)
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
