"""Local search on a tour between two fixed ends: every exchange of two or three legs that begins with a gain.

The tour is a list; its last stop is joined to the first by a leg that can never be given up, so the search may treat
it as a ring. Stops are tried against their nearest only, and after a change only the stops at the cuts are tried again.
Values must be exact in floating point (see `tour.solve_tour`): then a change is a gain or it is none.

Sources: S. Lin, Computer solutions of the traveling salesman problem, Bell System Technical Journal 44 (1965);
J. L. Bentley, Fast algorithms for geometric traveling salesman problems, ORSA Journal on Computing 4 (1992);
O. Martin, S. W. Otto and E. W. Felten, Large-step Markov chains, Complex Systems 5 (1991), for the double bridge.
"""

from __future__ import annotations

from itertools import accumulate
from math import inf
from operator import getitem

__all__ = ["OneWayRoute", "TwoWayRoute"]

WIDTH = 20


class _Route:
    """A tour as a list between two fixed ends, with the place of every stop in it."""

    near_number, plain_number, front_number, next_number = 8, 4, 5, 4

    def __init__(self, matrix, route):
        self.d, self.r = matrix, route
        self.place = [0] * len(matrix)
        self._number(0, route)
        matrix[route[-1]][route[0]] = -inf

    def _number(self, low, part):
        place = self.place
        for number, stop in enumerate(part, low):
            place[stop] = number

    def _nearest(self, d):
        """For each stop the stops to try, with the metres: the nearest, and those with no other on the way to them."""
        found = [()] * len(d)
        for stop in self.r:
            row = d[stop]
            others = sorted(
                [(row[other], number, other) for number, other in enumerate(self.r)
                 if other != stop and abs(row[other]) < inf])
            front = []
            for metres, _number, other in others:
                if len(front) >= self.front_number:
                    break
                if all(between + d[by][other] > metres * 1.000001 for by, between in front):
                    front.append((other, metres))
            keep = {*front, *((other, metres) for metres, _number, other in others[:self.plain_number])}
            found[stop] = sorted(keep, key=lambda pair: (pair[1], pair[0]))[:self.near_number]
        return found

    def _sum(self):
        """What is to be known anew after every change: nothing where a turn costs nothing."""

    def search(self, queue):
        """Improve until no stop of the queue, or at a cut, offers a gain; metres won."""
        won, waiting, improve = 0.0, set(queue), self._improve
        while queue:
            stop = queue.pop()
            waiting.discard(stop)
            gain, touched = improve(stop)
            if gain:
                won += gain
                for other in touched:
                    if other not in waiting:
                        waiting.add(other)
                        queue.append(other)
        return won

    def kick(self, draws):
        """Put three neighbouring stretches in the opposite order; metres won (mostly negative), stops at the cuts."""
        r, d = self.r, self.d
        size = len(r) - 2
        width = max(3, min(WIDTH, size // 3))
        one = int(draws[0] * (size - 2)) + 1
        two = one + 1 + int(draws[1] * width)
        three = two + 1 + int(draws[2] * width)
        four = three + 1 + int(draws[3] * width)
        if four > size + 1:
            return None
        cuts = [r[one - 1], r[one], r[two - 1], r[two], r[three - 1], r[three], r[four - 1], r[four]]
        a, b, c, e, f, g, h, i = cuts
        won = d[a][b] + d[c][e] + d[f][g] + d[h][i] - d[a][g] - d[h][e] - d[f][b] - d[c][i]
        self._replace(one, four, r[three:four] + r[two:three] + r[one:two])
        return won, cuts

    def keep(self):
        """What `restore` needs to undo all that follows."""
        return self.r[:], self.place[:]

    def restore(self, kept):
        self.r, self.place = kept

    def _replace(self, low, high, part):
        self.r[low:high] = part
        self._number(low, part)
        self._sum()

    def _exchange(self, cuts):
        """Join three pairs of stops; the stretches between are walked so that each pair is joined."""
        r, place = self.r, self.place
        t1, t2, t3, t4, t5, t6 = cuts
        low, middle, high = sorted((
            min(place[t1], place[t2]), min(place[t3], place[t4]), min(place[t5], place[t6])))
        first, second = r[low + 1:middle + 1], r[middle + 1:high + 1]
        mate = {(t2, t3), (t3, t2), (t4, t5), (t5, t4), (t6, t1), (t1, t6)}
        if (r[low], second[0]) in mate and (second[-1], r[high + 1]) not in mate:
            if (second[-1], first[0]) not in mate:
                first.reverse()
            part = second + first
        elif (r[low], second[-1]) in mate and (second[0], first[0]) in mate:
            second.reverse()
            part = second + first
        else:
            first.reverse()
            second.reverse()
            part = first + second
        self._replace(low + 1, high + 1, part)


class TwoWayRoute(_Route):
    """Every leg costs the same both ways: stretches may be turned round."""

    def __init__(self, matrix, route):
        super().__init__(matrix, route)
        matrix[route[0]][route[-1]] = -inf
        self.near = self._nearest(matrix)
        self.next = [pairs[:self.next_number] for pairs in self.near]

    def _improve(self, stop):
        best, move = self._from(stop, 1, 0.0, None)
        best, move = self._from(stop, -1, best, move)
        if not move:
            return 0.0, ()
        if len(move) == 6:
            self._exchange(move)
        else:
            place = self.place
            _one, low, high, _four = sorted(place[stop] for stop in move)
            self._replace(low, high + 1, self.r[low:high + 1][::-1])
        return best, move

    def _from(self, t1, step, best, move):
        """Give up the leg from t1 to the next stop in one direction; the best exchange found so far."""
        d, r, place, n = self.d, self.r, self.place, len(self.r)
        row = d[t1]
        t2 = r[place[t1] + step - n if step == 1 else place[t1] - 1]
        leg, base = row[t2], place[t2]
        for t3, metres in self.near[t2]:
            gain = leg - metres
            if gain <= 0:
                break
            if t3 == t1:
                continue
            there = place[t3]
            away = (there - base) * step % n
            fore, back = r[there + 1 - n], r[there - 1]
            if step == -1:
                fore, back = back, fore
            if away == 1:
                continue
            won = gain + d[t3][back] - row[back]
            if won > best:
                best, move = won, (t1, t2, t3, back)
            best, move = self._turn(row, (t1, t2, t3, back), gain + d[t3][back], away, step, best, move)
            best, move = self._lift(row, (t1, t2, t3, fore), gain + d[t3][fore], away, step, best, move)
        return best, move

    def _turn(self, row, cuts, gain, away, step, best, move):
        """A third leg after a stretch was turned round."""
        d, r, place, n = self.d, self.r, self.place, len(self.r)
        _t1, t2, t3, t4 = cuts
        base = place[t2]
        for t5, metres in self.next[t4]:
            left = gain - metres
            if left <= best:
                break
            if t5 == t3:
                continue
            there = place[t5]
            t6 = r[there - 1] if ((there - base) * step % n > away) == (step == 1) else r[there + 1 - n]
            if t6 != t4:
                won = left + d[t5][t6] - row[t6]
                if won > best:
                    best, move = won, (*cuts, t5, t6)
        return best, move

    def _lift(self, row, cuts, gain, away, step, best, move):
        """A third leg after a stretch was closed to a ring of its own: where the ring is opened again."""
        d, r, place, n = self.d, self.r, self.place, len(self.r)
        _t1, t2, t3, t4 = cuts
        base = place[t2]
        for t5, metres in self.next[t4]:
            left = gain - metres
            if left <= best:
                break
            there = place[t5]
            if t5 == t3 or (there - base) * step % n > away:
                continue
            for side, t6 in ((1, r[there + 1 - n]), (-1, r[there - 1])):
                if t5 != t2 or side == step:
                    won = left + d[t5][t6] - row[t6]
                    if won > best:
                        best, move = won, (*cuts, t5, t6)
        return best, move


class OneWayRoute(_Route):
    """Legs cost differently by direction: stretches move as they are, or turn round at the price of doing so."""

    near_number, plain_number, front_number, next_number = 8, 4, 5, 5

    def __init__(self, matrix, route):
        super().__init__(matrix, route)
        matrix[route[0]][route[-1]] = inf
        turned = [list(row) for row in zip(*matrix, strict=True)]
        onto, into = self._nearest(matrix), self._nearest(turned)
        self.ways = tuple(
            (step, d, near, [pairs[:self.next_number] for pairs in near])
            for step, d, near in ((1, turned, into), (-1, matrix, onto)))
        size = range(len(matrix))
        self.back = [[turned[one][other] - matrix[one][other] for other in size] for one in size]
        self._sum()

    def _sum(self):
        """Metres more from the start to each place when the tour is walked the other way round."""
        r = self.r
        self.more = list(accumulate(map(getitem, map(self.back.__getitem__, r), r[1:]), initial=0.0))

    def keep(self):
        return self.r[:], self.place[:], self.more

    def restore(self, kept):
        self.r, self.place, self.more = kept

    def _improve(self, stop):
        best, move = 0.0, None
        for way in self.ways:
            best, move = self._moved(stop, *way, best, move)
        for way in self.ways:
            best, move = self._turned(stop, *way, best, move)
        if not move:
            return 0.0, ()
        r = self.r
        low, high, part = move
        touched = (r[low - 1], r[low], part[0], part[-1], r[high - 1], r[high])
        self._replace(low, high, part)
        return best, touched

    def _moved(self, t1, step, d, near, following, best, move):
        """Two neighbouring stretches change places, neither turned round."""
        r, place, n = self.r, self.place, len(self.r)
        t2 = r[place[t1] + step - n if step == 1 else place[t1] - 1]
        leg, base, cuts = d[t2][t1], place[t2], None
        for t3, metres in near[t2]:
            gain = leg - metres
            if gain <= 0:
                break
            if t3 == t1:
                continue
            away = (place[t3] - base) * step % n
            t4 = r[place[t3] + 1 - n] if step == 1 else r[place[t3] - 1]
            gain += d[t4][t3]
            for t5, more in following[t4]:
                left = gain - more
                if left <= best:
                    break
                there = place[t5]
                if t5 == t3 or (there - base) * step % n > away:
                    continue
                row = d[r[there + 1 - n] if step == 1 else r[there - 1]]
                won = left + row[t5] - row[t1]
                if won > best:
                    best, cuts = won, (there, place[t3], place[t1])
        if cuts:
            low, middle, high = sorted(cuts) if step == 1 else sorted((at - 1) % n for at in cuts)
            move = low + 1, high + 1, r[middle + 1:high + 1] + r[low + 1:middle + 1]
        return best, move

    def _turned(self, t1, step, d, _near, following, best, move):
        """A stretch that begins or ends beside the stop is walked the other way round."""
        r, place, more = self.r, self.place, self.more
        here, last, cuts = place[t1], len(r) - 1, None
        if here == (0 if step == 1 else last):
            return best, move
        t2 = r[here - step]
        leg, row = d[t1][t2], d[t2]
        for t3, metres in following[t1]:
            there = place[t3]
            if not 0 < there < last or (here - there) * step < 2:
                continue
            t4 = r[there - step]
            won = leg + d[t3][t4] - metres - row[t4]
            low, high = (there, here - 1) if step == 1 else (here + 1, there)
            won -= more[high] - more[low]
            if won > best:
                best, cuts = won, (low, high + 1)
        if cuts:
            move = *cuts, r[cuts[0]:cuts[1]][::-1]
        return best, move
