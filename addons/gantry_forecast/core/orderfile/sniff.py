"""Guess how an order file is written and what its columns mean, from its first rows."""

import csv
import re
import statistics
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from . import dates, numbers
from .source import Rows, Source, kind_of
from .types import Layout, OrderFileError, Role

SAMPLE_ROWS = 500
_DELIMITERS = ",;\t|"
_WORDS = {
    Role.CODE: "stockcode productcode sku itemcode articlecode articleno articlenumber itemno itemnumber partno "
    "partnumber productid itemid defaultcode internalreference code product item article part material artikel "
    "artikelnummer artikelnr referencia codigo reference référence ref",
    Role.BARCODE: "barcode ean ean13 gtin upc gtin13 strichcode codebarre",
    Role.QUANTITY: "quantity qty quantityordered orderqty qtyordered orderedqty quantityshipped qtydelivered "
    "productuomqty units pieces pcs amountordered menge anzahl stück quantité quantite qté cantidad aantal "
    "demand sales sold volume",
    Role.DATE: "date invoicedate orderdate saledate salesdate deliverydate shipdate datetime timestamp day "
    "postingdate datum bestelldatum rechnungsdatum lieferdatum fecha dateorder effectivedate",
    Role.WAREHOUSE: "warehouse warehousecode wh site location store storeid plant depot branch lager lagerort "
    "entrepot entrepôt almacen magazijn storenbr",
    Role.PRICE: "price unitprice listprice saleprice pricesubtotal preis einzelpreis prix precio prijs rate",
    Role.CUSTOMER: "customer customerid customercode customerno client clientid buyer partner partnerid account "
    "soldto kunde kundennummer kundennr cliente klant",
    Role.ORDER: "invoice invoiceno invoicenumber order orderno ordernumber orderid orderref document documentno "
    "docno ticket receipt transactionid salesorder rechnung rechnungsnummer bestellnummer auftrag auftragsnummer "
    "belegnummer facture commande pedido factura",
    Role.DESCRIPTION: "description productname itemname articlename name title designation bezeichnung "
    "beschreibung libelle libellé descripcion omschrijving productdescription itemdescription",
    Role.CATEGORY: "category productcategory categ family group productgroup department class kategorie "
    "warengruppe famille categorie catégorie categoria",
}
_RANK = {role: {word: rank for rank, word in enumerate(words.split())} for role, words in _WORDS.items()}
_NEEDED_KIND = {
    Role.QUANTITY: "number",
    Role.PRICE: "number",
    Role.DATE: "date",
    Role.BARCODE: "barcode",
}


def sniff(source: Source) -> Layout:
    """Guess the layout of a file.

    >>> import io
    >>> data = b'sku;qty;day\\nA1;2;2024-01-31\\nB2;1;2024-02-01\\n'
    >>> layout = sniff(Source(name='x.csv', size=len(data), opener=lambda: io.BytesIO(data)))
    >>> layout.delimiter, {role.value: column for role, column in layout.roles.items()}
    (';', {'code': 0, 'quantity': 1, 'date': 2})
    """
    kind, gzipped, encoding = kind_of(source)
    delimiter = ""
    if kind == "csv":
        delimiter = _delimiter(source, gzipped, encoding)
    rows = [r for r in islice(Rows(source, kind, gzipped, encoding, delimiter), SAMPLE_ROWS) if any(r)]
    if not rows:
        raise OrderFileError("empty", f"{source.name} holds no lines.")
    width = max(len(rows[0]), int(statistics.median(len(row) for row in rows)))
    rows = [(row + [""] * width)[:width] for row in rows]
    if width < 2:
        raise OrderFileError("one_column", f"{source.name} has a single column; product, quantity and date are needed.")
    header = _has_header(rows)
    names = _names(rows[0] if header else [], width)
    body = rows[1:] if header else rows
    layout = Layout(
        kind=kind,
        gzipped=gzipped,
        encoding=encoding,
        delimiter=delimiter,
        header=header,
        columns=names,
        sample=tuple(tuple(row) for row in body[:8]),
    )
    return replace(layout, roles=guess_roles(names if header else [""] * width, body))


def _names(first: Sequence[str], width: int) -> tuple[str, ...]:
    first = list(first) + [""] * (width - len(first))
    return tuple(name.strip() or f"Column {number}" for number, name in enumerate(first, 1))


