"""What two spellings of a job title have in common, in French and English."""

import re

from .normalise_text import name_key

_ACRONYM_DOT = re.compile(r"\b(\w)\.(?=\w\b|\s|$)")  # P.D.G.
_SMALL_WORDS = frozenset(
    "de du des la le les l d et en the of and for a au aux to pour".split()
    + ["e", "trice", "euse", "ere", "ne"]  # Directeur(trice), chargé·e
)
_EXPANSIONS = {
    "dir": "directeur",
    "dg": "directeur general",
    "dga": "directeur general adjoint",
    "pdg": "president directeur general",
    "daf": "directeur administratif financier",
    "dsi": "directeur systeme information",
    "drh": "directeur ressource humaine",
    "rh": "ressource humaine",
    "hr": "human resource",
    "si": "systeme information",
    "resp": "responsable",
    "asst": "assistant",
    "ass": "assistant",
    "adj": "adjoint",
    "vp": "vice president",
    "mgr": "manager",
    "raf": "responsable administratif financier",
    "rssi": "responsable securite systeme information",
}
# feminine endings and their masculine, longest first
_ENDINGS = (
    ("trice", "teur"),
    ("ienne", "ien"),
    ("euse", "eur"),
    ("eure", "eur"),
    ("iere", "ier"),
    ("ante", "ant"),
    ("ente", "ent"),
    ("elle", "el"),
    ("llere", "ller"),
    ("ive", "if"),
    ("ale", "al"),
    ("ee", "e"),
)
_NOT_FEMININE = frozenset(("vente", "sante", "employee", "trainee"))


def title_key(title: str) -> str:
    """Reduce a title to its words: no accent, gender, plural, small word, short form.

    >>> title_key("Directrice Générale"), title_key("Directeur(trice) général")
    ('directeur general', 'directeur general')
    >>> title_key("Resp. des ventes"), title_key("DG")
    ('responsable vente', 'directeur general')
    """
    words = []
    for word in name_key(_ACRONYM_DOT.sub(r"\1", title)).split():
        if word in _SMALL_WORDS:
            continue
        for part in _EXPANSIONS.get(word, _masculine(_singular(word))).split():
            if words[-1:] != [part]:
                words.append(part)
    return " ".join(words)


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word


def _masculine(word: str) -> str:
    if word in _NOT_FEMININE:
        return word
    for feminine, masculine in _ENDINGS:
        if word.endswith(feminine):
            return word[: -len(feminine)] + masculine
    return word


def best_prefix(key: str, known: frozenset[str]) -> str:
    """Find the longest known key with which a key begins, to propose it.

    >>> best_prefix("directeur commercial ouest", frozenset({"directeur commercial"}))
    'directeur commercial'
    """
    words = key.split()
    for length in range(len(words), 0, -1):
        candidate = " ".join(words[:length])
        if candidate in known:
            return candidate
    return ""
