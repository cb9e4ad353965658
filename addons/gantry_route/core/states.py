"""States of the programme of `rect`: how the edges walked so far meet the crossings of the current aisle.

Each crossing is met an even or an odd number of times, or not at all, and belongs to a component of walked edges. The
states and the moves between them depend on the number of cross-aisles only, so they are worked out once and kept.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["Machine", "is_closed", "join", "machine_of", "meet"]

# A crossing is coded 0 when no walked edge touches it, else 2 * component + parity (component from 1 on).


def _canonical(state):
    names: dict[int, int] = {}
    return tuple(
        0 if code == 0 else 2 * names.setdefault(code >> 1, len(names) + 1) + (code & 1) for code in state)


def meet(state, node, degree):
    """`degree` more walked edges end at a crossing (zero: the walk must come here)."""
    code = state[node]
    fresh = code ^ (degree & 1) if code else 2 * (len(state) + 1) + (degree & 1)
    return _canonical((*state[:node], fresh, *state[node + 1:]))


def join(state, node, low, high, connected):
    """Walk part of the aisle between the crossings `node` and `node + 1`."""
    if low:
        state = meet(state, node, low)
    if high:
        state = meet(state, node + 1, high)
    if connected:
        one, other = state[node] >> 1, state[node + 1] >> 1
        state = _canonical(tuple(2 * one + (code & 1) if code and code >> 1 == other else code for code in state))
    return state


def _leave(state):
    """Go on to the next aisle: the states that follow, and how often each cross-aisle is walked to get there.

    A crossing met an odd number of times is left once; one met an even number of times is left twice, or not at all
    when another crossing of its component goes on.
    """
    found = {state: tuple(0 if code == 0 else 1 if code & 1 else 2 for code in state)}
    for node, code in enumerate(state):
        if code == 0 or code & 1:
            continue
        for after, times in list(found.items()):
            if any(other and other >> 1 == after[node] >> 1 for place, other in enumerate(after) if place != node):
                # two ways to one state differ in no crossing, so the first is the only one
                found[(*after[:node], 0, *after[node + 1:])] = (*times[:node], 0, *times[node + 1:])
    return [(_canonical(after), times) for after, times in found.items()]


def is_closed(state):
    """One component, and every crossing met an even number of times."""
    return len({code >> 1 for code in state if code}) <= 1 and not any(code & 1 for code in state)


class _Move(dict):
    """State number -> number of the state that follows; worked out when first asked for."""

    def __init__(self, machine, rule, *choice):
        super().__init__()
        self.machine, self.rule, self.choice = machine, rule, choice

    def __missing__(self, number):
        self[number] = self.machine.number(self.rule(self.machine.states[number], *self.choice))
        return self[number]


class Machine:
    """The states of a block with `width` cross-aisles, numbered as they are met, and the moves between them."""

    def __init__(self, width):
        self.states, self.numbers = [], {}
        self.start = self.number((0,) * width)
        self.moves, self.exits = {}, {}

    def number(self, state):
        if state not in self.numbers:
            self.numbers[state] = len(self.states)
            self.states.append(state)
        return self.numbers[state]

    def move(self, rule, *choice):
        key = (rule, *choice)
        if key not in self.moves:
            self.moves[key] = _Move(self, rule, *choice)
        return self.moves[key]

    def leave(self, number):
        """Triples of next state, walks along cross-aisles in all, walks along each."""
        if number not in self.exits:
            self.exits[number] = [
                (self.number(after), sum(times), times) for after, times in _leave(self.states[number])]
        return self.exits[number]


machine_of = lru_cache(maxsize=16)(Machine)
