from odoo import fields, models
from odoo.exceptions import UserError

from ..core import GENESIS, canonical, chain, difference

FORMAT = "gantry-recall-snapshot/1"


class GantryRecall(models.Model):
    """Scope: trace, snapshot, lots of the case, hold."""

    _inherit = "gantry.recall"

    def action_trace(self):
        """Trace the defective lots both ways and keep what it says."""
        self.check_access("write")
        self._require_open()
        for recall in self:
            recall._take_snapshot()
        return True

    def _take_snapshot(self):
        """All or nothing: the snapshot, the lots of the case, and the clock in one transaction."""
        self._lock()
        if not self.lot_ids:
            raise UserError(self.env._("Say first which lots of %s are defective.", self.name))
        last = self.snapshot_ids.sorted("number")[-1:]
        data = self._prepare_snapshot_data((last.number or 0) + 1)
        # rows of the balance without their many zeros: half of what a great recall would weigh
        text = canonical(data | {"balance": [self._lean(row) for row in data["balance"]]})
        previous = last.chain_hash or GENESIS
        own, chained = chain(text, previous)
        found = difference(last._data() if last else None, data)
        added = len(found["lots_added"]) + len(found["customers_added"])
        removed = len(found["lots_removed"]) + len(found["customers_removed"])
        # sudo: snapshots are made by the button only
        snapshot = self.env["gantry.recall.snapshot"].sudo().create(
            {
                "recall_id": self.id,
                "company_id": self.company_id.id,
                "number": data["number"],
                "content": text,
                "sha256": own,
                "previous_hash": previous,
                "chain_hash": chained,
                # of the first snapshot everything is new, and in the content
                "difference": found if last else {},
                "taken_at": fields.Datetime.now(),
                "taken_by_id": self.env.uid,
                "lot_count": len({row["node"] for row in data["lots"] if row["direction"] == "down"}),
                "customer_count": len({row["partner_id"] for row in data["customers"] if row["qty_net"] > 0}),
                "added": added if last else 0,
                "removed": removed if last else 0,
            }
        )  # fmt: skip
        self.invalidate_recordset(["snapshot_ids", "snapshot_count"])
        self._update_scope(data)
        self._move_on("traced")
        self._log_step("traced", self.env._("Snapshot %s", snapshot.number))
        if last and added + removed:
            self.message_post(
                body=self.env._("The trace changed: %(added)s new, %(removed)s gone.", added=added, removed=removed)
            )
        return snapshot.sudo(self.env.su)

    def _prepare_snapshot_data(self, number):
        """What the trace says now, with names, as far as the user may see; the rest is counted."""
        Trace = self.env["gantry.trace"]
        options = {
            "since": self.since or None,
            "until": self.until or None,
            "min_confidence": self.min_confidence,
            "stop_product_ids": self.stop_product_ids.ids,
        }
        closure, hidden = Trace._mask_closure(Trace._closure(self.lot_ids.ids, "both", **options))
        lots = {way: self._nodes_of(closure, way, "lot_id") for way in ("down", "up")}
        pools = {way: self._nodes_of(closure, way, "pool_id") for way in ("down", "up")}
        exposure = Trace._name_exposure(Trace._exposure(lots["down"], pool_ids=pools["down"]))
        suppliers, hidden_suppliers = Trace._origins(lots["up"], pool_ids=pools["up"])
        return {
            "format": FORMAT,
            "case": self.name,
            "drill": self.is_drill,
            "number": number,
            "taken_at": fields.Datetime.now(),
            "taken_by": self.env.user.login,
            "companies": sorted(self.env.companies.ids),
            "options": options,
            "defective": sorted(self.lot_ids.ids),
            "lots": Trace._describe_nodes(closure),
            "suppliers": Trace._name_rows(suppliers),
            "balance": Trace._name_rows(Trace._balance(lots["down"])),
            "hidden": {"lots": hidden, "suppliers": hidden_suppliers, "other": exposure.pop("hidden"),
                       **exposure.pop("hidden_detail")},
            **exposure,
        }  # fmt: skip

    @staticmethod
    def _lean(row):
        return {name: value for name, value in row.items() if value not in (0.0, [], None) or name.endswith("_id")}

    def _nodes_of(self, closure, way, name):
        return [row[name] for row in closure if row["direction"] == way and row[name]]

    def _last_data(self):
        self.ensure_one()
        last = self.snapshot_ids.sorted("number")[-1:]
        if not last:
            raise UserError(self.env._("Trace the lots of %s first.", self.name))
        return last._data()

    def _update_scope(self, data):
        """The lots of the case from a snapshot; explanations stay, lots no longer concerned are marked."""
        balance = {row["lot_id"]: row for row in data["balance"]}
        net, told = {}, {}
        for row in data["customers"]:
            node = row["lot_id"] or -row["pool_id"]
            net[node] = net.get(node, 0.0) + row["qty_net"]
        for row in data["reserved"]:
            told[row["lot_id"]] = told.get(row["lot_id"], 0.0) + row["qty"]
        rows = [
            {
                "node": row["node"],
                "lot_id": row["lot_id"],
                "product_id": row["product_id"],
                "name": row["name"],
                "direction": row["direction"],
                "depth": row["depth"],
                "confidence": row["confidence"],
                "qty_on_hand": row["on_hand"],
                "qty_net": net.get(row["node"], 0.0) if row["direction"] == "down" else 0.0,
                "qty_reserved": told.get(row["lot_id"], 0.0) if row["direction"] == "down" else 0.0,
                **self._scope_balance(balance.get(row["lot_id"]) if row["direction"] == "down" else None),
            }
            for row in data["lots"]
            if row["direction"] == "down" or row["depth"]  # a defective lot is concerned, and not made from itself
        ]
        self.env["gantry.recall.lot"]._replace(self, rows)

    def _scope_balance(self, row):
        reasons = row["reasons"] if row else ()
        return {
            # what was counted away or in explains nothing by itself: missing is positive
            "difference": round(row["difference"] - row["adjusted"], 6) if row else 0.0,
            "reason_text": " ".join(reason["text"] for reason in reasons),
            "balance": {name: value for name, value in row.items() if value and isinstance(value, float)}
            if row else {},
        }

    # -- hold

    def action_hold(self):
        """Everything that the last snapshot found and that is still free, in one hold; a drill only counts it."""
        self.check_access("write")
        self._require_open()
        for recall in self:
            recall._hold_scope()
        return True

    def _hold_scope(self):
        """Hold the lots of the case.

        :return: the new holds, none in a drill or when all lots are held already
        """
        self._lock()
        data = self._last_data()
        lot_ids = {row["lot_id"] for row in data["lots"] if row["direction"] == "down" and row["lot_id"]}
        lots = self.env["stock.lot"].browse(lot_ids).exists()
        held = self.hold_ids.sudo().line_ids.filtered("is_active").lot_id
        lots = (lots - held.sudo(self.env.su)).sorted("id")
        holds = self.env["gantry.hold"]
        if self.is_drill:
            note = self.env._(
                "Drill: %(lots)s lots and %(lines)s reservations would be held.",
                lots=len(lots), lines=len(data["reserved"]),
            )  # fmt: skip
        else:
            if lots:
                reason = f"{self.title}: {self.reason}"
                holds = self.env["gantry.hold"]._hold_lots(lots, reason=reason, kind="recall", origin_ref=self.name)
                self.sudo().hold_ids |= holds.sudo()  # sudo: holds are added by the button only
                self._prepare_quarantine(holds)
            note = self.env._("%s lots put on hold.", len(lots))
        pools = sum(row["direction"] == "down" and not row["lot_id"] for row in data["lots"])
        if pools:
            note += " " + self.env._("%s stocks without lot number cannot be held: go and look.", pools)
        self._move_on("held")
        self._log_step("held", note)
        self.message_post(body=note)
        return holds

    def _prepare_quarantine(self, holds):
        """Returns of recalled lots arrive in quarantine; that takes a place to arrive at."""
        warehouses = self.env["stock.warehouse"].sudo().search([("company_id", "in", holds.company_id.ids)])
        for warehouse in warehouses:  # sudo: a recall user does not set up warehouses
            warehouse._gantry_get_quarantine_location()
