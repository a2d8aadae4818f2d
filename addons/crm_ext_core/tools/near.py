"""Names that look alike: the pairs a person should look at."""

from collections import defaultdict
from functools import lru_cache
from itertools import combinations

from .normalise_text import name_key


def near_pairs(
    names: dict[int, str], threshold: float = 0.5
) -> list[tuple[int, int, float]]:
    """Find names that are close: the same but for accents or a plural, or alike.

    :param names: {id: name}
    :param threshold: share of common three-letter pieces from which names are alike
    :return: (lower id, higher id, likeness from 0 to 1), closest first

    >>> near_pairs({1: "Newsletter", 2: "Newsletters", 3: "Salon"})
    [(1, 2, 1.0)]
    """
    pieces = {id_: _pieces(_key(name)) for id_, name in names.items()}
    holders = defaultdict(list)
    for id_, own in pieces.items():
        for piece in own:
            holders[piece].append(id_)
    candidates = {
        pair for ids in holders.values() for pair in combinations(sorted(ids), 2)
    }
    found = [(one, two, _likeness(pieces[one], pieces[two])) for one, two in candidates]
    near = [pair for pair in found if pair[2] >= threshold]
    return sorted(near, key=lambda pair: (-pair[2], pair[0], pair[1]))


def likeness(one: str, two: str) -> float:
    """Share of common three-letter pieces of two name keys, whatever the word order.

    The measure of PostgreSQL's pg_trgm: each word is padded and cut on its own.

    >>> likeness("dupont marie", "marie dupont"), likeness("vinouze", "vinouse")
    (1.0, 0.45)
    """
    return _likeness(_word_pieces(one), _word_pieces(two))


@lru_cache(maxsize=4096)
def _word_pieces(name: str) -> frozenset[str]:
    return frozenset().union(*(_pieces(word) for word in name.split()))


def _key(name: str) -> str:
    """Letters and digits without spaces, each word without its plural."""
    return "".join(
        word[:-1] if len(word) > 3 and word[-1] in "sx" else word
        for word in name_key(name).split()
    )


def _pieces(key: str) -> frozenset[str]:
    padded = f"  {key} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def _likeness(one: frozenset[str], two: frozenset[str]) -> float:
    return round(len(one & two) / len(one | two), 2) if one and two else 0.0
