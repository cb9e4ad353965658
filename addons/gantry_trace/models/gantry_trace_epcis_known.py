import re
from urllib.parse import unquote

from odoo import api, models

from ..core import gs1

KEY = re.compile(rf"{gs1.STEM}/01/(\d{{14}})/(?:10|21)/(.+)")
LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
SUMS = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


class GantryTrace(models.AbstractModel):
    _inherit = "gantry.trace"

    @api.model
    def _epcis_export(self, lot_id, options):
        """Name and file of the events of a trace with the filters of the screen."""
        api_model = self.env["gantry.trace.api"]
        api_model._require_group("stock.group_stock_user")
        lot = api_model._lot(lot_id)
        direction = options.get("direction") or "both"
        times = api_model._options(
            *(options.get(name) for name in ("since", "until", "min_confidence", "as_known_on"))
        )
        times["stop_product_ids"] = options.get("stop_product_ids") or ()
        events, _hidden = self._epcis_of_lot(lot, direction, times)
        name = self.env._("Trace %s", lot.name.replace("/", "-"))
        return name, self._epcis_file(events, f"trace/lot/{lot.id}")

    @api.model
    def _epcis_known(self, document):
        """How many events a sound document has, and which lots of this database it names."""
        events = document["epcisBody"]["eventList"]
        named = {}
        for event in events:
            uris = [uri for name in LISTS for uri in event.get(name, ())]
            uris += [row["epcClass"] for name in SUMS for row in event.get(name, ())]
            for uri in uris:
                match = KEY.fullmatch(gs1.canonical(uri) or "")
                if match:
                    named[match[1], unquote(match[2])] = uri
        lots = self.env["stock.lot"].search([("name", "in", list({name for _gtin, name in named}))])
        found = []
        for lot in lots:
            uri = named.get((gs1.gtin14(lot.product_id.barcode), lot.name))
            if uri:
                product = lot.product_id.display_name
                found.append({"lot_id": lot.id, "name": lot.name, "product_name": product, "uri": uri})
        return {"events": len(events), "lots": found}