def _delimiter(source: Source, gzipped: bool, encoding: str) -> str:
    """Pick the delimiter that cuts the most rows into the same number (above 1) of columns."""
    lines = [line for line in Rows(source, "csv", gzipped, encoding).head(60) if line.strip()]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        if not widths:
            continue
        common = statistics.mode(widths)
        score = widths.count(common) / len(widths) * min(common - 1, 30) ** 0.5 if common > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def column_kind(values: Sequence[str]) -> str:
    """Tell what most values of a column are: number, date, barcode, code, text or empty.

    >>> column_kind(['4006381333931', '5000127163423']), column_kind(['A-1', '77']), column_kind(['1,5', '2'])
    ('barcode', 'code', 'number')
    """
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return "empty"
    need = 0.8 * len(filled)
    if sum(is_barcode(value) for value in filled) >= need:
        return "barcode"
    dated = [dates.readings(dates.strip_time(value)) for value in filled]
    plain = {dates.DateOrder.SERIAL, dates.DateOrder.UNIX}
    if sum(any(order not in plain for _shape, order in keys) for keys in dated) >= need:
        return "date"
    if sum(numbers.parse(v, ".")[1] == 0 or numbers.parse(v, ",")[1] == 0 for v in filled) >= need:
        return "number"
    if sum(" " in value for value in filled) > 0.5 * len(filled):
        return "text"
    return "code"


def is_barcode(text: str) -> bool:
    """Check length and check digit of EAN-8, UPC-A, EAN-13 and GTIN-14.

    >>> is_barcode('4006381333931'), is_barcode('4006381333932')
    (True, False)
    """
    if len(text) not in (8, 12, 13, 14) or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(sign) for sign in reversed(text)]
    return (sum(digits[1::2]) * 3 + sum(digits[::2])) % 10 == 0


def _has_header(rows: list[list[str]]) -> bool:
    first, body = rows[0], rows[1:]
    if any(column_kind([value]) in ("number", "date", "barcode") for value in first):
        return False
    if not body:
        return True
    kinds = [column_kind([row[i] for row in body]) for i in range(len(first))]
    known = any(_clean(value) in ranks for value in first for ranks in _RANK.values())
    return known or any(kind in ("number", "date", "barcode") for kind in kinds)


def _clean(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _name_score(role: Role, name: str) -> float:
    clean = _clean(name)
    ranks = _RANK[role]
    if clean in ranks:
        return 10.0 - min(ranks[clean], 40) / 20
    parts = {part for part in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", name) if part}
    hits = [ranks[part.lower()] for part in parts if part.lower() in ranks]
    return 5.0 - min(min(hits), 40) / 20 if hits else 0.0


def _value_score(role: Role, kind: str, values: Sequence[str]) -> float:
    filled = [value for value in values if value.strip()]
    distinct = len(set(filled)) / len(filled) if filled else 0.0
    if role == Role.QUANTITY:
        whole = sum(numbers.parse(v, ".")[0] % 1 == 0 for v in filled) / len(filled) if filled else 0.0
        return (1.0 + whole - distinct) if kind == "number" else 0.0
    if role in _NEEDED_KIND:
        return 2.0 if kind == _NEEDED_KIND[role] and role != Role.PRICE else 0.0
    if role == Role.CODE:
        return {"code": 1.5, "number": 0.6 * distinct, "barcode": 0.5}.get(kind, 0.0) * (0.5 + distinct / 2)
    return 0.0


def guess_roles(names: Sequence[str], body: Sequence[Sequence[str]]) -> dict[Role, int]:
    """Give each role the column whose name and values fit it best; a column serves one role.

    Without names only product, barcode, quantity and date are guessed, from the values.
    """
    columns = [[row[i] for row in body] for i in range(len(names))]
    kinds = [column_kind(values) for values in columns]
    named = any(names)
    options = []
    for role in Role:
        for i, name in enumerate(names):
            by_name = _name_score(role, name)
            needed = _NEEDED_KIND.get(role)
            if body and kinds[i] != "empty" and needed and kinds[i] != needed:
                if role == Role.DATE and kinds[i] == "number" and by_name >= 8:
                    pass  # a spreadsheet day number under a name that says date
                else:
                    by_name *= 0.3 if role != Role.BARCODE else 0.8
            by_value = _value_score(role, kinds[i], columns[i])
            must = role in (Role.CODE, Role.QUANTITY, Role.DATE, Role.BARCODE)
            if by_name >= 2.5 or (must and by_value and (not named or role != Role.CODE)):
                options.append((by_name + by_value, role, i))
    options.sort(key=lambda option: (-option[0], list(Role).index(option[1]), option[2]))
    roles: dict[Role, int] = {}
    for _score, role, i in options:
        if role not in roles and i not in roles.values():
            roles[role] = i
    return {role: roles[role] for role in Role if role in roles}
