"""A floor plan as SVG: what the generator would build, among what is there."""

from __future__ import annotations

from xml.sax.saxutils import escape

from .shape import Shape

__all__ = ["floor_plan"]

WIDTH = 900.0
NEW, OLD, FLOOR, INK = "#12545c", "#9aa5a8", "#f4f6f6", "#263238"


def floor_plan(shape: Shape, aisle_names: list[str], others: list[tuple[Shape, str]], points: list[tuple]) -> str:
    """The picture; x to the right, y to the top, 1 m of margin.

    Parameters
    ----------
    aisle_names : list of str
        Written at the front of the aisles.
    others : list of (Shape, str)
        Other rectangles of the floor, with their names.
    points : list of (name, x, y)
    """
    shapes = [shape, *(other for other, _name in others)]
    xs = [value for one in shapes for value in (one.origin_x_m, one.origin_x_m + one.width_m)]
    ys = [value for one in shapes for value in (one.origin_y_m, one.origin_y_m + one.length_m)]
    xs, ys = xs + [point[1] for point in points], ys + [point[2] for point in points]
    left, top = min(xs) - 1, max(ys) + 1
    scale = WIDTH / max(max(xs) + 1 - left, 1e-6)
    height = (top - min(ys) + 2.5) * scale

    def box(x, y, width, length, fill):
        return (
            f'<rect x="{(x - left) * scale:.1f}" y="{(top - y - length) * scale:.1f}" width="{width * scale:.1f}" '
            f'height="{length * scale:.1f}" fill="{fill}"/>')

    def text(x, y, words, size, fill=INK):
        return (
            f'<text x="{(x - left) * scale:.1f}" y="{(top - y) * scale:.1f}" font-size="{size:.1f}" fill="{fill}" '
            f'text-anchor="middle" font-family="sans-serif">{escape(words)}</text>')

    parts = [f'<rect width="{WIDTH:.0f}" height="{height:.0f}" fill="{FLOOR}"/>']
    for other, name in others:
        parts += [box(*rack, OLD) for rack in _racks(other)]
        middle = (other.origin_x_m + other.width_m / 2, other.origin_y_m + other.length_m / 2)
        parts.append(text(*middle, name, 20.0, "#ffffff"))
    parts += [box(*rack, NEW) for rack in _racks(shape)]
    every = max(1, -(-len(aisle_names) * 22 // int(WIDTH)))
    size = max(9.0, min(20.0, shape.aisle_pitch_m * scale * 0.6))
    for x, name in list(zip(shape.xs.tolist(), aisle_names, strict=True))[::every]:
        parts.append(text(x, shape.origin_y_m - size / scale, name, size))
    for name, x, y in points:
        parts.append(
            f'<circle cx="{(x - left) * scale:.1f}" cy="{(top - y) * scale:.1f}" r="6" fill="#f2784b">'
            f"<title>{escape(name)}</title></circle>")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" width="{WIDTH:.0f}" '
        f'height="{height:.0f}">{"".join(parts)}</svg>')


def _racks(shape):
    """Racks of a rectangle: x, y, width, length."""
    first = shape.origin_y_m + shape.cross_aisle_width_m
    for section in range(shape.section_count):
        y = first + section * (shape.section_m + shape.cross_aisle_width_m)
        for x in shape.xs.tolist():
            yield x + shape.aisle_width_m / 2, y, shape.depth_m * 0.92, shape.section_m
            if shape.side_count == 2:
                yield x - shape.aisle_width_m / 2 - shape.depth_m * 0.92, y, shape.depth_m * 0.92, shape.section_m
