"""A pen that draws shapes given in per cent of the picture."""

import math


class Pen:
    """On a Pillow drawing of `side` pixels."""

    def __init__(self, draw, side, ground="#ffffff"):
        self.draw, self.unit, self.ground = draw, side / 100, ground

    def _box(self, x, y, rx, ry):
        u = self.unit
        return ((x - rx) * u, (y - ry) * u, (x + rx) * u, (y + ry) * u)

    def disc(self, x, y, r, fill, ry=None):
        self.draw.ellipse(self._box(x, y, r, ry or r), fill=fill)

    def ring(self, x, y, r, width, fill):
        self.draw.ellipse(self._box(x, y, r, r), outline=fill, width=round(width * self.unit))

    def arc(self, x, y, r, begin, end, width, fill):
        self.draw.arc(self._box(x, y, r, r), begin, end, fill=fill, width=round(width * self.unit))

    def box(self, x1, y1, x2, y2, fill, radius=2):
        u = self.unit
        self.draw.rounded_rectangle((x1 * u, y1 * u, x2 * u, y2 * u), radius * u, fill=fill)

    def shape(self, fill, *points):
        self.draw.polygon([(x * self.unit, y * self.unit) for x, y in points], fill=fill)

    def line(self, fill, width, *points):
        points = [(x * self.unit, y * self.unit) for x, y in points]
        self.draw.line(points, fill=fill, width=round(width * self.unit), joint="curve")

    def spokes(self, x, y, inner, outer, count, width, fill, turn=0.0):
        for number in range(count):
            angle = 2 * math.pi * number / count + turn
            dx, dy = math.cos(angle), math.sin(angle)
            self.line(fill, width, (x + inner * dx, y + inner * dy), (x + outer * dx, y + outer * dy))
