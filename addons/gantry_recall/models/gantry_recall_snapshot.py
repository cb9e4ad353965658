import json

from odoo import fields, models

from ..core import chain


class GantryRecallSnapshot(models.Model):
    """What the trace said at a moment. PostgreSQL refuses to change or delete it."""

    _name = "gantry.recall.snapshot"
    _description = "Snapshot of a recall"
    _order = "recall_id, number desc"

    recall_id = fields.Many2one("gantry.recall", required=True, readonly=True, index=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    number = fields.Integer(required=True, readonly=True)
    content = fields.Text(required=True, readonly=True, help="Canonical JSON, as it was hashed.")
    sha256 = fields.Char("SHA-256", required=True, readonly=True)
    previous_hash = fields.Char("Chain before", required=True, readonly=True)
    chain_hash = fields.Char("Chain", required=True, readonly=True)
    difference = fields.Json(readonly=True)
    taken_at = fields.Datetime(required=True, readonly=True)
    taken_by_id = fields.Many2one("res.users", "Taken by", required=True, readonly=True, ondelete="restrict")
    lot_count = fields.Integer("Lots", readonly=True)
    customer_count = fields.Integer("Consignees", readonly=True)
    added = fields.Integer("New", readonly=True, help="Lots and consignees that the snapshot before did not have.")
    removed = fields.Integer("Gone", readonly=True)
    is_whole = fields.Boolean("Chain holds", compute="_compute_is_whole")
    difference_text = fields.Text("Since the last one", compute="_compute_difference_text")

    _number_uniq = models.UniqueIndex("(recall_id, number)", "This recall has a snapshot of that number.")

    def _create_refusal(self):
        """The function of the database that keeps evidence as it is."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION gantry_recall_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'Evidence of a recall cannot be changed or deleted (%).', TG_TABLE_NAME
                      USING ERRCODE = 'restrict_violation';
            END $$;
            """
        )

    def init(self):
        """No door to the table lets a snapshot be rewritten, not even that of the administrator of Odoo."""
        self._create_refusal()
        self._compress_fast()
        self.env.cr.execute(
            """
            DROP TRIGGER IF EXISTS gantry_recall_keep ON gantry_recall_snapshot;
            CREATE TRIGGER gantry_recall_keep BEFORE UPDATE OR DELETE ON gantry_recall_snapshot
                FOR EACH ROW EXECUTE FUNCTION gantry_recall_refuse();
            DROP TRIGGER IF EXISTS gantry_recall_keep_all ON gantry_recall_snapshot;
            CREATE TRIGGER gantry_recall_keep_all BEFORE TRUNCATE ON gantry_recall_snapshot
                FOR EACH STATEMENT EXECUTE FUNCTION gantry_recall_refuse();
            """
        )

    def _compress_fast(self):
        """PostgreSQL's own compression takes seconds for a great snapshot, lz4 none; where it is built in."""
        self.env.cr.execute(
            "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
        )
        known = self.env.cr.fetchone()
        if known and known[0]:
            self.env.cr.execute("ALTER TABLE gantry_recall_snapshot ALTER COLUMN content SET COMPRESSION lz4")

    def _compute_display_name(self):
        for snapshot in self:
            snapshot.display_name = f"{snapshot.recall_id.name} #{snapshot.number}"

    def _compute_is_whole(self):
        """Whether content, hash and chain still agree."""
        for snapshot in self:
            before = self.search(
                [("recall_id", "=", snapshot.recall_id.id), ("number", "=", snapshot.number - 1)], limit=1
            )
            linked = before.chain_hash == snapshot.previous_hash if before else snapshot.number == 1
            own = chain(snapshot.content, snapshot.previous_hash)
            snapshot.is_whole = linked and own == (snapshot.sha256, snapshot.chain_hash)

    def _compute_difference_text(self):
        for snapshot in self:
            snapshot.difference_text = "\n".join(snapshot._difference_lines())

    def _difference_lines(self):
        found = self.difference or {}
        words = {
            "lots_added": self.env._("new lot"),
            "lots_removed": self.env._("lot no longer concerned"),
            "customers_added": self.env._("new consignee"),
            "customers_removed": self.env._("consignee no longer concerned"),
            "customers_changed": self.env._("other quantity"),
        }
        lines = []
        for key, word in words.items():
            for row in found.get(key, ()):
                what = row.get("name") or f"{row.get('partner_name') or '?'}: {row.get('lot_name')}"
                if key == "customers_changed":
                    what += f" ({row['before']:g} → {row['qty_net']:g})"
                lines.append(f"{word}: {what}")
        return lines

    def _data(self):
        self.ensure_one()
        return json.loads(self.content)
