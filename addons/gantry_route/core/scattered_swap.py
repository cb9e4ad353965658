"""Exchange of bins in `scattered`: a few articles are taken out and put back where they are best together.

The bins of all other articles stay as they are. For those taken out, a dynamic programme over sub-aisles, states and
what is still wanted of each finds the best bins and the best walk at once. Which articles go together is drawn at
random: those picked in one sub-aisle and beside it, or any.

Source: P. Shaw, CP 1998, LNCS 1520, for the principle of a large neighbourhood; the programme is our own.
"""

from __future__ import annotations

from math import inf

import numpy as np

from .scattered_net import ACROSS, BOTH, DOWN, EPS, KINDS, NONE, TWICE, UP

__all__ = ["Exchange"]

MOST_LEVELS = 48
TABLE = 1024  # states times wants in the table of the programme
STEP_WORK = 12_000  # what a step of the programme costs beside its table entries


class Exchange:
    """Articles taken out and put back; `work` counts the effort."""

    def __init__(self, net, rng):
        self.net, self.rng, self.work = net, rng, 0
        self.articles = len(net.demand)
        self.most = max(TABLE // net.graph.size, 2)
        rows = [net.rows[sub, :net.count[sub]] for sub in range(net.subs)]
        self.place = [
            list(zip(net.depth[sub].tolist(), net.item[part].tolist(), net.quantity[part].tolist(), strict=False))
            for sub, part in enumerate(rows)]
        self.homes = [[] for _article in range(self.articles)]
        for sub, places in enumerate(self.place):
            for number, (_depth, article, quantity) in enumerate(places):
                self.homes[article].append((sub, number, quantity))
        self.levels = [np.array(self._levels(article)) for article in range(self.articles)]
        self.length = net.length.tolist()
        self.limits()

    def _levels(self, article):
        """Amounts of an article that may be left to pick, rounded up to 24 parts where they are too many."""
        demand = float(self.net.demand[article])
        amounts = {quantity for _sub, _number, quantity in self.homes[article]}
        found, todo = {demand}, [demand]
        while todo and len(found) <= MOST_LEVELS:
            left = todo.pop()
            fresh = {round(max(left - amount, 0.0), 9) for amount in amounts} - found
            found |= fresh
            todo += fresh
        return sorted(found) if len(found) <= MOST_LEVELS else [demand * part / 24 for part in range(25)]

    def limits(self):
        """First and last aisle of any home and the start; nothing beyond them is ever walked."""
        spans, start = self.net.spans, self.net.start[0]
        aisles = [sub // spans for homes in self.homes for sub, _number, _quantity in homes] + [start]
        self.first, self.last = min(aisles), max(aisles)

    def restrict(self, ways):
        """Forget homes that no way of a better walk passes."""
        for article, homes in enumerate(self.homes):
            self.homes[article] = [home for home in homes if _passes(ways[home[0]], home[1])]
        self.limits()

    # ------------------------------------------------------------------ covers

    def needed(self, cover, without=()):
        """Sub-aisle -> places that a cover needs for the articles that are not taken out."""
        have = [[] for _article in range(self.articles)]
        for sub, (_kind, low, high) in cover.items():
            for number, (_depth, article, quantity) in enumerate(self.place[sub]):
                if number < low or number >= high:
                    have[article].append((sub, number, quantity))
        rank, found = self.rng.random(self.net.subs), {}
        for article, homes in enumerate(have):
            if article in without:
                continue
            taken, left = [], self.net.demand[article]
            for home in sorted(homes, key=lambda home: rank[home[0]]):
                if left > EPS:
                    taken.append(home)
                    left -= home[2]
            for home in list(taken):
                if left + home[2] <= EPS:
                    taken.remove(home)
                    left += home[2]
            for sub, number, _quantity in taken:
                found.setdefault(sub, set()).add(number)
        return found

    def drawn(self, cover):
        """Articles to take out together, as many as the table holds."""
        needed = self.needed(cover)
        subs = [int(sub) for sub in self.rng.permutation(list(needed))]
        kind = self.rng.random()
        if kind < 0.25:
            centre, noise = subs[0], self.rng.random(self.net.subs)
            subs.sort(key=lambda sub: abs(sub - centre) + 4 * noise[sub])
        order = [self.place[sub][number][1] for sub in subs for number in sorted(needed[sub])]
        return self._fitting(self.rng.permutation(self.articles).tolist() if kind > 0.5 else order)

    def _fitting(self, order):
        chosen, size = [], 1
        for article in dict.fromkeys(order):
            if not chosen or size * len(self.levels[article]) <= self.most:
                chosen.append(article)
                size *= len(self.levels[article])
        return chosen

    def construct(self, cover=None, out=None):
        """A cover from nothing, or from one without some articles: group after group of them is put in."""
        order, cost = self.rng.permutation(self.articles).tolist() if out is None else out, 0.0
        cover = {} if cover is None else cover
        while order:
            group = []
            for article in order:
                if group and np.prod([len(self.levels[other]) for other in (*group, article)]) > self.most:
                    break
                group.append(article)
            left, order = set(order), order[len(group):]
            needed = self.needed(cover, left)
            cost, found = self.put_back(needed, group)
            if found is None:  # amounts rounded up cannot be met: every bin of the group
                for article in group:
                    for sub, number, _quantity in self.homes[article]:
                        needed.setdefault(sub, set()).add(number)
                cost, found = self.put_back(needed, [])
            cover = found
        return cost, cover

    def improve(self, cost, cover, *, patience, most_work, enough, stop=None):
        """Exchange until so many exchanges in a row did not help."""
        idle = 0
        while idle < patience and self.work < most_work and cost > enough and not (stop is not None and stop()):
            out = self.drawn(cover)
            total, found = self.put_back(self.needed(cover, out), out, cost + EPS)
            idle += 1
            if found is not None:
                idle = 0 if total < cost - EPS else idle
                cost, cover = min(cost, total), found
        return cost, cover

    # ------------------------------------------------------------------ the programme

    def put_back(self, needed, out, limit=inf):
        """Best walk past the needed places that also collects the articles taken out: cost and cover.

        The cover is None when the walk is longer than the limit or not possible.
        """
        table = _Table(self, needed, out)
        return table.cost, table.cover() if table.cost <= limit and table.cost < inf else None

    def ways(self, sub, needed, wanted):
        """Ways (kind, cost, low, high, units by article) past the needed places of a sub-aisle.

        Places are passed from below, from above or both; a last place that adds nothing is left out.
        """
        place, length, end = self.place[sub], self.length[sub], len(self.place[sub])
        marks = sorted(needed | wanted)
        below, above = self._reach(sub, marks, needed, wanted), self._reach(sub, marks[::-1], needed, wanted)
        lowest, highest = (min(needed), max(needed)) if needed else (end, -1)
        whole = tuple(below[-1][1].items())
        ways = [] if needed else [(NONE, 0.0, 0, end, ())]
        ways += [(ACROSS, length, end, end, whole), (TWICE, 2 * length, end, end, whole)]
        below = [(low, 2 * place[low][0], units) for low, units in below]
        above = [(high, 2 * (length - place[high][0]), units) for high, units in above]
        ways += [(UP, cost, low + 1, end, tuple(units.items())) for low, cost, units in below if low >= highest]
        ways += [(DOWN, cost, 0, high, tuple(units.items())) for high, cost, units in above if high <= lowest]
        return ways + self._both(sub, needed, below, above)

    def _reach(self, sub, marks, needed, wanted):
        """Places at which it is worth turning when coming past these marks, and the units had by then."""
        found, units = [], {}
        for mark in marks:
            _depth, article, quantity = self.place[sub][mark]
            fresh = mark in wanted and units.get(article, 0.0) < self.net.demand[article] - EPS
            if fresh:
                units = {**units, article: min(units.get(article, 0.0) + quantity, self.net.demand[article])}
            if fresh or mark in needed or not found:
                found.append((mark, units))
        return found

    def _both(self, sub, needed, below, above):
        """Ways that leave out a gap: no needed place in it, and both places at its ends of use."""
        demand, place, ways = self.net.demand, self.place[sub], []
        firm = sorted(needed)
        for low, up, units in below:
            after = next((mark for mark in firm if mark > low), len(place))
            for high, down, others in above:
                if high <= low:
                    break
                if high > after:
                    continue
                if low not in needed and others.get(place[low][1], 0.0) >= demand[place[low][1]] - EPS:
                    continue
                if high not in needed and units.get(place[high][1], 0.0) >= demand[place[high][1]] - EPS:
                    continue
                both = dict(others)
                for article, quantity in units.items():
                    both[article] = min(both.get(article, 0.0) + quantity, demand[article])
                ways.append((BOTH, up + down, low + 1, high, tuple(both.items())))
        return ways


def _kind(way):
    return way[0]


def _passes(ways, number):
    return bool(((ways.kind != NONE) & ((number < ways.low) | (number >= ways.high))).any())


class _Table:
    """Least cost to the end for every want (rows) and state (columns), before every step from right to left."""

    def __init__(self, exchange, needed, out):
        self.exchange, self.net, self.needed = exchange, exchange.net, needed
        self._number_wants(out)
        self.wanted = {}
        for article in out:
            for sub, number, _quantity in exchange.homes[article]:
                self.wanted.setdefault(sub, set()).add(number)
        last = max(needed, default=0) // self.net.spans
        self.last = max(last, self.net.start[0])
        self.ways, self.after, self.cross, self.aisle = {}, {}, {}, {}
        self._fill()
        self.cost = float(self.aisle[exchange.first][self.size - 1, self.net.graph.start])

    def _number_wants(self, out):
        levels = [self.exchange.levels[article] for article in out]
        self.size, self.stride, self.level, self.digit = 1, {}, {}, {}
        for article, amounts in zip(out, levels, strict=True):
            self.stride[article], self.level[article] = self.size, amounts
            self.size *= len(amounts)
        self.every = np.arange(self.size)
        for article in out:
            self.digit[article] = self.every // self.stride[article] % len(self.level[article])
        self.less = {}

    def _shift(self, article, quantity):
        """How the number of a want changes when so much of an article is collected."""
        key = (article, quantity)
        if key not in self.less:
            amounts, digit = self.level[article], self.digit[article]
            left = np.searchsorted(amounts, np.maximum(amounts - quantity, 0.0) - EPS)
            self.less[key] = (self.stride[article] * (left[digit] - digit)).astype(float)
        return self.less[key]

    def _wants_after(self, ways):
        """Number of the want (ways, wants) after each way."""
        keys = {}
        chosen = [(number, keys.setdefault(unit, len(keys))) for number, way in enumerate(ways) for unit in way[4]]
        if not chosen:
            return np.repeat(self.every[None], len(ways), axis=0)
        does = np.zeros((len(ways), len(keys)))
        does[tuple(np.array(chosen).T)] = 1.0
        return (does @ np.stack([self._shift(*key) for key in keys]) + self.every + 0.5).astype(np.intp)

    def _fill(self):
        net, graph, exchange = self.net, self.net.graph, self.exchange
        cost = None
        for column in range(exchange.last, exchange.first - 1, -1):
            cost = np.full((self.size, graph.size), inf) if cost is None else np.minimum.reduceat(
                cost[:, graph.target] + graph.walks * net.gaps[column], graph.first[:-1], axis=1)
            self.cross[column] = cost
            if column >= self.last:
                cost = cost.copy()
                cost[0, graph.closed] = np.minimum(cost[0, graph.closed], 0.0)
            for span in range(net.spans - 1, -1, -1):
                sub = column * net.spans + span
                self.after[sub] = cost
                cost = self._pass(sub, graph.move[span], cost)
            if column == net.start[0]:
                cost = cost[:, net.touch]
            self.aisle[column] = cost

    def _pass(self, sub, move, cost):
        needed, wanted = self.needed.get(sub), self.wanted.get(sub)
        length = self.exchange.length[sub]
        if not needed and not wanted:
            self.exchange.work += 3 * cost.size + STEP_WORK
            by = np.minimum(cost[:, move[ACROSS]], cost[:, move[TWICE]] + length) + length
            return np.minimum(cost, by)
        ways = self.ways[sub] = self.exchange.ways(sub, needed or set(), wanted or set())
        self.exchange.work += len(ways) * cost.size + STEP_WORK
        ways.sort(key=_kind)
        kinds = [way[0] for way in ways]
        starts = [number for number, kind in enumerate(kinds) if not number or kind != kinds[number - 1]]
        on = cost[self._wants_after(ways)]
        on += np.array([way[1] for way in ways])[:, None, None]
        found = None
        for low, high in zip(starts, [*starts[1:], len(ways)], strict=True):
            best = on[low] if high == low + 1 else on[low:high].min(axis=0)
            best = best.take(move[kinds[low]], axis=1)
            found = best if found is None else np.minimum(found, best, out=found)
        return found

    def cover(self):
        """Sub-aisle -> (kind, low, high) of the best walk."""
        net, graph, found = self.net, self.net.graph, {}
        state, want = graph.start, self.size - 1
        for column in range(self.exchange.first, self.exchange.last + 1):
            if column == net.start[0]:
                state = net.touch[state]
            for span in range(net.spans):
                state, want = self._follow(column * net.spans + span, graph.move[span], state, want, found)
            cross = self.cross[column]
            if column >= self.last and not want and graph.closed[state] and cross[0, state] >= -EPS:
                break
            ways = slice(graph.first[state], graph.first[state + 1])
            on = graph.walks[ways] * net.gaps[column] + self.aisle[column + 1][want, graph.target[ways]]
            state = graph.target[ways][int(on.argmin())]
        return found

    def _follow(self, sub, move, state, want, found):
        after, end = self.after[sub], len(self.exchange.place[sub])
        length = self.exchange.length[sub]
        ways = self.ways.get(sub) or [(kind, kind * length, end, end, ()) for kind in (NONE, ACROSS, TWICE)]
        best = inf
        for way in ways:
            then = want + sum(int(self._shift(*unit)[want]) for unit in way[4])
            cost = way[1] + after[then, move[way[0]][state]]
            if cost < best - EPS:
                best, chosen, left = cost, way, then
        if chosen[0] != NONE:
            found[sub] = (chosen[0], chosen[2], chosen[3])
        return move[chosen[0]][state], left


assert (NONE, ACROSS, TWICE) == (0, 1, 2) and len(KINDS) == 6
