"""Who gets the next lead: shares work out among people, one policy at a time."""

import heapq
from collections.abc import Mapping, Sequence


def least_loaded(load: Mapping[int, int], count: int) -> list[int]:
    """Return `count` people, each time the one with the least work so far.

    Ties go to the smallest id, so that a replay gives the same answer.
    """
    heap = [(work, person) for person, work in load.items()]
    heapq.heapify(heap)
    chosen = []
    for _turn in range(count if heap else 0):
        work, person = heap[0]
        heapq.heapreplace(heap, (work + 1, person))
        chosen.append(person)
    return chosen


def round_robin(people: Sequence[int], last: int | None, count: int) -> list[int]:
    """Return `count` people in turn, going on after `last` (who may have left)."""
    if not people:
        return []
    ordered = sorted(people)
    start = sum(person <= last for person in ordered) if last else 0
    return [ordered[(start + turn) % len(ordered)] for turn in range(count)]
