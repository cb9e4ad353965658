"""Pictures for the demo company: a logo and one icon per kind of product, in the colour of the brand.

Drawn when the story is loaded, so that no image file has to be kept. Coordinates are per cent of the picture.
"""

import math
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from .pen import Pen

SIZE = 256
SMALL = 128
SCALE = 3  # drawn larger and scaled down: smooth edges
DARK = "#37414b"
GREY = "#8d99a6"
TINTS = {
    "Cycling": "#e6f0fa", "Garden": "#e7f4e4", "Workshop": "#fbf0e1", "Seasonal": "#eef0fb",
    "Machinery spares": "#eceff1", "Projects": "#f2ecf6",
}
INKS = ("#1f6fb2", "#2e8b57", "#c8601e", "#b23a48", "#6b4fa0", "#00838f", "#a67c00", "#455a64")


def _tyre(p, ink):
    p.ring(50, 50, 34, 10, DARK)
    p.spokes(50, 50, 31, 36, 28, 2, ink)


def _wheel(p, ink):
    p.spokes(50, 50, 4, 31, 16, 1.2, GREY)
    p.ring(50, 50, 34, 5, DARK)
    p.disc(50, 50, 6, ink)


def _tube(p, ink):
    p.ring(50, 50, 33, 6, DARK)
    p.box(48, 20, 52, 36, ink, 1)


def _rotor(p, ink):
    p.ring(50, 50, 34, 9, GREY)
    p.spokes(50, 50, 8, 27, 6, 4, GREY, .3)
    p.disc(50, 50, 9, ink)
    p.box(68, 34, 88, 60, DARK, 4)


def _gear(p, ink):
    p.spokes(50, 50, 20, 37, 12, 8, ink)
    p.disc(50, 50, 29, ink)
    p.disc(50, 50, 12, "#ffffff")


def _lamp(p, ink):
    p.shape("#ffe08a", (52, 38), (90, 22), (90, 78), (52, 62))
    p.box(16, 36, 54, 64, ink, 6)
    p.box(26, 64, 40, 78, DARK, 2)


def _lock(p, ink):
    p.arc(50, 44, 22, 180, 360, 8, GREY)
    p.box(28, 42, 36, 56, GREY, 1)
    p.box(64, 42, 72, 56, GREY, 1)
    p.box(22, 54, 78, 78, ink, 6)
    p.disc(50, 66, 4, "#ffffff")


def _bag(p, ink):
    p.arc(50, 32, 13, 180, 360, 5, DARK)
    p.box(24, 32, 76, 82, ink, 6)
    p.box(32, 54, 68, 74, "#ffffff55", 4)
    p.box(24, 40, 76, 45, DARK, 0)


def _bottle(p, ink):
    p.box(43, 16, 57, 30, DARK, 2)
    p.box(34, 28, 66, 84, ink, 8)
    p.box(34, 48, 66, 66, "#ffffff", 0)


def _cartridge(p, ink):
    p.shape(GREY, (46, 10), (54, 10), (58, 30), (42, 30))
    p.box(36, 28, 64, 88, ink, 3)
    p.box(36, 44, 64, 66, "#ffffff", 0)


def _helmet(p, ink):
    p.draw.pieslice(p._box(50, 62, 36, 36), 180, 360, fill=ink)
    p.box(12, 58, 92, 66, DARK, 3)
    for x in (36, 50, 64):
        p.box(x - 2, 34, x + 2, 54, "#ffffff", 2)


def _sack(p, ink):
    p.box(24, 22, 76, 84, ink, 9)
    p.box(24, 20, 76, 28, DARK, 2)
    p.disc(50, 56, 15, "#ffffff")
    _sprout(p, 50, 62)


def _sprout(p, x, y):
    p.box(x - 1.2, y - 10, x + 1.2, y + 4, "#3c8d40", 1)
    p.disc(x - 5, y - 10, 6, "#57ab5a", 3.4)
    p.disc(x + 5, y - 12, 6, "#3c8d40", 3.4)


def _packet(p, ink):
    p.box(28, 14, 72, 86, ink, 3)
    p.box(33, 30, 67, 78, "#ffffff", 2)
    _sprout(p, 50, 64)


def _bulb(p, ink):
    p.disc(50, 62, 20, "#b98a56", 22)
    p.shape("#57ab5a", (46, 44), (50, 12), (54, 44))
    p.shape(ink, (40, 24), (50, 8), (60, 24), (50, 32))


