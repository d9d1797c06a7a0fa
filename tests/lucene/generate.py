"""Generate small files that are difficult to parse, equal for equal seeds; and shrink a failing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from dictionary_deploy.dictionaries.word_delimiter_types import TYPES

ODD = (
    *" \t,;|#'\"&+-_.:/=>()<>~^*",
    *("  ", " ,", ", ", ",,", "=>", " => ", "=> ", " =>", "==>", "->", "\\", "\\\\", "\\,", "\\=>", "\\#"),
    *("\\u0041", "\\u+0e9", "\\ud83d\\ude00", "\\ud83d", "\\u00", "\\uzzzz", "\\t", "\\n", "\\x", "\\ "),
    # Control, space and invisible characters that Java's trim, isWhitespace and \s distinguish.
    *("\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x1c", "\x1f", "\x7f", "\x85", "\xa0", "\xad"),
    *(
        "\u1680",
        "\u180e",
        "\u2000",
        "\u2007",
        "\u200b",
        "\u200d",
        "\u2028",
        "\u2029",
        "\u202f",
        "\u3000",
        "\ufeff",
    ),
    *("\u0301", "e\u0301", "é", "É", "ß", "ẞ", "İ", "ı", "ſ", "Σ", "ΑΣ", "ﬁ", "Ａ", "１", "Ǆ", "ǅ"),
    *(
        "😀",
        "👨\u200d👩\u200d👧",
        "🇩🇪",
        "❤\ufe0f",
        "𝔘",
        "𠀋",
        "𐐀",
        "1,000",
        "3.14",
        "c++",
        "don't",
        "l\u2019a",
        "wi-fi",
    ),
    *(
        "東京",
        "ひらがな",
        "カタカナ",
        "ー",
        "한국",
        "ไทย",
        "שלום",
        "سلام",
        "ｱ",
        "，",
        "、",
        "＝＞",
        "→",
        "＃",
    ),
)
WORDS = ("a", "b", "c", "ab", "A", "B", "the", "of", "new york", "state of the art", "foo", "bar", "x1")


def _choice(chance: Random, *texts: str) -> str:
    return chance.choice(texts)


def _words(chance: Random, most: int, divider: str = ", ") -> str:
    return divider.join(chance.choices(WORDS, k=chance.randint(1, most)))


def _synonyms(chance: Random) -> str:
    return f"{_words(chance, 3)} => {_words(chance, 3)}" if chance.random() < 0.4 else _words(chance, 4)


def _wordnet(chance: Random) -> str:
    number = chance.choice((100000001, 100000002, 100000003))
    return f"s({number},{chance.randint(1, 3)},'{_choice(chance, *WORDS)}',n,1,0)."


def _stemmer_override(chance: Random) -> str:
    return f"{_words(chance, 3)} => {_choice(chance, *WORDS)}"


def _types(chance: Random) -> str:
    character = _choice(chance, *"$%.#é", "\\u0023", "\\#", "\\\\", "\\u002C")
    return f"{character} => {_choice(chance, *TYPES)}"


def _mappings(chance: Random) -> str:
    return f"{_choice(chance, *WORDS, 'ph', 'é')} => {_choice(chance, *WORDS, 'f', '')}"


def _kuromoji(chance: Random) -> str:
    return _choice(
        chance,
        "東京タワー,東京 タワー,トウキョウ タワー,カスタム名詞",
        "関西国際空港,関西 国際 空港,カンサイ コクサイ クウコウ,カスタム名詞",
        "ab,a b,エー ビー,名詞",
        'a"b,a"b,エ,名詞',
        "朝青龍,朝青龍,アサショウリュウ,カスタム人名",
        "#comment",
        '"a,b","a,b",エ,名詞',
    )


def _nori(chance: Random) -> str:
    return _choice(
        chance, "세종시 세종 시", "c++", "대한민국날씨 대한민국 날씨", "한국", "ab a b", "세종시", "#note"
    )


def _patterns(chance: Random) -> str:
    return _choice(
        chance,
        "",
        '<?xml version="1.0" encoding="utf-8"?>',
        '<!DOCTYPE hyphenation-info SYSTEM "hyphenation.dtd">',
        "<hyphenation-info/>",
        '<hyphen-char value="-"/>',
        '<hyphen-min before="2" after="2"/>',
        "<classes>aA bB cC</classes>",
        "<exceptions>foo-bar</exceptions>",
        "<patterns>a1b .ab3 2c3</patterns>",
        "&amp;",
        "&nope;",
        "<!-- note -->",
    )


def _word(chance: Random) -> str:
    return _choice(chance, *WORDS, "_english_", "# note", " # note", "a | note", "#tag")


LINES: Mapping[str, Callable[[Random], str]] = {
    "synonyms": _synonyms,
    "wordnet-synonyms": _wordnet,
    "stemmer-override": _stemmer_override,
    "word-delimiter-types": _types,
    "char-mappings": _mappings,
    "kuromoji-user-dictionary": _kuromoji,
    "nori-user-dictionary": _nori,
    "hyphenation-patterns": _patterns,
}


def odd_text(chance: Random, most: int = 6) -> str:
    """Return odd pieces mixed with words."""
    return "".join(chance.choice((*ODD, *WORDS)) for _ in range(chance.randint(0, most)))


def line(chance: Random, kind: str) -> str:
    """Return a valid line, one with a random change, or an odd text."""
    if chance.random() < 0.2:
        return odd_text(chance)
    right = LINES.get(kind, _word)(chance)
    if chance.random() < 0.5:
        return right
    place = chance.randint(0, len(right))
    return right[:place] + chance.choice(ODD) + right[place + chance.randint(0, 1) :]


def file(chance: Random, kind: str) -> bytes:
    """Return a file of a few lines, sometimes without a last line end or with bytes that are not UTF-8."""
    lines = [line(chance, kind) for _ in range(chance.randint(1, 5))]
    if kind == "hyphenation-patterns" and chance.random() < 0.7:
        lines = ["<hyphenation-info>", *lines, "</hyphenation-info>"]
    end = chance.choices(("\n", "\r\n", "\r"), weights=(8, 1, 1))[0]
    data = (end.join(lines) + chance.choice((end, end, ""))).encode()
    if chance.random() < 0.02:
        place = chance.randint(0, len(data))
        data = data[:place] + chance.choice((b"\xff", b"\xe3\x81", b"\xed\xa0\x80")) + data[place:]
    return data


def smallest(data: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """Return the smallest failing file: remove lines, then characters, while it still fails."""
    for parts in (_lines_of, _characters_of):
        pieces = parts(data)
        while (fewer := _one_less(pieces, fails)) is not None:
            pieces = fewer
        data = b"".join(pieces)
    return data


def _one_less(pieces: Sequence[bytes], fails: Callable[[bytes], bool]) -> Sequence[bytes] | None:
    fewer = ([*pieces[:place], *pieces[place + 1 :]] for place in range(len(pieces)))
    return next((each for each in fewer if fails(b"".join(each))), None)


def _lines_of(data: bytes) -> Sequence[bytes]:
    return data.splitlines(keepends=True)


def _characters_of(data: bytes) -> Sequence[bytes]:
    try:
        return [character.encode() for character in data.decode()]
    except UnicodeDecodeError:
        return [bytes([each]) for each in data]
