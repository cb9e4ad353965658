from odoo import api, fields, models
from odoo.exceptions import UserError

from .gantry_recall_notice_line import QUANTITIES


class GantryRecall(models.Model):
    """Notices of the case: one per consignee, from the last snapshot."""

    _inherit = "gantry.recall"

    notice_ids = fields.One2many("gantry.recall.notice", "recall_id", "Notices", readonly=True)
    notice_count = fields.Integer("Consignees", compute="_compute_notices")
    told_count = fields.Integer("Told", compute="_compute_notices")
    answered_count = fields.Integer("Answered", compute="_compute_notices")
    call_count = fields.Integer("To call", compute="_compute_notices")
    nobody_qty = fields.Integer(
        "Deliveries to nobody known", compute="_compute_nobody",
        help="Lots that left with no document that names a customer.",
    )  # fmt: skip

    @api.depends("notice_ids.state", "notice_ids.to_call")
    def _compute_notices(self):
        for recall in self:
            notices = recall.notice_ids
            recall.notice_count = len(notices)
            recall.told_count = len(notices.filtered(lambda notice: notice.state != "draft"))
            recall.answered_count = len(notices.filtered(lambda notice: notice.state == "answered"))
            recall.call_count = len(notices.filtered("to_call"))

    @api.depends("snapshot_ids")
    def _compute_nobody(self):
        for recall in self:
            rows = recall._last_data()["customers"] if recall.snapshot_ids else ()
            recall.nobody_qty = sum(not row["partner_id"] and row["qty_net"] > 0 for row in rows)

    def action_prepare_notices(self):
        """Draft the notices, to be looked at before anybody is told."""
        self.check_access("write")
        self._require_open()
        for recall in self:
            recall._prepare_notices()
        return self.action_open_notices()

    def action_notify(self):
        """Tell everybody who was not told yet, or whose lots have changed."""
        self.check_access("write")
        self._require_open()
        for recall in self:
            recall._prepare_notices()
            notices = recall.notice_ids.filtered(lambda notice: notice.state == "draft" or notice.is_outdated)
            if not notices:
                raise UserError(self.env._("Everybody concerned by %s was told already.", recall.name))
            notices._send()
        return True

    def _prepare_notices(self):
        """A notice per consignee that still has something; those that exist get what is new."""
        self._lock()
        rows = self._prepare_notice_rows()
        known = {notice.partner_id.id: notice for notice in self.notice_ids.sudo()}
        # a consignee that has given everything back since is told no longer, if it was not told yet
        for partner_id, notice in known.items():
            if partner_id not in rows and notice.state == "draft":
                notice.unlink()
        partners = self.env["res.partner"].sudo().browse(rows).exists()
        Notice = self.env["gantry.recall.notice"].sudo()  # sudo: notices are made by the button only
        new = Notice.create(
            [
                {
                    "recall_id": self.id,
                    "partner_id": partner.id,
                    "email": partner.email or partner.commercial_partner_id.email,
                    "phone": partner.phone or partner.commercial_partner_id.phone,
                    "line_ids": [fields.Command.create(vals) for vals in rows[partner.id].values()],
                }
                for partner in partners
                if partner.id not in known
            ]
        )
        for partner in partners:
            if partner.id in known:
                known[partner.id]._update_lines(rows[partner.id])
        self.invalidate_recordset(["notice_ids"])
        return new.sudo(self.env.su)

    def _prepare_notice_rows(self):
        """``{partner: {node: values of the line}}`` from the last snapshot."""
        data = self._last_data()
        picking_ids = {picking_id for row in data["customers"] for picking_id in row["picking_ids"]}
        names = {picking.id: picking.name for picking in self.env["stock.picking"].sudo().browse(picking_ids).exists()}
        lots = set(self.env["stock.lot"].browse({row["lot_id"] for row in data["customers"]} - {None}).exists().ids)
        to_time = self._to_time
        found = {}
        for row in data["customers"]:
            if not row["partner_id"] or row["qty_net"] <= 0:
                continue
            node = row["lot_id"] or -row["pool_id"]
            vals = found.setdefault(row["partner_id"], {}).setdefault(
                node,
                {
                    "node": node,
                    "lot_id": row["lot_id"] if row["lot_id"] in lots else False,
                    "name": row["lot_name"],
                    "product_id": row["product_id"],
                    "qty_net": 0.0,
                    "first_date": to_time(row["first_date"]),
                    "last_date": to_time(row["last_date"]),
                    "documents": "",
                },
            )
            documents = [vals["documents"]] if vals["documents"] else []
            documents += [names[id_] for id_ in row["picking_ids"] if id_ in names]
            vals["documents"] = ", ".join(documents)
            vals["qty_net"] += row["qty_net"]
            vals["first_date"] = min(vals["first_date"], to_time(row["first_date"]))
            vals["last_date"] = max(vals["last_date"], to_time(row["last_date"]))
        return found

    @api.model
    def _to_time(self, text):
        return fields.Datetime.to_datetime(text.replace("T", " ").removesuffix("Z"))

    def _headline(self):
        """What a notice is called: urgent where harm is possible, and a drill where it is one."""
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        words = [self.env._("DRILL") if self.is_drill else "", kind.upper()]
        if self.hazard_class in ("1", "2"):
            words.insert(1, self.env._("URGENT"))
        return " ".join(word for word in words if word)

    # -- status

    def _status(self):
        """Where the case stands, as a regulator asks for it every few weeks."""
        self.ensure_one()
        notices = self.notice_ids
        told = notices.filtered(lambda notice: notice.state != "draft")
        waiting = told.filtered(lambda notice: notice.state != "answered")
        quantities = {}
        for line in notices.line_ids:
            row = quantities.setdefault(
                line.product_id,
                {"product_id": line.product_id.id, "product": line.product_id.display_name,
                 "unit": line.uom_id.name, **dict.fromkeys(("delivered", *QUANTITIES, "open"), 0.0)},
            )  # fmt: skip
            row["delivered"] += line.qty_net
            row["open"] += line.qty_open
            for name in QUANTITIES:
                row[name] += line[f"qty_{name}"]
        return {
            "lots": self.scope_count,
            "consignees": len(notices),
            "told": len(told),
            "first_told_at": min(told.mapped("date_sent"), default=None),
            "page_opened": len(told.filtered("date_seen")),
            "answered": len(told) - len(waiting),
            "reminded": len(told.filtered("reminder_count")),
            "called": len(notices.filtered("call_ids")),
            "to_call": len(notices.filtered("to_call")),
            "nobody": self.nobody_qty,
            "quantities": list(quantities.values()),
            "non_responders": [
                {"notice_id": notice.id, "partner": notice.partner_id.display_name, "phone": notice.phone or "",
                 "why": notice.call_reason or None, "told_at": notice.date_sent}
                for notice in waiting
            ],
        }  # fmt: skip

    def _status_rows(self, status):
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        classes = dict(self._fields["hazard_class"]._description_selection(self.env))
        depth = dict(self._fields["depth"]._description_selection(self.env))[self.depth]
        _t = self.env._
        return [
            (_t("Kind"), " ".join(word for word in (kind, classes.get(self.hazard_class)) if word)),
            (_t("What is wrong"), self.reason),
            (_t("Depth"), depth),
            (_t("Opened"), self.date_opened),
            (_t("Lots concerned"), status["lots"]),
            (_t("Consignees"), status["consignees"]),
            (_t("Told"), status["told"]),
            (_t("First told"), status["first_told_at"] or "-"),
            (_t("Answered"), status["answered"]),
            (_t("Reminded"), status["reminded"]),
            (_t("Called"), status["called"]),
            (_t("To call"), status["to_call"]),
            (_t("Deliveries that name no customer"), status["nobody"]),
        ]

    def action_open_notices(self):
        return self._open("gantry_recall.action_recall_notice", [("recall_id", "in", self.ids)])

    def action_open_call_list(self):
        domain = [("recall_id", "in", self.ids), ("to_call", "=", True)]
        return self._open("gantry_recall.action_recall_notice", domain)


class GantryRecallNotice(models.Model):
    _inherit = "gantry.recall.notice"

    def _update_lines(self, rows):
        """New lots and greater quantities of a later snapshot; the consignee has to be told of them."""
        lines = {line.node: line for line in self.line_ids}
        more = False
        for node, vals in rows.items():
            line = lines.get(node)
            if not line:
                self.env["gantry.recall.notice.line"].sudo().create(vals | {"notice_id": self.id})
                more = True
                continue
            more |= vals["qty_net"] > line.qty_net + 1e-6
            line.write({name: vals[name] for name in ("qty_net", "first_date", "last_date", "documents")})
        for node in set(lines) - set(rows):
            lines[node].qty_net = 0.0
        if more and self.state != "draft":
            self.is_outdated = True
