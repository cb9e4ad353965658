from odoo import api, fields, models
from odoo.exceptions import UserError


class GantryHold(models.Model):
    """Goods on hold to the quarantine location of their warehouse, and back."""

    _inherit = "gantry.hold"

    can_put_back = fields.Boolean(compute="_compute_can_put_back")
    move_count = fields.Integer("Number of quarantine moves", compute="_compute_move_count")

    @api.depends("line_ids.state")
    def _compute_can_put_back(self):
        for hold in self:
            hold.can_put_back = "released" in hold.line_ids.mapped("state") and hold._has_goods_to_put_back()

    def _compute_move_count(self):
        counts = dict(
            self.env["stock.move"]._read_group([("gantry_hold_id", "in", self.ids)], ["gantry_hold_id"], ["__count"])
        )
        for hold in self:
            hold.move_count = counts.get(hold, 0)

    def action_move_to_quarantine(self):
        """Move everything that is on hold here into the quarantine location of its warehouse."""
        self.check_access("write")
        for hold in self:
            lots = hold.line_ids.filtered("is_active").lot_id
            if not lots:
                raise UserError(self.env._("Nothing is on hold by %s.", hold.name))
            quants = self.env["stock.quant"].search(
                [
                    ("lot_id", "in", lots.ids),
                    ("quantity", ">", 0),
                    ("location_id.usage", "=", "internal"),
                    ("location_id", "not in", list(self.env["stock.location"]._gantry_quarantine_ids())),
                ]
            )
            if not quants:
                raise UserError(self.env._("All goods of %s are in quarantine already.", hold.name))
            hold._move_quants_to_quarantine(quants)
        return True

    def _move_quants_to_quarantine(self, quants):
        text = self.env._("Quarantine: %s", self.name)
        vals_list = []
        for warehouse, group in quants.grouped("warehouse_id").items():
            if not warehouse:
                place = group[0].location_id.display_name
                raise UserError(self.env._("%s belongs to no warehouse, so it has no quarantine location.", place))
            dest = warehouse._gantry_get_quarantine_location()
            for quant in group:
                # a package goes along when all that is in it is moved
                whole = quant.package_id and not (quant.package_id.contained_quant_ids - group)
                vals_list.append(
                    quant.with_context(inventory_name=text)._get_inventory_move_values(
                        quant.quantity, quant.location_id, dest, quant.package_id, whole and quant.package_id
                    )
                    | {"gantry_hold_id": self.id}
                )
        self._move_done(vals_list)

    def _move_done(self, vals_list):
        self.env["stock.move"].create(vals_list)._action_done()
        # nothing says so but the quants, and depending on every quant there is would slow down all other moves
        self.invalidate_recordset(["qty_outside_quarantine", "qty_on_hand", "can_put_back", "move_count"])
        self.line_ids.invalidate_recordset(["qty_outside_quarantine", "qty_on_hand"])

    def action_put_back(self):
        """Move released lots from quarantine to where this hold had taken them from."""
        self.check_access("read")
        vals_list = []
        for hold in self:
            vals_list += hold._prepare_put_back_vals()
        if not vals_list:
            raise UserError(self.env._("No released goods of this hold are in quarantine."))
        self._move_done(vals_list)
        return True

    def _has_goods_to_put_back(self):
        return bool(self._prepare_put_back_vals())

    def _prepare_put_back_vals(self):
        """Moves back, newest first, as far as the goods are still where the hold had put them."""
        lots = self.line_ids.filtered(lambda line: line.state == "released").lot_id
        lots = lots.filtered(lambda lot: lot.gantry_hold_state == "free")
        done = self.env["stock.move.line"].search(
            [
                ("move_id.gantry_hold_id", "=", self.id),
                ("lot_id", "in", lots.ids),
                ("state", "=", "done"),
                ("location_dest_id", "in", list(self.env["stock.location"]._gantry_quarantine_ids())),
            ],
            order="id desc",
        )
        quants = self.env["stock.quant"].search(
            [("lot_id", "in", lots.ids), ("location_id", "in", done.location_dest_id.ids), ("quantity", ">", 0)]
        )
        left = {quant: quant.quantity for quant in quants}
        text = self.env._("Back from quarantine: %s", self.name)
        vals_list = []
        for line in done:
            for quant in quants:
                same = (quant.lot_id, quant.location_id, quant.package_id, quant.owner_id)
                if same != (line.lot_id, line.location_dest_id, line.result_package_id, line.owner_id):
                    continue
                quantity = min(left[quant], line.quantity_product_uom)
                if quant.product_uom_id.compare(quantity, 0.0) <= 0:
                    continue
                left[quant] -= quantity
                vals_list.append(
                    quant.with_context(inventory_name=text)._get_inventory_move_values(
                        quantity, quant.location_id, line.location_id, quant.package_id, quant.package_id
                    )
                    | {"gantry_hold_id": self.id}
                )
        return vals_list


class StockMove(models.Model):
    _inherit = "stock.move"

    gantry_hold_id = fields.Many2one(
        "gantry.hold", "Hold", readonly=True, index="btree_not_null", ondelete="set null",
        help="The hold that moved these goods to quarantine or back.",
    )  # fmt: skip
