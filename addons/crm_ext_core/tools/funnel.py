"""When a chain of automatic moves must end, and how the firings of a rule add up."""

MAX_MOVES = 5


def why_stop(path: tuple[int, ...], target: int, limit: int = MAX_MOVES) -> str:
    """Tell why a card may not move on to `target` by itself; empty when it may.

    :param path: the stages of the chain so far, beginning with the one where somebody
        put the card or where the event found it

    >>> why_stop((1, 2), 3)
    ''
    >>> why_stop((1, 2), 1)
    'loop'
    >>> why_stop((1, 2, 3), 4, limit=2)
    'depth'
    """
    if target in path:
        return "loop"
    return "depth" if len(path) > limit else ""
