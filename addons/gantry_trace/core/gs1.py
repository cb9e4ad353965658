"""GS1 keys as canonical Digital Link URIs, and EPC URNs turned into them (GS1 Digital Link 1.2, TDS 2.2)."""

import re
from urllib.parse import quote, unquote, urlsplit

STEM = "https://id.gs1.org"
MAX_TEXT = 20
CHARACTERS = re.compile(r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+""")  # GS1 set 82
DIGITS = re.compile(r"\d+", re.ASCII)

# primary key -> pattern of its value, length of the part that ends in a check digit (0: none)
KEYS = {
    "00": (r"\d{18}", 18),
    "01": (r"\d{14}", 14),
    "253": (r"\d{13}.{0,17}", 13),
    "255": (r"\d{13}\d{0,12}", 13),
    "401": (r".{1,30}", 0),
    "402": (r"\d{17}", 17),
    "414": (r"\d{13}", 13),
    "417": (r"\d{13}", 13),
    "8003": (r"\d{14}.{0,16}", 14),
    "8004": (r".{1,30}", 0),
    "8006": (r"\d{18}", 14),
    "8010": (r".{1,30}", 0),
    "8017": (r"\d{18}", 18),
    "8018": (r"\d{18}", 18),
}
# primary key -> qualifiers that identify more finely; the first one that is there stays
FINER = {"01": ("21", "235", "10"), "414": ("254",), "8006": ("21", "10"), "8010": ("8011",)}
QUALIFIERS = FINER | {"01": ("22", "10", "21", "235")}
LENGTHS = {"254": 20, "21": 20, "10": 20, "22": 20, "235": 28, "8011": 12}


def check_digit(digits: str) -> str:
    """The check digit that follows these digits.

    >>> check_digit("0950600013435")
    '2'
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def is_key(code: str, *lengths: int) -> bool:
    """Whether these are digits of one of the lengths with the right check digit at the end."""
    code = code or ""
    return bool(DIGITS.fullmatch(code)) and len(code) in lengths and check_digit(code[:-1]) == code[-1]


def gtin14(code: str | None) -> str | None:
    """A GTIN of 8, 12, 13 or 14 digits with 14 digits; None for anything else.

    >>> gtin14("9506000134352"), gtin14("9506000134353")
    ('09506000134352', None)
    """
    code = (code or "").strip()
    return code.zfill(14) if is_key(code, 8, 12, 13, 14) and int(code) else None


def link(key: str, value: str, qualifier: str | None = None, detail: str | None = None) -> str:
    """A canonical Digital Link of one key and at most one qualifier.

    >>> link("01", "09506000134352", "10", "L/42")
    'https://id.gs1.org/01/09506000134352/10/L%2F42'
    """
    uri = f"{STEM}/{key}/{quote(value, safe='')}"
    return f"{uri}/{qualifier}/{quote(detail, safe='')}" if qualifier else uri


def fits(text: str | None) -> bool:
    """Whether a lot or serial number can be written as a GS1 element: 1 to 20 characters of the GS1 set."""
    return bool(text) and len(text) <= MAX_TEXT and bool(CHARACTERS.fullmatch(text))


def canonical(uri: str) -> str | None:
    """The canonical Digital Link of an EPC URN or of any Digital Link, as the event hash wants it.

    Another domain, the query and coarser or finer details are dropped: of a GTIN stay serial number, third-party
    serial number or lot, of a place the extension. None for a URI that is neither, or not a valid one.

    >>> canonical("urn:epc:class:lgtin:4054739.099914.20160711")
    'https://id.gs1.org/01/04054739999148/10/20160711'
    >>> canonical("https://shop.example/gtin/01/09506000134352/10/L1/21/7?17=260101")
    'https://id.gs1.org/01/09506000134352/21/7'
    """
    if uri.startswith("urn:epc:"):
        return _from_urn(uri)
    if uri.startswith(("https://", "http://")):
        return _from_link(uri)
    return None


def is_malformed(uri: str) -> bool:
    """Whether a URI claims to be an EPC URN or a GS1 Digital Link of the GS1 domain and is not a valid one."""
    claims = uri.startswith(("urn:epc:id:", "urn:epc:class:", "urn:epc:idpat:", f"{STEM}/", "http://id.gs1.org/"))
    return claims and canonical(uri) is None


def _from_link(uri):
    parts = [part for part in urlsplit(uri).path.split("/")[1:]]
    # a stem may hold anything; the key is the last place from which the rest reads as keys and values
    for start in range(len(parts) - 2, -1, -1):
        key = parts[start]
        if key in KEYS and (len(parts) - start) % 2 == 0:
            found = _read(parts[start:])
            if found:
                return found
    return None


def _read(parts):
    pairs = [(parts[i], unquote(parts[i + 1])) for i in range(0, len(parts), 2)]
    (key, value), *more = pairs
    if key == "01" and DIGITS.fullmatch(value) and len(value) in (8, 12, 13):
        value = value.zfill(14)
    if not _valid(key, value):
        return None
    order = [qualifier for qualifier, _text in more]
    allowed = [name for name in QUALIFIERS.get(key, ()) if name in order]
    if order != allowed or not all(_text_ok(name, text) for name, text in more):
        return None
    details = dict(more)
    finest = next((name for name in FINER.get(key, ()) if name in details), None)
    return link(key, value, finest, details.get(finest))


def _text_ok(qualifier, text):
    return 0 < len(text) <= LENGTHS[qualifier] and bool(CHARACTERS.fullmatch(text))


def _valid(key, value):
    pattern, checked = KEYS[key]
    if not re.fullmatch(pattern, value, re.ASCII) or not re.fullmatch(r"[\x21-\x7e]+", value):
        return False
    return not checked or is_key(value[:checked], checked)


def _from_urn(uri):
    match = re.fullmatch(r"urn:epc:(id|class|idpat):([a-z]+):(.+)", uri)
    if not match:
        return None
    kind, scheme, rest = match.groups()
    parts = [unquote(part) for part in rest.split(".", SCHEMES[scheme][1] - 1)] if scheme in SCHEMES else []
    if not parts or len(parts) != SCHEMES[scheme][1]:
        return None
    if kind == "idpat":
        if parts[-1] != "*":
            return None
        parts[-1] = None
    key, value, qualifier, detail = SCHEMES[scheme][0](parts)
    if not _valid(key, value) or qualifier and not _text_ok(qualifier, detail):
        return None
    return link(key, value, qualifier, detail)


def _gtin(prefix, item):
    digits = item[:1] + prefix + item[1:]
    return digits + check_digit(digits) if len(digits) == 13 and DIGITS.fullmatch(digits) else ""


def _checked(digits):
    return digits + check_digit(digits) if DIGITS.fullmatch(digits) else ""


def _instance(key, value, qualifier, detail):
    return key, value, qualifier if detail is not None else None, detail


def _place(parts):
    gln, extension = _checked(parts[0] + parts[1]), parts[2]
    return ("414", gln, None, None) if extension in ("0", None) else ("414", gln, "254", extension)


# scheme -> how its parts make a key, and how many parts it has; the last part is None for a pattern of all
SCHEMES = {
    "sgtin": (lambda p: _instance("01", _gtin(p[0], p[1]), "21", p[2]), 3),
    "lgtin": (lambda p: _instance("01", _gtin(p[0], p[1]), "10", p[2]), 3),
    "upui": (lambda p: _instance("01", _gtin(p[0], p[1]), "235", p[2]), 3),
    "sscc": (lambda p: ("00", _checked(p[1][:1] + p[0] + p[1][1:]) if p[1] else "", None, None), 2),
    "sgln": (_place, 3),
    "pgln": (lambda p: ("417", _checked(p[0] + (p[1] or "")), None, None), 2),
    "grai": (lambda p: ("8003", "0" + _checked(p[0] + p[1]) + (p[2] or ""), None, None), 3),
    "giai": (lambda p: ("8004", p[0] + (p[1] or ""), None, None), 2),
    "gsrn": (lambda p: ("8018", _checked(p[0] + (p[1] or "")), None, None), 2),
    "gsrnp": (lambda p: ("8017", _checked(p[0] + (p[1] or "")), None, None), 2),
    "gdti": (lambda p: ("253", _checked(p[0] + p[1]) + (p[2] or ""), None, None), 3),
    "sgcn": (lambda p: ("255", _checked(p[0] + p[1]) + (p[2] or ""), None, None), 3),
    "ginc": (lambda p: ("401", p[0] + (p[1] or ""), None, None), 2),
    "gsin": (lambda p: ("402", _checked(p[0] + (p[1] or "")), None, None), 2),
    "itip": (lambda p: _instance("8006", _gtin(p[0], p[1]) + p[2] + p[3], "21", p[4]), 5),
    "cpi": (lambda p: _instance("8010", p[0] + p[1], "8011", p[2]), 3),
}
