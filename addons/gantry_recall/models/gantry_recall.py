import secrets

from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

USER_GROUP = "gantry_recall.group_recall_user"
MANAGER_GROUP = "gantry_recall.group_recall_manager"
# what only the buttons change
BY_BUTTON = {
    "name", "state", "company_id", "date_opened", "date_closed", "check_seed", "hold_ids", "score", "score_minutes",
    "score_failed", "score_passed", "score_accounted", "score_reached", "hazard_signed_by_id", "hazard_signed_at",
    "snapshot_ids", "step_ids", "notice_ids",
}  # fmt: skip
# what decides what the case is about; fixed once somebody outside was told
SCOPE = {"lot_ids", "is_drill", "kind", "since", "until", "stop_product_ids", "min_confidence"}


class GantryRecall(models.Model):
    """A case: what is wrong, which lots, who has them, what was done, and what proves it."""

    _name = "gantry.recall"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Recall"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Number", required=True, readonly=True, copy=False, default=lambda self: self.env._("New"))
    title = fields.Char(required=True, tracking=True)
    is_drill = fields.Boolean("Drill", tracking=True, help="Nothing leaves the house: no mail is sent, no lot is held.")
    kind = fields.Selection(
        [("recall", "Recall"), ("withdrawal", "Withdrawal from the market"), ("recovery", "Stock recovery")],
        required=True, default="recall", tracking=True,
    )  # fmt: skip
    hazard_class = fields.Selection(
        [("1", "Class I"), ("2", "Class II"), ("3", "Class III")], "Class", tracking=True,
        help="I: serious harm is likely. II: temporary harm is possible. III: harm is not likely.",
    )  # fmt: skip
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("traced", "Traced"),
            ("held", "On hold"),
            ("notified", "Notified"),
            ("closed", "Closed"),
            ("cancel", "Cancelled"),
        ],
        required=True, readonly=True, default="draft", index=True, tracking=True, copy=False,
    )  # fmt: skip
    owner_id = fields.Many2one(
        "res.users", "Responsible", required=True, default=lambda self: self.env.user, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company
    )
    reason = fields.Text("What is wrong", required=True, tracking=True)
    instruction = fields.Text(
        "What to do",
        default=lambda self: self.env._(
            "Stop selling and using these lots at once, keep them apart, and tell us below what you have."
        ),
        help="What consignees are told to do.",
    )
    hazard_note = fields.Text("Hazard evaluation", tracking=True)
    hazard_signed_by_id = fields.Many2one("res.users", "Hazard signed by", readonly=True, copy=False)
    hazard_signed_at = fields.Datetime(readonly=True, copy=False)
    strategy = fields.Text()
    depth = fields.Selection(
        [("wholesale", "Wholesale"), ("retail", "Retail"), ("consumer", "Consumer")], required=True,
        default="retail", help="How far down the chain the recall reaches.",
    )  # fmt: skip
    lot_ids = fields.Many2many(
        "stock.lot", string="Defective lots", check_company=True, help="Where it began; the trace finds the rest."
    )
    since = fields.Datetime("Used since", help="Only what was made or moved on from this time.")
    until = fields.Datetime("Used until")
    stop_product_ids = fields.Many2many("product.product", string="Stop at products", check_company=True)
    min_confidence = fields.Selection(
        [("certain", "Certain only"), ("manual", "Certain and asserted"), ("derived", "Without pooled stock"),
         ("pooled", "Everything possible")], "How sure", required=True, default="pooled",
    )  # fmt: skip
    date_opened = fields.Datetime(readonly=True, copy=False, default=fields.Datetime.now)
    date_closed = fields.Datetime(readonly=True, copy=False)
    root_cause = fields.Text()
    corrective_action = fields.Text("Corrective and preventive action")
    snapshot_ids = fields.One2many("gantry.recall.snapshot", "recall_id", "Snapshots", readonly=True)
    scope_ids = fields.One2many("gantry.recall.lot", "recall_id", "Lots concerned")
    hold_ids = fields.Many2many("gantry.hold", string="Holds", readonly=True, copy=False)
    step_ids = fields.One2many("gantry.recall.step", "recall_id", "Clock", readonly=True)
    snapshot_count = fields.Integer("Number of snapshots", compute="_compute_counts")
    scope_count = fields.Integer("Number of lots", compute="_compute_counts")
    hold_count = fields.Integer("Number of holds", compute="_compute_counts")
    other_text = fields.Char("Other open cases", compute="_compute_other_text")
    check_seed = fields.Integer(readonly=True, copy=False, default=lambda self: secrets.randbelow(2**31 - 1))

    _closed_at = models.Constraint(
        "CHECK (state <> 'closed' OR date_closed IS NOT NULL)", "A closed recall says when it was closed."
    )

    @api.depends("snapshot_ids", "scope_ids", "hold_ids")
    def _compute_counts(self):
        snapshots = self._count_of("gantry.recall.snapshot", [])
        lots = self._count_of("gantry.recall.lot", [("direction", "=", "down"), ("in_scope", "=", True)])
        for recall in self:
            recall.snapshot_count = snapshots.get(recall, 0)
            recall.scope_count = lots.get(recall, 0)
            recall.hold_count = len(recall.hold_ids)

    @api.depends("lot_ids", "state", "is_drill")
    def _compute_other_text(self):
        """Two people who open a case for the same lot should know of each other."""
        for recall in self:
            others = recall._other_cases(recall.lot_ids) if recall.state != "closed" else recall.browse()
            recall.other_text = ", ".join(f"{other.name} ({other.owner_id.name})" for other in others) or False

    def _other_cases(self, lots):
        """Open real cases that some of these lots are the defective ones of."""
        if self.is_drill or not lots:
            return self.browse()
        return self.search(
            [("lot_ids", "in", lots.ids), ("is_drill", "=", False), ("state", "not in", ("closed", "cancel")),
             ("id", "not in", self._origin.ids)]
        )  # fmt: skip

    def _count_of(self, model, domain):
        return dict(
            self.env[model]._read_group([("recall_id", "in", self.ids), *domain], ["recall_id"], ["__count"])
        )

    @api.constrains("since", "until")
    def _check_times(self):
        for recall in self:
            if recall.since and recall.until and recall.since > recall.until:
                raise ValidationError(self.env._("%s: the time of use ends before it begins.", recall.name))

    # -- guards

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                for name in BY_BUTTON - {"company_id"}:
                    vals.pop(name, None)
            if vals.get("name", self.env._("New")) == self.env._("New"):
                code = "gantry.recall.drill" if vals.get("is_drill") else "gantry.recall"
                vals["name"] = self.env["ir.sequence"].sudo().next_by_code(code)
        recalls = super().create(vals_list)
        for recall in recalls:
            recall._log_step("opened")
        return recalls

    def write(self, vals):
        if not self.env.su:
            names = {name for name in vals if not name.startswith(("message_", "activity_"))}
            if names & BY_BUTTON:
                raise UserError(self.env._("A recall moves on by its buttons only."))
            for recall in self:
                if names and recall.state in ("closed", "cancel"):
                    raise UserError(self.env._("%s is closed: it stays as it is.", recall.name))
                if names & SCOPE and recall.state == "notified":
                    raise UserError(
                        self.env._("%s was told to consignees: open another case for other lots.", recall.name)
                    )
                if "is_drill" in names and recall.state != "draft":
                    raise UserError(self.env._("%s has begun: a drill stays a drill.", recall.name))
        if "hazard_note" in vals:
            vals = vals | {"hazard_signed_by_id": False, "hazard_signed_at": False}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        begun = self.filtered(lambda recall: recall.state != "draft" or recall.snapshot_ids)
        if begun:
            raise UserError(self.env._("%s has begun: it stays as evidence. Cancel it instead.", begun[0].name))

    def _require_open(self):
        for recall in self:
            if recall.state in ("closed", "cancel"):
                raise UserError(self.env._("%s is closed: it stays as it is.", recall.name))

    def _require_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
            raise UserError(self.env._("This needs the role Recall manager."))

    def _lock(self):
        """Two users at the same case: the second waits, then Odoo lets it start over on what the first one left."""
        self.ensure_one()
        self.flush_recordset()
        self.env.execute_query(SQL("SELECT id FROM gantry_recall WHERE id = %s FOR UPDATE", self.id))

    def _move_on(self, state):
        """To a later state, never back."""
        order = [name for name, _label in self._fields["state"].selection]
        for recall in self:
            if order.index(recall.state) < order.index(state):
                recall.sudo().state = state  # sudo: states are written by the buttons only

    def _log_step(self, code, note=None):
        """The clock of the server for what was done."""
        self.ensure_one()
        vals = {"recall_id": self.id, "code": code, "note": note, "user_id": self.env.uid}
        # sudo: nobody writes the clock
        return self.env["gantry.recall.step"].sudo().create(vals)

    # -- buttons

    @check_identity
    def action_sign_hazard(self):
        """The hazard evaluation as it stands, under the name of the user, who types the password again."""
        self._sign_hazard()
        return True

    def _sign_hazard(self):
        self.check_access("write")
        self._require_open()
        for recall in self:
            if not (recall.hazard_note or "").strip():
                raise UserError(self.env._("Write the hazard evaluation first."))
            # sudo: signatures are written by the button only
            recall.sudo().write({"hazard_signed_by_id": self.env.uid, "hazard_signed_at": fields.Datetime.now()})
            recall._log_step("hazard", recall.hazard_note)

    def action_cancel(self):
        self.check_access("write")
        self._require_open()
        self._require_manager()
        self._move_on("cancel")
        return True

    def action_open_scope(self):
        return self._open("gantry_recall.action_recall_lot", [("recall_id", "in", self.ids)], search_default_down=1)

    def action_open_snapshots(self):
        return self._open("gantry_recall.action_recall_snapshot", [("recall_id", "in", self.ids)])

    def action_open_holds(self):
        return self._open("gantry_hold.gantry_hold_action", [("id", "in", self.hold_ids.ids)])

    def _open(self, xmlid, domain, **context):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return action | {"domain": domain, "context": context}
