from odoo import models


class GantryExplain(models.AbstractModel):
    _inherit = "gantry.explain"

    def _reason_templates(self):
        _ = self.env._
        return super()._reason_templates() | {
            "route.length": _(
                "%(metres)s m to walk; %(given)s m in the order of bin names, %(serpentine)s m up one aisle and down "
                "the next."),
            "route.exact": _("There is no shorter way: the method for rectangles of aisles is exact."),
            "route.search": _("The best way that the search on the walkways found."),
            "route.policy": (
                _("Walked by the rule that the operation type names; the shortest way would be %(shortest)s m."),
                {"policy": "text"}),
            "route.no_policy": (
                _("The rule of the operation type needs an undisturbed rectangle of aisles, so the shortest way was "
                  "searched instead."), {"policy": "text"}),
            "route.rank": _("Heavy products first and fragile ones last: that costs %(extra)s m."),
            "route.shared": (
                _("%(lines)s lines lie in fewer bins: %(stops)s stops."), {"lines": "integer", "stops": "integer"}),
            "route.no_start": _(
                "The layout names no point where walks start, so they start at its front left corner."),
            "route.no_layout": (
                _("The warehouse has no layout: the stops are in the order of bin names or of their sequence, and "
                  "nobody knows the metres. Make a layout in Gantry > Layout."), {"order": "text"}),
            "route.no_positions": (
                _("None of the %(count)s bins has a position in the layout that can be reached now: the stops are in "
                  "the order of bin names or of their sequence, without metres."),
                {"order": "text", "count": "integer"}),
            "route.no_position": (
                _("%(count)s bins have no position in the layout and come last, in name order, without metres: "
                  "%(names)s"), {"count": "integer", "names": "text"}),
            "route.no_way": (
                _("No open way leads to %(count)s bins now, they come last: %(names)s"),
                {"count": "integer", "names": "text"}),
            "route.refused": (_("The layout does not allow a route: %(sentence)s"), {"sentence": "text"}),
            "route.again": (
                _("Planned again from %(bin)s, after %(done)s stops that are done."),
                {"bin": "text", "done": "integer"}),
            "route.skipped": (_("%(count)s stops that were skipped come last."), {"count": "integer"}),
            "route.urgent": (
                _("%(document)s was slipped in where it costs least: %(extra)s m more."), {"document": "text"}),
        }

    def _reason_labels(self):
        _ = self.env._
        return super()._reason_labels() | {
            "metres": _("Metres"), "given": _("In name order"), "serpentine": _("Serpentine"),
            "extra": _("Metres more"), "shortest": _("Shortest"), "stops": _("Stops"), "lines": _("Lines"),
            "count": _("Bins"), "names": _("Names"), "done": _("Stops done"), "order": _("Order"), "policy": _("Rule"),
            "sentence": _("Why"), "document": _("Document"), "bin": _("Bin"),
        }
