import re
import unicodedata

from odoo import models
from odoo.addons.gantry_base.jobs import Progress
from odoo.fields import Command

from .. import core
from ..tools import pictures
from ..tools.bulk import copy_rows

BATCH = 120
PACK_PREFIX = "201"  # in-store numbers for packs, beside 200 for single articles


def _slug(name):
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


class GantryDemo(models.AbstractModel):
    _inherit = "gantry.demo"

    # -- products

    def _chapter_catalog(self, tale, start):
        """Create the articles that are not there yet, with pictures, packs and pack barcodes."""
        rows = tale.story.products
        categories = self._categories({row.category for row in rows})
        packs = self._pack_units({row.pack for row in rows if row.pack > 1 and row.unit == "unit"})
        units = {"unit": self.env.ref("uom.product_uom_unit"), "m": self.env.ref("uom.product_uom_meter")}
        routes = tale.warehouses[1].resupply_route_ids
        for first in range(start, len(rows), BATCH):
            chosen = rows[first:first + BATCH]
            known = self.env["product.product"].with_context(active_test=False).search(
                [("default_code", "in", [row.code for row in chosen])]
            ).grouped("default_code")
            vals = []
            for index, row in enumerate(chosen, first):
                if row.code in known:
                    known[row.code].with_company(tale.company).standard_price = row.cost
                    continue
                pack = packs.get(row.pack) if row.unit == "unit" else None
                hub = tale.story.suppliers[tale.story.supplier_of[index]].hub
                vals.append(self._prepare_product_vals(row, categories, units, pack, routes if hub else None))
            templates = self.env["product.template"].create(vals)
            self._name_packs(templates.filtered("uom_ids"))
            self._hang_pictures(templates)
            yield Progress(min(first + BATCH, len(rows)), len(rows))

    def _prepare_product_vals(self, row, categories, units, pack, routes):
        vals = {
            "name": row.name, "default_code": row.code, "barcode": row.barcode, "type": "consu", "is_storable": True,
            "categ_id": categories[row.category].id, "uom_id": units[row.unit].id, "list_price": row.price,
            "standard_price": row.cost, "weight": row.weight_kg, "volume": row.volume_m3,
        }
        if pack:
            vals["uom_ids"] = [Command.set(pack.ids)]
        if routes:
            vals["route_ids"] = [Command.set(routes.ids)]
        return vals

    def _name_packs(self, templates):
        """Give every pack a barcode of its own: the number of the article with the prefix of packs."""
        self.env["product.uom"].create([
            {
                "product_id": template.product_variant_id.id, "uom_id": template.uom_ids.id,
                "barcode": core.ean13(PACK_PREFIX, int(template.barcode[3:12])),
            }
            for template in templates
        ])

    def _hang_pictures(self, templates):
        """Store the picture of every product, which many products share, in all the sizes that Odoo keeps.

        Past the ORM, which would scale and store each of them five times over.
        """
        Attachment = self.env["ir.attachment"]
        values, rows = {}, []
        for template in templates:
            path = "/".join(template.categ_id.complete_name.split(" / "))
            brand = template.name.split(" ")[0]
            for field in ("image_1920", "image_1024", "image_512", "image_256", "image_128"):
                picture = pictures.product(path, brand)[field == "image_128"]
                if picture not in values:
                    values[picture] = Attachment._get_datas_related_values(picture, "image/png")
                    if values[picture]["store_fname"]:
                        Attachment._file_write(picture, values[picture]["checksum"])
                stored = values[picture]
                rows.append((
                    field, "product.template", field, template.id, "binary", "image/png", stored["file_size"], False,
                    stored["index_content"] or None, self.env.company.id,
                    stored["checksum"], stored["store_fname"] or None,
                    "\\x" + stored["db_datas"].hex() if stored["db_datas"] else None,
                    self.env.uid, self.env.uid, self.env.cr.now(), self.env.cr.now(),
                ))
        copy_rows(self.env.cr, "ir_attachment", (
            "name", "res_model", "res_field", "res_id", "type", "mimetype", "file_size", "public",
            "index_content", "company_id", "checksum", "store_fname", "db_datas", "create_uid", "write_uid",
            "create_date", "write_date",
        ), rows)
        templates.invalidate_recordset()
        templates.product_variant_ids.invalidate_recordset()

    def _categories(self, paths):
        """Find or create the categories of these paths, their parents first; return them by path."""
        Category = self.env["product.category"]
        found = {"": Category}
        wanted = sorted({"/".join(path.split("/")[:depth]) for path in paths for depth in (1, 2, 3)})
        for path in sorted(wanted, key=lambda path: path.count("/")):
            parent, _slash, name = path.rpartition("/")
            domain = [("name", "=", name), ("parent_id", "=", found[parent].id or False)]
            found[path] = Category.search(domain, limit=1) or Category.create(
                {"name": name, "parent_id": found[parent].id}
            )
        return found

    def _pack_units(self, sizes):
        """Find or create the unit "Box of n" for every size; return them by size."""
        unit = self.env.ref("uom.product_uom_unit")
        found = {}
        for size in sorted(sizes):
            name = f"Box of {size}"
            found[size] = self.env["uom.uom"].search([("name", "=", name)], limit=1) or self.env["uom.uom"].create(
                {"name": name, "relative_uom_id": unit.id, "relative_factor": size}
            )
        return found

    # -- partners

    def _chapter_partners(self, tale, start):
        """Create vendors with price lists, and customers with delivery addresses."""
        steps = (self._create_suppliers, self._create_prices, self._create_customers)
        for number, step in enumerate(steps):
            if number >= start:
                step(tale)
                yield Progress(number + 1, len(steps))

    def _missing(self, codes):
        """Which of these partner codes nobody has yet."""
        known = self.env["res.partner"].with_context(active_test=False).search([("ref", "in", list(codes))])
        return set(codes) - set(known.mapped("ref"))

    def _create_suppliers(self, tale):
        codes = [f"V{2001 + index}" for index in range(len(tale.story.suppliers))]
        missing = self._missing(codes)
        countries = self.env["res.country"].search([]).grouped("code")
        self.env["res.partner"].create([
            {
                "name": row.name, "ref": code, "is_company": True, "street": row.street,
                "city": row.city, "country_id": countries[row.country].id, "email": f"orders@{_slug(row.name)}.example",
                "comment": self.env._("Usual lead time: %s days.", int(row.lead_days)),
            }
            for code, row in zip(codes, tale.story.suppliers, strict=True)
            if code in missing
        ])

    def _create_prices(self, tale):
        company, story = tale.company, tale.story
        products, suppliers = tale.products, tale.suppliers
        Info = self.env["product.supplierinfo"]
        if Info.search_count([("company_id", "=", company.id), ("product_id", "in", products.ids)], limit=1):
            return
        Info.create([
            {
                "partner_id": suppliers[row.supplier].id, "product_id": products[row.product].id,
                "product_tmpl_id": products[row.product].product_tmpl_id.id, "company_id": company.id,
                "currency_id": company.currency_id.id, "min_qty": row.min_qty, "price": row.price,
                "delay": row.lead_days, "product_code": row.code, "sequence": number + 1,
            }
            for number, row in enumerate(story.prices)
        ])

    def _create_customers(self, tale):
        rows = tale.story.customers
        missing = self._missing([row.code for row in rows])
        ireland = self.env.ref("base.ie")
        counties = self.env["res.country.state"].search([("country_id", "=", ireland.id)]).grouped("name")

        def address(row, street):
            return {
                "street": street, "city": row.town, "country_id": ireland.id,
                "state_id": counties[row.county].id if row.county in counties else False,
            }

        new = [row for row in rows if row.code in missing]
        partners = self.env["res.partner"].create([
            {
                "name": row.name, "ref": row.code, "is_company": True, **address(row, row.street),
                "email": f"info@{_slug(row.name)}.example", "phone": f"+353 20 916 {int(row.code[1:]):04d}",
            }
            for row in new
        ])
        self.env["res.partner"].create([
            {"name": name, "parent_id": partner.id, "type": "delivery", **address(row, row.street)}
            for row, partner in zip(new, partners, strict=True)
            for name in row.goods_in
        ])
