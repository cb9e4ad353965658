from odoo import models


class GantryExplain(models.AbstractModel):
    _inherit = "gantry.explain"

    def _reason_templates(self):
        _ = self.env._
        return super()._reason_templates() | {
            "import_counts": (
                _(
                    "%(lines)s lines, %(used)s of them count. Products: %(products)s, warehouses: %(warehouses)s, days "
                    "from %(first)s to %(last)s."
                ),
                {"first": "text", "last": "text"} | dict.fromkeys(("lines", "used", "products"), "integer"),
            ),
            "import_nothing": _("No line of the file can be imported."),
            "import_errors": (_("%(errors)s lines have errors."), {"errors": "integer"}),
            "import_unknown": (
                _(
                    "%(count)s codes belong to no product, such as %(example)s; choose to create them, or correct the "
                    "file."
                ),
                {"count": "integer", "example": "text"},
            ),
            "import_new_products": (_("%(count)s products are unknown and will be created."), {"count": "integer"}),
            "import_created": (_("%(count)s products were created."), {"count": "integer"}),
            "import_duplicates_kept": (
                _("%(count)s lines repeat an earlier one in every column; they are counted."),
                {"count": "integer"},
            ),
            "import_duplicates_dropped": (
                _("%(count)s lines repeat an earlier one in every column; they are left out."),
                {"count": "integer"},
            ),
            "import_adjustments": (
                _("%(count)s lines have neither customer nor price (stock corrections, gifts); they are left out."),
                {"count": "integer"},
            ),
            "import_credits": (
                _(
                    "%(credits)s lines take back a sale: %(matched)s are booked on the day of that sale, the others on "
                    "their own day."
                ),
                {"credits": "integer", "matched": "integer"},
            ),
            "import_far_out": (
                _(
                    "Lines of more than %(limit)s units that were not taken back: %(count)s. Their days are flagged as "
                    "outliers and left out of the forecast."
                ),
                {"count": "integer", "limit": "integer"},
            ),
            "import_zeros": (_("%(count)s lines have the quantity zero; they change nothing."), {"count": "integer"}),
            "import_format": (
                _("Dates are written %(order)s, the decimal sign is %(decimal)s."),
                {"order": "text", "decimal": "text"},
            ),
            "import_case": (
                _(
                    "%(count)s codes differ from another one only by capital letters, such as %(example)s; they are "
                    "separate products."
                ),
                {"count": "integer", "example": "text"},
            ),
            "import_overlap": (
                _("%(count)s rows of demand lie on days that an earlier import also covers."),
                {"count": "integer"},
            ),
            "import_late": (
                _(
                    "Rows of demand on days on which the warehouse already delivered in Odoo: %(count)s. They do not "
                    "count: those days are counted from the deliveries."
                ),
                {"count": "integer"},
            ),
            "import_same_file": (
                _("This very file was already imported on %(date)s: %(name)s."),
                {"date": "text", "name": "text"},
            ),
            "import_undone": _("The import was undone: its demand was removed."),
            "import_kept_products": (
                _("%(count)s products that the import created are in use by now and were kept."),
                {"count": "integer"},
            ),
            "import_sent": (
                _("%(lines)s lines were sent by %(user)s."),
                {"lines": "integer", "user": "text"},
            ),
        }
