import numpy as np
from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL

from ..core import find_overlaps, find_unreachable

KINDS = [
    ("no_position", "No position"),
    ("unreachable", "Unreachable"),
    ("barcode", "Duplicate barcode"),
    ("overlap", "Overlap"),
]
MEASURED = ("x", "y", "z", "width", "depth", "height")


class GantryLayoutIssue(models.Model):
    """What is wrong with a layout, found anew at every look."""

    _name = "gantry.layout.issue"
    _description = "Layout health"
    _order = "layout_id, kind, location_id"
    _rec_name = "location_id"

    layout_id = fields.Many2one("gantry.layout", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="layout_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True)
    location_id = fields.Many2one("stock.location", "Bin", required=True, index=True, ondelete="cascade")
    other_id = fields.Many2one("stock.location", "Other bin", ondelete="cascade", index="btree_not_null")
    other_product_id = fields.Many2one("product.product", "Product", ondelete="cascade", index="btree_not_null")
    text = fields.Char("What is wrong", compute="_compute_text")
    advice = fields.Char("What to do", compute="_compute_text")

    def _compute_text(self):
        for issue in self:
            issue.text, issue.advice = getattr(issue, f"_words_{issue.kind}")()

    def _words_no_position(self):
        return (
            self.env._("Nobody knows where this bin lies: routes visit it last, in the order of names."),
            self.env._("Give it x and y on its Geometry tab, import positions, or run the bin generator."))

    def _words_unreachable(self):
        aisle, edge = self.location_id.gantry_aisle_id, self.location_id.gantry_edge_id
        way = aisle or edge
        if way.is_blocked:
            until = fields.Datetime.context_timestamp(self, way.blocked_until) if way.blocked_until else None
            blocked = self.env._("%s is blocked.", way.display_name)
            if until:
                blocked = self.env._(
                    "%(way)s is blocked until %(until)s.", way=way.display_name, until=f"{until:%Y-%m-%d %H:%M}")
            return blocked, self.env._("Open the aisle or walkway again, or move the stock.")
        return (
            self.env._("No walkway leads from a start point to this bin and back."),
            self.env._("Join its walkway to the others, or check one-way directions."))

    def _words_barcode(self):
        other = self.other_id.display_name or self.other_product_id.display_name
        return (
            self.env._("The barcode %(code)s also belongs to %(other)s.", code=self.location_id.barcode, other=other),
            self.env._("Give one of them another barcode and print its label anew."))

    def _words_overlap(self):
        return (
            self.env._("Shares space with %s.", self.other_id.display_name),
            self.env._("Correct the position or the measures of one of the two."))

    def action_open_bin(self):
        """The bin, to mend it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "stock.location", "res_id": self.location_id.id,
            "views": [(self.env.ref("stock.view_location_form").id, "form")], "name": self.location_id.display_name}


class GantryLayout(models.Model):
    _inherit = "gantry.layout"

    issue_ids = fields.One2many("gantry.layout.issue", "layout_id", "Issues")
    issue_count = fields.Integer("Health", compute="_compute_issue_count")

    def _compute_issue_count(self):
        for layout in self:
            layout.issue_count = sum(map(len, layout._find_issues().values())) if layout.id else 0

    def action_health(self):
        """Look again, and show what was found."""
        self.ensure_one()
        self.check_access("read")
        self._refresh_issues()
        action = self._action(
            self.env._("Layout health"), "gantry.layout.issue", [("layout_id", "=", self.id)], "list,kanban",
            search_default_group_kind=1)
        return action | {"help": Markup("<p class='o_view_nocontent_smiling_face'>%s</p><p>%s</p>") % (
            self.env._("Everything is in order"),
            self.env._("Every bin has a position, can be walked to, has a barcode of its own and room of its own."))}

    def _refresh_issues(self):
        """Write down what is wrong now. Whoever may read the layout may have it looked at."""
        Issue = self.env["gantry.layout.issue"].sudo()  # the list is a finding, nobody edits it
        for layout in self:
            found = {
                (kind, *row) for kind, rows in layout._find_issues().items() for row in rows}
            known = {
                (issue.kind, issue.location_id.id, issue.other_id.id or None, issue.other_product_id.id or None): issue
                for issue in Issue.search([("layout_id", "=", layout.id)])}
            Issue.browse([issue.id for key, issue in known.items() if key not in found]).unlink()
            Issue.create([
                {"layout_id": layout.id, "kind": kind, "location_id": location_id, "other_id": other_id,
                 "other_product_id": product_id}
                for kind, location_id, other_id, product_id in sorted(found - known.keys(), key=str)])

    def _find_issues(self):
        """Rows (bin, other bin, product) of each kind of issue, ids or None."""
        self.ensure_one()
        geometry = self._get_geometry(self.warehouse_id)
        unreachable = geometry.location_ids[find_unreachable(geometry)].tolist()
        one, other = self._find_overlaps()
        return {
            "no_position": [(location_id, None, None) for location_id in self._find_unplaced()],
            "unreachable": [(location_id, None, None) for location_id in unreachable],
            "barcode": self._find_duplicate_barcodes(),
            "overlap": [(*pair, None) for pair in zip(one, other, strict=True)],
        }

    def _find_unplaced(self):
        """Bins (internal locations without others below) of the warehouse that have no position."""
        self.env["stock.location"].flush_model()
        rows = self.env.execute_query(SQL(
            """
            SELECT bin.id FROM stock_location bin
             WHERE bin.parent_path LIKE %s AND bin.usage = 'internal' AND bin.active
               AND bin.gantry_layout_id IS DISTINCT FROM %s
               AND NOT EXISTS (SELECT FROM stock_location child WHERE child.location_id = bin.id AND child.active)
          ORDER BY bin.id
            """, f"{self.warehouse_id.view_location_id.parent_path}%", self.id))
        return [row[0] for row in rows]

    def _find_duplicate_barcodes(self):
        """Bins of the layout whose barcode, in whatever case, is also another location's or a product's.

        Odoo keeps two locations of one company from having the very same barcode, but not if they differ by case or
        blanks, or if one of them is shared between companies.
        """
        self.env["product.product"].flush_model(["barcode", "active"])
        return self.env.execute_query(SQL(
            """
            WITH bin AS (SELECT id, company_id, upper(trim(barcode)) AS code FROM stock_location
                          WHERE gantry_layout_id = %(layout)s AND active AND barcode != '')
            SELECT bin.id, min(other.id), NULL::int4 FROM bin
              JOIN stock_location other ON upper(trim(other.barcode)) = bin.code AND other.id != bin.id AND other.active
                   AND (other.company_id IS NULL OR bin.company_id IS NULL OR other.company_id = bin.company_id)
          GROUP BY bin.id
             UNION ALL
            SELECT bin.id, NULL, min(product.id) FROM bin
              JOIN product_product product ON upper(trim(product.barcode)) = bin.code AND product.active
          GROUP BY bin.id
            """, layout=self.id))

    def _find_overlaps(self):
        self.env["stock.location"].flush_model()
        rows = self.env.execute_query(SQL(
            "SELECT id, gantry_aisle_id IS NOT NULL, %s FROM stock_location WHERE gantry_layout_id = %s AND active "
            "ORDER BY id", SQL(", ").join(SQL.identifier(f"gantry_{name}") for name in MEASURED), self.id))
        table = np.nan_to_num(np.array(rows, np.float64).reshape(len(rows), 2 + len(MEASURED)))
        one, other = find_overlaps(*table[:, 2:].T, table[:, 1] > 0)
        ids = table[:, 0].astype(int)
        return ids[one].tolist(), ids[other].tolist()