def _pot(p, ink):
    p.shape(ink, (28, 42), (72, 42), (64, 84), (36, 84))
    p.box(23, 32, 77, 44, ink, 2)
    _sprout(p, 50, 28)


def _hose(p, ink):
    for radius in (34, 26, 18):
        p.ring(50, 50, radius, 6, ink)
    p.box(80, 50, 86, 88, ink, 2)
    p.box(78, 82, 88, 92, "#e0a030", 2)


def _connector(p, ink):
    p.box(14, 40, 44, 60, ink, 3)
    p.box(42, 32, 62, 68, DARK, 4)
    p.box(60, 42, 86, 58, "#e0a030", 2)
    for x in (20, 27, 34):
        p.box(x, 40, x + 2.5, 60, "#ffffff66", 0)


def _can(p, ink):
    p.box(34, 38, 72, 82, ink, 4)
    p.line(ink, 5, (36, 66), (12, 38))
    p.arc(60, 40, 20, 190, 400, 5, DARK)
    p.shape(DARK, (6, 36), (16, 30), (18, 42))


def _spade(p, ink):
    p.box(47, 18, 53, 58, "#b98a56", 2)
    p.box(38, 12, 62, 19, DARK, 3)
    p.shape(ink, (34, 54), (66, 54), (64, 78), (50, 92), (36, 78))


def _pruner(p, ink):
    p.line(ink, 8, (50, 50), (32, 88))
    p.line(ink, 8, (50, 50), (68, 88))
    p.shape(GREY, (46, 52), (66, 10), (58, 50))
    p.shape(DARK, (54, 52), (34, 16), (44, 52))
    p.disc(50, 52, 4, DARK)


def _rake(p, ink):
    p.box(48, 10, 52, 62, "#b98a56", 1)
    for step in range(-3, 4):
        p.line(ink, 3, (50, 58), (50 + step * 9, 86))
    p.box(22, 84, 78, 89, ink, 2)


def _kettle(p, ink):
    p.line(DARK, 3, (36, 60), (26, 92))
    p.line(DARK, 3, (64, 60), (74, 92))
    p.draw.pieslice(p._box(50, 50, 30, 28), 0, 180, fill=DARK)
    p.draw.pieslice(p._box(50, 47, 30, 26), 180, 360, fill=ink)
    p.box(44, 14, 56, 20, DARK, 2)


def _chair(p, ink):
    p.box(28, 16, 36, 88, DARK, 2)
    p.box(34, 18, 40, 52, ink, 2)
    p.box(30, 52, 74, 60, ink, 3)
    p.box(66, 58, 73, 88, DARK, 2)


def _driver(p, ink):
    p.box(43, 12, 57, 48, ink, 6)
    p.box(47.5, 46, 52.5, 82, GREY, 0)
    p.shape(GREY, (46, 80), (54, 80), (50, 92))


def _spanner(p, ink):
    p.line(ink, 11, (34, 66), (66, 34))
    p.disc(70, 30, 15, ink)
    p.shape(p.ground, (68, 32), (78, 8), (94, 22))
    p.disc(30, 70, 14, ink)
    p.disc(30, 70, 6, p.ground)


def _hammer(p, ink):
    p.box(46, 34, 54, 90, ink, 3)
    p.box(28, 18, 66, 36, DARK, 3)
    p.shape(DARK, (66, 18), (84, 14), (70, 34))


def _tape(p, ink):
    p.box(20, 26, 72, 76, ink, 12)
    p.disc(46, 50, 15, "#ffffff")
    p.box(60, 66, 92, 76, "#f3d35c", 1)
    for x in (66, 74, 82):
        p.box(x, 66, x + 1.5, 71, DARK, 0)


def _drill(p, ink):
    p.box(44, 10, 56, 34, ink, 2)
    p.shape(GREY, (45, 34), (55, 34), (55, 84), (50, 92), (45, 84))
    for y in range(38, 82, 9):
        p.line("#ffffff", 2.5, (45, y + 6), (55, y))


def _disc(p, ink):
    p.disc(50, 50, 35, ink)
    p.disc(50, 50, 14, "#ffffff")
    p.disc(50, 50, 6, DARK)


def _battery(p, ink):
    p.box(26, 32, 74, 80, ink, 5)
    p.box(34, 22, 66, 34, DARK, 2)
    p.shape("#ffffff", (54, 38), (38, 60), (49, 60), (45, 76), (62, 53), (51, 53))


