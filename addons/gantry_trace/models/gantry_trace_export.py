from odoo import api, fields, models

OPTIONS = ("direction", "since", "until", "min_confidence", "as_known_on", "stop_product_ids")


class GantryTrace(models.AbstractModel):
    _inherit = "gantry.trace"

    @api.model
    def _export_sheets(self, lot_id, options):
        """Name of the file, and the sheets of a trace with all their rows, as the user may see them.

        :return: name, and dicts ``key``, ``title``, ``columns``, ``rows``
        """
        api_model = self.env["gantry.trace.api"]
        api_model._require_group("stock.group_stock_user")
        lot = api_model._lot(lot_id)
        known = {name: options.get(name) for name in OPTIONS}
        direction = known.pop("direction") or "both"
        stop = known.pop("stop_product_ids") or ()
        times = api_model._options(**known)
        closure, hidden = self._mask_closure(self._closure(lot.ids, direction, stop_product_ids=stop, **times))
        exposure = api_model._exposure_of(lot, True, direction, stop, times)
        lots = [row["lot_id"] for row in closure if row["lot_id"] and row["direction"] == "down"]
        sheets = [
            self._sheet_about(lot, known | {"direction": direction}, hidden, exposure),
            self._sheet_lots(closure),
            self._sheet_customers(exposure["customers"]),
            self._sheet_suppliers(exposure["suppliers"]),
            self._sheet_places(exposure),
            self._sheet_balance(self._name_rows(self._balance(lots or lot.ids))),
        ]
        return self.env._("Trace %s", lot.name.replace("/", "-")), sheets

    def _sheet_about(self, lot, options, hidden, exposure):
        rows = [
            [self.env._("Lot"), lot.name],
            [self.env._("Product"), lot.product_id.display_name],
            [self.env._("Made on"), fields.Datetime.now()],
            [self.env._("Made by"), self.env.user.name],
            [self.env._("Lots of companies you do not see"), hidden],
            [self.env._("Other rows of companies you do not see"), exposure["hidden"]],
            *[[name, str(value)] for name, value in options.items() if value],
        ]
        return {"key": "about", "title": "Trace", "columns": [self.env._("What"), ""], "rows": rows}

    def _sheet_lots(self, closure):
        words = {"down": self.env._("went into"), "up": self.env._("came from")}
        sure = dict(self.env["gantry.trace.edge"]._fields["confidence"]._description_selection(self.env))
        rows = [
            [row["name"], row["reference"] or "", row["product_name"], words[row["direction"]], row["depth"],
             sure[row["confidence"]], row["on_hand"], row["unit"], row["expiration_date"] or None]
            for row in self._describe_nodes(closure)
        ]  # fmt: skip
        _t = self.env._
        columns = [_t("Lot"), _t("Reference"), _t("Product"), _t("Way"), _t("Steps"), _t("How sure"), _t("On hand"),
                   _t("Unit"), _t("Expires")]  # fmt: skip
        return {"key": "lots", "title": "Lots", "columns": columns, "rows": rows}

    def _sheet_customers(self, customers):
        _t = self.env._
        pickings = self.env["stock.picking"].sudo().browse({id_ for row in customers for id_ in row["picking_ids"]})
        names = {picking.id: picking.name for picking in pickings.exists()}
        partners = self._records_by_id("res.partner", {row["partner_id"] for row in customers})
        rows = []
        for row in customers:
            partner = partners.get(row["partner_id"])
            contact = [partner.email or "", partner.phone or ""] if partner else ["", ""]
            rows.append(
                [row["partner_name"], *contact, row["lot_name"], row["product_name"], row["qty_out"],
                 row["qty_returned"], row["qty_net"], row["unit"], row["first_date"], row["last_date"],
                 ", ".join(names[id_] for id_ in row["picking_ids"] if id_ in names)]
            )  # fmt: skip
        columns = [_t("Customer"), _t("E-mail"), _t("Phone"), _t("Lot"), _t("Product"), _t("Shipped"), _t("Returned"),
                   _t("There"), _t("Unit"), _t("First"), _t("Last"), _t("Transfers")]  # fmt: skip
        return {"key": "customers", "title": "Customers", "columns": columns, "rows": rows}

    def _sheet_suppliers(self, suppliers):
        _t = self.env._
        rows = [
            [row["partner_name"], row["lot_name"], row["product_name"], row["qty"], row["unit"], row["first_date"]]
            for row in suppliers
        ]
        columns = [_t("Supplier"), _t("Lot"), _t("Product"), _t("Received"), _t("Unit"), _t("First")]
        return {"key": "suppliers", "title": "Suppliers", "columns": columns, "rows": rows}

    def _sheet_places(self, exposure):
        _t = self.env._
        labels = {
            "on_hand": _t("On hand"), "transit": _t("In transit"), "consignment": _t("Owned by others"),
            "subcontractor": _t("At a subcontractor"), "reserved": _t("Reserved"), "scrapped": _t("Scrapped"),
        }  # fmt: skip
        rows = [
            [label, row.get("reference") or row.get("location_name") or "", row["lot_name"], row["product_name"],
             row["qty"], row["unit"]]
            for name, label in labels.items()
            for row in exposure[name]
        ]  # fmt: skip
        columns = [_t("What"), _t("Where"), _t("Lot"), _t("Product"), _t("Quantity"), _t("Unit")]
        return {"key": "places", "title": "Stock", "columns": columns, "rows": rows}

    def _sheet_balance(self, balance):
        _t = self.env._
        names = {
            "opening": _t("Opening"), "received": _t("Received"), "produced": _t("Produced"),
            "returned": _t("Returned"), "relabelled_in": _t("Relabelled in"), "adjusted": _t("Counted"),
            "consumed": _t("Consumed"), "shipped": _t("Shipped"), "sent_back": _t("Sent back"),
            "scrapped": _t("Scrapped"), "relabelled_out": _t("Relabelled out"), "on_hand": _t("On hand"),
            "difference": _t("Difference"),
        }  # fmt: skip
        rows = [
            [row["lot_name"], row["product_name"], *[row[name] for name in names], row["unit"],
             " ".join(reason["text"] for reason in row["reasons"])]
            for row in balance
        ]  # fmt: skip
        columns = [_t("Lot"), _t("Product"), *names.values(), _t("Unit"), _t("Why")]
        return {"key": "balance", "title": "Balance", "columns": columns, "rows": rows}
