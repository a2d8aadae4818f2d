"""Clean text out of dirty cells: spaces, broken encodings, names, matching keys."""

import re
import unicodedata

# bytes that Windows-1252 leaves undefined and that mojibake keeps as control characters
_UNDEFINED_1252 = "\x81\x8d\x8f\x90\x9d"
_MOJIBAKE_MARK = re.compile("[ÃÂâÅÄ]")
_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff]")
_LEGAL_FORMS = frozenset(
    "sa sas sasu sarl eurl sci snc scop selarl gie ste societe ets ltd inc gmbh".split()
)


def repair_mojibake(text: str) -> str:
    """Undo UTF-8 that was once read as Windows-1252.

    >>> repair_mojibake("CÅ’UR"), repair_mojibake("JOÃO")
    ('CŒUR', 'JOÃO')
    """
    if not _MOJIBAKE_MARK.search(text):
        return text
    try:
        raw = b"".join(
            char.encode("latin-1" if char in _UNDEFINED_1252 else "cp1252")
            for char in text
        )
        return raw.decode("utf-8")
    except UnicodeError:
        return text


def clean_text(value: object) -> str:
    """One line of text without stray spaces, controls or broken accents.

    >>> clean_text("  Zoe\u0308\u00a0 ")
    'Zoë'
    """
    return _SPACES.sub(" ", clean_lines(value)).strip()


def clean_lines(value: object) -> str:
    """The same as clean_text, but line breaks stay: for notes.

    >>> clean_lines("Demande de devis \\r\\nurgent ")
    'Demande de devis\\nurgent'
    """
    text = "" if value is None else str(value)
    text = repair_mojibake(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROLS.sub("", unicodedata.normalize("NFC", text))
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def unaccent(text: str) -> str:
    """Lower case without accents or ligatures.

    >>> unaccent("CŒUR Élodie")
    'coeur elodie'
    """
    folded = text.casefold().replace("œ", "oe").replace("æ", "ae")
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def header_key(header: object) -> str:
    """What two spellings of a column's header have in common.

    >>> header_key("Budget (€)") == header_key("BUDGET"), header_key("N° E-Mail")
    (True, 'nemail')
    """
    return re.sub(r"[^a-z0-9]", "", unaccent(clean_text(header).replace("°", "")))


def name_key(name: str) -> str:
    """What two spellings of a name have in common: letters and digits, in order.

    >>> name_key("D’AUBIGNÉ Zoë"), name_key("d'Aubigné zoe")
    ('d aubigne zoe', 'd aubigne zoe')
    """
    return " ".join(re.findall(r"[a-z0-9]+", unaccent(name)))


def company_key(name: str) -> str:
    """The same, less the legal form at either end.

    >>> company_key("S.A.R.L. Vinouze"), company_key("VINOUZE SARL")
    ('vinouze', 'vinouze')
    """
    words = name_key(re.sub(r"\b(\w)\.(?=\w\b)", r"\1", name)).split()
    kept = list(words)
    while kept and kept[0] in _LEGAL_FORMS:
        kept = kept[1:]
    while kept and kept[-1] in _LEGAL_FORMS:
        kept = kept[:-1]
    return " ".join(kept or words)


def person_name(value: object) -> str:
    """A name with its capitals; one that already mixes cases is left as it is.

    >>> person_name("LE GOFF"), person_name("SAINT-PÈRE"), person_name("O'BRIEN")
    ('Le Goff', 'Saint-Père', "O'Brien")
    >>> person_name("D’AUBIGNÉ"), person_name("GUIVARC'H"), person_name("McDonald")
    ('D’Aubigné', "Guivarc'h", 'McDonald')
    """
    text = clean_text(value)
    if text != text.upper() and text != text.lower():
        return text
    return re.sub(r"[^\s\-]+", lambda word: _capitalise(word[0]), text)


def _capitalise(word: str) -> str:
    """Capitalise a word; a one-letter prefix (O', D', L') keeps a capital after it.

    C'h is one letter in Breton, hence its exception.
    """
    word = word.lower()
    prefixed = re.fullmatch(r"(\w)(['’])(\w.*)", word)
    if prefixed and not (prefixed[1] == "c" and prefixed[3].startswith("h")):
        return prefixed[1].upper() + prefixed[2] + _title(prefixed[3])
    return _title(word)


def _title(word: str) -> str:
    return word[:1].upper() + word[1:]
