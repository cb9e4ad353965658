from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, split_every

from ..core import orderfile
from ..core.orderfile import Role

NEW = 1 << 40  # products to be created get numbers from here on, far above any id
CREATE_BATCH = 500
SLOW_DEFAULTS = ("has_available_route_ids", "lot_sequence_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Product and warehouse of each line (see `orderfile.aggregate`), and what is to be created.

    ``new_codes`` maps a number above `NEW` to the code; ``new_lines`` are the positions of their lines.
    """

    product: np.ndarray
    warehouse: np.ndarray
    new_codes: dict[int, str]
    case_twins: list[str]


class GantryDemandImportMatch(models.Model):
    """Products and warehouses of an order file."""

    _inherit = "gantry.demand.import"

    def _match(self, found):
        lines = found.lines
        codes, barcodes = lines.values["code"], lines.values["barcode"]
        code, barcode = lines.index["code"], lines.index["barcode"]
        by_code = self._find_products(codes)
        product = by_code[code]
        if len(barcodes) > 1:
            by_barcode = self._find_products(barcodes, fields=("barcode", "default_code"))
            product = np.where(product <= 0, np.where(by_barcode[barcode] != 0, by_barcode[barcode], product), product)
        new_codes = {}
        if self.unknown_products == "create":
            number = np.where(code > 0, code, len(codes) + barcode).astype(np.int64) + NEW
            unknown = (product == 0) & (found.issue == 0)
            product = np.where(unknown, number, product)
            texts = (*codes, *barcodes)
            new_codes = {int(key): texts[key - NEW] for key in np.unique(product[unknown])}
        return Match(
            product=product,
            warehouse=self._match_warehouses(lines),
            new_codes=new_codes,
            case_twins=self._case_twins(codes),
        )

    def _find_products(self, texts, fields=("default_code", "barcode")):
        """Ids for distinct texts: 0 where no product fits, -1 where several do. Later fields only where earlier fail.

        Codes in other capital letters are looked for last.
        """
        found = np.zeros(len(texts), np.int64)
        for field, fold in (*((field, False) for field in fields), (fields[0], True)):
            open_texts = defaultdict(list)
            for i in np.flatnonzero(found == 0).tolist():
                if texts[i]:
                    open_texts[texts[i].lower() if fold else texts[i]].append(i)
            for part in split_every(10_000, open_texts):
                for text, product_id in self._products_by(field, list(part), fold).items():
                    found[open_texts[text]] = product_id
        return found

    def _products_by(self, field, texts, fold):
        """Map texts to the id of the product (active ones first), -1 when there is more than one."""
        Product = self.env["product.product"].with_context(active_test=False)
        domain = Domain("company_id", "in", [False, self.company_id.id])
        if not fold:
            domain &= Domain(field, "in", texts)
        Product.flush_model(["active", "barcode", "company_id", "default_code"])
        query = Product._search(domain)
        column = SQL.identifier(query.table, field)
        if fold:
            column = SQL("lower(%s)", column)
            query.add_where(SQL("%s = ANY(%s)", column, texts))
        rows = self.env.execute_query(
            query.select(SQL.identifier(query.table, "id"), column, SQL.identifier(query.table, "active"))
        )
        candidates = defaultdict(list)
        for product_id, text, active in rows:
            candidates[text].append((product_id, active))
        result = {}
        for text, options in candidates.items():
            options = [o for o in options if o[1]] or options
            result[text] = options[0][0] if len(options) == 1 else -1
        return result

    @staticmethod
    def _case_twins(codes):
        seen, twins = {}, []
        for code in codes:
            if seen.setdefault(code.lower(), code) != code:
                twins.append(code)
        return twins

    def _match_warehouses(self, lines):
        """Warehouse of each line: the user's choice for the name, else code or name, else (no name) the default."""
        texts, index = lines.values["warehouse"], lines.index["warehouse"]
        default = self.warehouse_id or self._default_warehouse(self.company_id)
        if not default:
            raise UserError(self.env._("%s has no warehouse; create one first.", self.company_id.name))
        if Role.WAREHOUSE not in lines.layout.roles:
            self.warehouse_ids = [Command.clear()]
            return np.full(len(lines), default.id, np.int64)
        chosen = {
            line.name: line.warehouse_id.id for line in self.warehouse_ids
            if line.warehouse_id.company_id == self.company_id
        }
        known = {}
        for warehouse in self.env["stock.warehouse"].search([("company_id", "=", self.company_id.id)]):
            known.setdefault(warehouse.name.casefold(), warehouse.id)
            known[warehouse.code.casefold()] = warehouse.id
        ids = [default.id, *(chosen.get(text) or known.get(text.casefold(), 0) for text in texts[1:])]
        counts = np.bincount(index, minlength=len(texts)).tolist()
        if len(texts) > 1000:
            raise UserError(
                self.env._("The warehouse column holds %s different values; it is not a warehouse.", len(texts) - 1)
            )
        self.warehouse_ids = [
            Command.clear(),
            *(
                Command.create({"name": text, "line_count": counts[i], "warehouse_id": ids[i] or False})
                for text, i in sorted((text, i) for i, text in enumerate(texts) if text)
            ),
        ]
        return np.array(ids, np.int64)[index]

    # -- creating products

    def _check_may_create_products(self):
        if not self.env["product.product"].has_access("create"):
            raise AccessError(
                self.env._(
                    "You may not create products: your user lacks the right to. Import without creating them, or ask "
                    "somebody who has it."
                )
            )

    def _create_products(self, found, match):
        """Create the unknown products; returns {number: id}."""
        if not match.new_codes:
            return {}
        self._check_may_create_products()
        vals_list = self._prepare_new_products(found, match)
        Product = self.env["product.product"].with_company(self.company_id)
        # thousands of products: no message in each one's history
        Product = Product.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True, mail_notrack=True
        )
        # defaults that cost a query for every single product
        shared = Product.default_get([name for name in SLOW_DEFAULTS if name in Product._fields])
        vals_list = [shared | vals for vals in vals_list]
        products = self.env["product.product"]
        for part in split_every(CREATE_BATCH, vals_list, list):
            products += Product.create(part)
            self.env.flush_all()
            if len(products) == len(part):
                # in a new database the planner takes these tables for empty and would loop over them for every row
                self.env.cr.execute("ANALYZE product_template, product_product")
        self.env.cr.execute_values(
            "INSERT INTO gantry_demand_import_product_rel (import_id, product_id) VALUES %s",
            [(self.id, product_id) for product_id in products.ids],
        )
        self.invalidate_recordset(["created_product_ids"])
        return dict(zip(match.new_codes, products.ids, strict=True))

    def _prepare_new_products(self, found, match):
        lines = found.lines
        numbers = np.array(list(match.new_codes), np.int64)
        group = np.searchsorted(numbers, match.product)
        inside = np.flatnonzero((match.product >= NEW) & (found.issue == 0))
        group = group[inside]
        n = len(numbers)
        names = orderfile.most_common(group, lines.index["description"][inside], n)
        categories = orderfile.most_common(group, lines.index["category"][inside], n)
        barcodes = orderfile.most_common(group, lines.index["barcode"][inside], n)
        prices = orderfile.typical_price(found.price[inside], group, n)
        categ_of = self._categories([lines.values["category"][i] for i in np.unique(categories)])
        # sudo: beside companies this user does not see, too, the products of an import are those of its own
        shared = self.env["res.company"].sudo().search_count([], limit=2) < 2
        company_id = False if shared else self.company_id.id
        taken, vals_list = set(), []
        for i, code in enumerate(match.new_codes.values()):
            barcode = lines.values["barcode"][barcodes[i]]
            vals = {
                "name": lines.values["description"][names[i]] or code,
                "default_code": code,
                "is_storable": True,
                "list_price": float(prices[i]),
                "company_id": company_id,
            }
            if barcode and barcode not in taken:
                taken.add(barcode)
                vals["barcode"] = barcode
            if category := categ_of.get(lines.values["category"][categories[i]]):
                vals["categ_id"] = category
            vals_list.append(vals)
        return vals_list

    def _categories(self, names):
        """Ids of product categories by name; missing ones are created."""
        names = [name for name in names if name]
        if not names:
            return {}
        Category = self.env["product.category"]
        found = Category.search(["|", ("name", "in", names), ("complete_name", "in", names)])
        ids = {category.name: category.id for category in found[::-1]}
        ids |= {category.complete_name: category.id for category in found}
        missing = [name for name in names if name not in ids]
        ids |= {category.name: category.id for category in Category.create([{"name": name} for name in missing])}
        return ids