def _screw(p, ink):
    p.shape(ink, (30, 14), (70, 14), (56, 30), (44, 30))
    p.shape(GREY, (45, 28), (55, 28), (54, 74), (50, 92), (46, 74))
    for y in range(36, 78, 8):
        p.line(DARK, 2.5, (43, y + 3), (57, y))


def _nut(p, ink):
    points = [(50 + 34 * math.cos(math.pi / 3 * k), 50 + 34 * math.sin(math.pi / 3 * k)) for k in range(6)]
    p.shape(ink, *points)
    p.disc(50, 50, 16, "#ffffff")
    p.ring(50, 50, 19, 3, DARK)


def _glove(p, ink):
    p.box(34, 44, 70, 76, ink, 8)
    for place, x in enumerate((34, 43.5, 53, 62.5)):
        p.box(x, (24, 18, 17, 24)[place], x + 7.5, 56, ink, 4)
    p.line(ink, 9, (34, 60), (21, 46))
    p.box(32, 76, 72, 86, DARK, 2)


def _specs(p, ink):
    p.box(12, 38, 47, 64, ink, 8)
    p.box(53, 38, 88, 64, ink, 8)
    p.box(45, 44, 55, 49, DARK, 0)
    p.box(17, 43, 42, 59, "#ffffffaa", 5)
    p.box(58, 43, 83, 59, "#ffffffaa", 5)


def _vest(p, ink):
    p.shape("#f2c230", (32, 16), (44, 22), (56, 22), (68, 16), (78, 32), (74, 86), (26, 86), (22, 32))
    p.box(25, 56, 75, 63, "#dfe5ea", 0)
    p.box(25, 70, 75, 77, "#dfe5ea", 0)
    p.line(ink, 2, (50, 22), (50, 86))


def _snow(p, ink):
    p.spokes(50, 50, 0, 36, 6, 5, ink, math.pi / 2)
    for number in range(6):
        angle = math.pi / 3 * number + math.pi / 2
        x, y = 50 + 24 * math.cos(angle), 50 + 24 * math.sin(angle)
        p.spokes(x, y, 0, 11, 2, 4, ink, angle + .8)
        p.spokes(x, y, 0, 11, 2, 4, ink, angle - .8)


def _flame(p, ink):
    p.shape("#e2711d", (50, 8), (74, 46), (70, 74), (50, 88), (30, 74), (26, 50), (38, 36))
    p.shape("#ffc145", (50, 42), (62, 62), (58, 80), (50, 86), (42, 80), (38, 64))


def _fairy(p, ink):
    p.arc(50, 20, 44, 20, 160, 2.5, DARK)
    for place, angle in enumerate(range(25, 160, 22)):
        x = 50 + 44 * math.cos(math.radians(angle))
        y = 20 + 44 * math.sin(math.radians(angle))
        p.disc(x, y + 6, 5, ("#ffc145", "#d64550", "#3c8d40")[place % 3], 7)


def _bauble(p, ink):
    p.disc(50, 56, 28, ink)
    p.box(44, 20, 56, 32, "#e0b040", 2)
    p.disc(40, 46, 6, "#ffffff88")


def _tree(p, ink):
    p.box(46, 76, 54, 90, "#8a5a33", 1)
    for top, wide in ((10, 18), (28, 25), (46, 32)):
        p.shape("#2e7d4f", (50, top), (50 + wide, top + 32), (50 - wide, top + 32))


def _shelf(p, ink):
    p.box(20, 12, 26, 90, ink, 1)
    p.box(74, 12, 80, 90, ink, 1)
    for y in (24, 48, 72):
        p.box(20, y, 80, y + 5, DARK, 0)
        p.box(32, y - 11, 48, y, "#c9a26b", 1)
        p.box(52, y - 8, 66, y, "#b98a56", 1)


def _stand(p, ink):
    for x in (24, 52):
        p.arc(x + 12, 42, 15, 180, 360, 6, ink)
        p.box(x - 3, 40, x + 3, 84, ink, 1)
        p.box(x + 21, 40, x + 27, 84, ink, 1)
    p.box(12, 84, 90, 88, GREY, 0)


