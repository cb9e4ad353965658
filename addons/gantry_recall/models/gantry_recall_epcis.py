from datetime import timezone

from odoo import models
from odoo.addons.gantry_trace.core import epcis
from odoo.addons.gantry_trace.models.gantry_trace_epcis import EpcisBook

HELD_ROWS = 1_000


class GantryRecall(models.Model):
    """The case as EPCIS 2.0 events: what happened to its lots, and that they were recalled."""

    _inherit = "gantry.recall"

    def action_epcis(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/gantry_recall/epcis/{self.id}", "target": "self"}

    def _epcis_events(self):
        """Events of all lots still concerned or used, and how many movements the user does not see."""
        self.ensure_one()
        self.check_access("read")
        lots = self.scope_ids.filtered("in_scope").lot_id | self.lot_ids
        events, hidden = self.env["gantry.trace"]._epcis_events(lots.ids)
        return events + self._epcis_recalled(), hidden

    def _epcis_recalled(self):
        """The lots are recalled: told to the world by an event of its own, as nothing is ever changed in an event.

        A drill says nothing of the kind, else partners who read the events would block good goods.
        """
        lines = self.hold_ids.sudo().line_ids.sorted("id")  # sudo: holds of the case, whose right was checked
        if self.is_drill or not lines:
            return []
        book = EpcisBook(self.env(su=True))
        book.read([])
        book._lots(set(lines.lot_id.ids))
        found = []
        for (moment, company), group in lines.grouped(lambda line: (line.date_held, line.company_id)).items():
            for start in range(0, len(group), HELD_ROWS):
                items = tuple(
                    epcis.Item(node=item.node, quantity=0, unit=None, gtin=item.gtin, lot=item.lot, serial=item.serial)
                    for item in (book.item(line.lot_id.id, 0) for line in group[start : start + HELD_ROWS])
                )
                step = epcis.Step(
                    at=moment.replace(tzinfo=timezone.utc), offset_min=book._offset(company.id, moment),
                    biz_step="holding", disposition="recalled", items=items,
                    transaction=(f"{book.stem}/epcis/vocabulary/recall", epcis.own_uri(book.stem, f"recall/{self.id}")),
                )  # fmt: skip
                found.append(epcis.event(step, book.stem))
        return found

    def _epcis_file(self):
        events, _hidden = self._epcis_events()
        return self.env["gantry.trace"]._epcis_file(events, f"recall/{self.id}")
