from datetime import timedelta

from odoo import api, fields, models

KEEP_DAYS = 90
# kind -> (whose visits count, how many, within which minutes)
LIMITS = {"miss": ("address", 20, 10), "view": ("notice_id", 120, 10), "answer": ("notice_id", 20, 60)}


class GantryRecallVisit(models.Model):
    """Who came to the pages of notices; what is too much is refused."""

    _name = "gantry.recall.visit"
    _description = "Visit to the page of a notice"
    _order = "id desc"
    _rec_name = "address"

    notice_id = fields.Many2one("gantry.recall.notice", readonly=True, index="btree_not_null", ondelete="cascade")
    company_id = fields.Many2one(related="notice_id.company_id", store=True, index="btree_not_null")
    address = fields.Char("IP address", readonly=True)
    kind = fields.Selection(
        [("view", "Opened"), ("answer", "Answered"), ("miss", "No such page")], required=True, readonly=True
    )
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    _address_idx = models.Index("(address, at) WHERE kind = 'miss'")

    @api.model
    def _too_many(self, kind, address, notice):
        whose, most, minutes = LIMITS[kind]
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        who = address if whose == "address" else notice.id
        return self.search_count([(whose, "=", who), ("kind", "=", kind), ("at", ">=", since)], limit=most) >= most

    @api.model
    def _note(self, kind, address, notice):
        return self.create({"kind": kind, "address": address, "notice_id": notice.id})

    @api.autovacuum
    def _gc_visits(self):
        limit_date = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("at", "<", limit_date)], limit=10_000).unlink()