def _fence(p, ink):
    for x in range(18, 86, 8):
        p.box(x, 26, x + 2, 80, ink, 0)
    for y in (34, 48, 62, 74):
        p.box(14, y, 86, y + 2.5, ink, 0)
    p.box(12, 18, 17, 90, DARK, 1)
    p.box(83, 18, 88, 90, DARK, 1)


# The longest beginning of the category that is listed decides.
GLYPHS = {
    "Cycling": _gear, "Cycling/Parts/Tyres": _tyre, "Cycling/Parts/Inner tubes": _tube, "Cycling/Parts/Brakes": _rotor,
    "Cycling/Parts/Wheels": _wheel, "Cycling/Accessories/Lights": _lamp, "Cycling/Accessories/Locks": _lock,
    "Cycling/Accessories/Bags": _bag, "Cycling/Accessories/Bottles": _bottle, "Cycling/Accessories/Helmets": _helmet,
    "Cycling/Care": _bottle, "Cycling/Care/Workshop tools": _spanner,
    "Garden": _pot, "Garden/Growing/Compost": _sack, "Garden/Growing/Seeds": _packet, "Garden/Growing/Bulbs": _bulb,
    "Garden/Growing/Fertiliser": _bottle, "Garden/Watering/Hoses": _hose, "Garden/Watering/Cans": _can,
    "Garden/Watering/Fittings": _connector, "Garden/Tools": _spade, "Garden/Tools/Cutting": _pruner,
    "Garden/Tools/Lawn": _rake, "Garden/Outdoor living/Barbecue": _kettle, "Garden/Outdoor living/Furniture": _chair,
    "Garden/Outdoor living/Lighting": _lamp,
    "Workshop": _spanner, "Workshop/Hand tools/Screwdrivers": _driver, "Workshop/Hand tools/Pliers": _pruner,
    "Workshop/Hand tools/Hammers": _hammer, "Workshop/Hand tools/Measuring": _tape,
    "Workshop/Power tool accessories/Drill": _drill, "Workshop/Power tool accessories": _disc,
    "Workshop/Power tool accessories/Batteries": _battery, "Workshop/Fixings": _screw, "Workshop/Fixings/Bolts": _nut,
    "Workshop/Fixings/Adhesives": _cartridge, "Workshop/Fixings/Rope": _hose, "Workshop/Safety/Gloves": _glove,
    "Workshop/Safety/Eye": _specs, "Workshop/Safety/Workwear": _vest,
    "Seasonal": _flame, "Seasonal/Winter/Snow": _snow, "Seasonal/Christmas/Lights": _fairy,
    "Seasonal/Christmas/Decorations": _bauble, "Seasonal/Christmas/Trees": _tree,
    "Machinery spares": _gear, "Machinery spares/Chainsaw parts": _disc, "Machinery spares/Pump parts": _nut,
    "Projects": _shelf, "Projects/Cycle parking": _stand, "Projects/Grounds": _fence,
}


def _png(image, size):
    buffer = BytesIO()
    image.resize(size, Image.LANCZOS).convert("RGB").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@cache
def _icon(key, top, ink):
    side = SIZE * SCALE
    ground = TINTS.get(top, "#eeeeee")
    image = Image.new("RGBA", (side, side), ground)
    GLYPHS[key](Pen(ImageDraw.Draw(image, "RGBA"), side, ground), ink)
    return _png(image, (SIZE, SIZE)), _png(image, (SMALL, SMALL))


def product(category, brand):
    """The kind of product, its accent in the brand's colour: a PNG of 256 pixels and one of 128."""
    key = max((name for name in GLYPHS if category.startswith(name)), key=len)
    ink = INKS[sum(brand.encode()) % len(INKS)]
    return _icon(key, category.split("/")[0], ink)


def logo():
    """PNG of the company's logo: a gabled warehouse with a door of three boxes."""
    side = 256 * SCALE
    image = Image.new("RGBA", (side, side), "#ffffff")
    pen = Pen(ImageDraw.Draw(image, "RGBA"), side)
    pen.shape("#1d3f5e", (8, 44), (50, 12), (92, 44), (92, 90), (8, 90))
    pen.shape("#ffffff", (20, 50), (80, 50), (80, 90), (20, 90))
    for x, y in ((25, 71), (51, 71), (38, 54)):
        pen.box(x, y, x + 24, y + 16, "#e08a2e", 1)
        pen.box(x + 10, y, x + 14, y + 7, "#ffffff", 0)
    return _png(image, (256, 256))
