import numpy as np

from odoo import fields, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger, split_every

from ..tools.copy import copy_from
from .gantry_demand_import_match import NEW

CREATED_BATCH = 500
DAY = np.dtype(
    [
        ("import_id", "i4"),
        ("product_id", "i4"),
        ("warehouse_id", "i4"),
        ("date", "datetime64[D]"),
        ("quantity_out", "f8"),
        ("quantity_returned", "f8"),
        ("line_count", "i4"),
        ("far_out", "?"),
        ("replaces", "?"),
    ]
)


class GantryDemandImportWrite(models.Model):
    """Writing demand and taking it back.

    Everything an import writes is written in one transaction: a worker that dies leaves nothing behind, and the job
    starts again.
    """

    _inherit = "gantry.demand.import"

    def _job_import(self, job):
        """Read the file again and write it."""
        lines = yield from self._read_steps(job)
        yield Progress(
            60,
            100,
            self.env._(
                "Writing %(days)s rows of demand and %(products)s new products",
                days=f"{self.day_count:,}",
                products=f"{self.new_product_count:,}",
            ),
        )
        return self._import_lines(lines)

    def _job_undo(self, job):
        kept = self._undo()
        return {"kept_products": kept}

    def _check_may_import(self):
        """Refuse an import that needs a decision first, in one sentence."""
        if self.error_count and self.bad_lines == "stop":
            raise UserError(
                self.env._(
                    "%s lines have errors; correct the file, or choose to import the other lines.",
                    f"{self.error_count:,}",
                )
            )
        if not self.day_count:
            raise UserError(self.env._("No line of the file can be imported."))
        self._check_not_twice()
        if self.overlap == "stop" and any(fact["code"] == "import_overlap" for fact in self.facts or []):
            raise UserError(
                self.env._(
                    "Earlier imports cover some of the same products and days; choose whether to add the quantities or "
                    "to take those of this file."
                )
            )
        if self.new_product_count:
            self._check_may_create_products()

    def _same_file(self):
        """An import of the very same file that counts."""
        if not self.checksum:
            return self.browse()
        return self.search(
            [
                ("checksum", "=", self.checksum),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "imported"),
                ("id", "!=", self.id),
            ],
            limit=1,
        )

    def _check_not_twice(self):
        if same := self._same_file():
            raise UserError(
                self.env._(
                    "This very file was already imported on %(date)s (%(name)s); undo that import to import it again.",
                    date=fields.Date.to_string(same.date_imported),
                    name=same.name,
                )
            )

    def _import_lines(self, lines):
        """Judge the lines once more and write them; returns counts."""
        self.ensure_one()
        self.lock_for_update()
        if self.state == "imported":
            raise UserError(self.env._("%s is imported already.", self.name))
        found, plan, match = self._judge(lines)
        self._store_check(found, plan, match)
        self._check_may_import()
        created = self._create_products(found, match)
        self._write_days(self._day_array(plan, created))
        self._publish()
        facts = [fact for fact in self.facts if fact["code"] != "import_new_products"]
        if created:
            facts.insert(1, {"code": "import_created", "numbers": {"count": len(created)}})
        self._keep({"state": "imported", "date_imported": fields.Datetime.now(), "facts": facts})
        return {
            "lines": self.line_count,
            "errors": self.error_count,
            "demand_rows": self.day_count,
            "products": self.product_count,
            "created_products": len(created),
        }

    def _day_array(self, plan, created):
        array = np.empty(len(plan.day), DAY)
        product = plan.product.copy()
        if created:
            numbers = np.array(list(created), np.int64)
            ids = np.array(list(created.values()), np.int64)
            new = product >= NEW
            product[new] = ids[np.searchsorted(numbers, product[new])]
        array["product_id"], array["warehouse_id"] = product, plan.warehouse
        array["date"] = plan.day.astype("datetime64[D]")
        array["quantity_out"], array["quantity_returned"] = plan.sold, plan.returned
        array["line_count"], array["far_out"] = plan.lines, plan.far_out
        return array

    def _write_days(self, array):
        array["import_id"] = self.id
        array["replaces"] = self.overlap == "replace"
        copy_from(self.env.cr, "gantry_demand_import_day", DAY.names, array)
        # without fresh statistics the planner believes the new rows to be a handful and loops over all of them
        self.env.cr.execute("ANALYZE gantry_demand_import_day")

    def _count_overlap(self, plan):
        """Rows of the plan on product, warehouse and days of an import that counts."""
        product = plan.product < NEW
        if not product.any():
            return 0
        rows = self.env.execute_query(
            SQL(
                """
                SELECT day.product_id::bigint, day.warehouse_id::bigint, day.date - DATE '1970-01-01'
                  FROM gantry_demand_import_day day
                  JOIN gantry_demand_import import ON import.id = day.import_id AND import.state = 'imported'
                 WHERE import.company_id = %(company)s AND import.id != %(own)s
                   AND day.date BETWEEN %(first)s AND %(last)s
                """,
                company=self.company_id.id,
                own=self.id,
                first=np.datetime64(int(plan.day.min()), "D").item(),
                last=np.datetime64(int(plan.day.max()), "D").item(),
            )
        )
        if not rows:
            return 0
        kind = np.dtype([("p", "i8"), ("w", "i8"), ("d", "i8")])
        earlier = np.unique(np.array([tuple(row) for row in rows], kind))
        own = np.empty(int(product.sum()), kind)
        own["p"], own["w"], own["d"] = plan.product[product], plan.warehouse[product], plan.day[product]
        return int(np.isin(own, earlier).sum())

    def _publish(self):
        """Bring demand of source "import" up to date on the keys of these imports (all of which count).

        Who wrote a row is left empty: the import tells it, and two foreign keys less to check save seconds.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO gantry_demand AS demand (
                    product_id, warehouse_id, company_id, date, source, quantity, quantity_out, quantity_returned,
                    line_count, flag, excluded, reason, create_date, write_date)
                SELECT summed.product_id, summed.warehouse_id, warehouse.company_id, summed.date, 'import',
                       sold - returned, sold, returned, lines,
                       CASE WHEN far_out THEN 'outlier' ELSE 'none' END, far_out,
                       CASE WHEN far_out THEN %(reason)s END, %(now)s, %(now)s
                  FROM (
                    SELECT product_id, warehouse_id, date, sum(quantity_out) AS sold,
                           sum(quantity_returned) AS returned, sum(line_count) AS lines, bool_or(far_out) AS far_out
                      FROM (
                        SELECT day.*, max(import_id) FILTER (WHERE replaces) OVER same AS last_replace,
                               bool_or(import_id IN %(ids)s) OVER same AS mine
                          FROM gantry_demand_import_day day
                         WHERE product_id IN (SELECT product_id FROM gantry_demand_import_day
                                               WHERE import_id IN %(ids)s)
                           AND date BETWEEN (SELECT min(date) FROM gantry_demand_import_day
                                              WHERE import_id IN %(ids)s)
                                        AND (SELECT max(date) FROM gantry_demand_import_day
                                              WHERE import_id IN %(ids)s)
                        WINDOW same AS (PARTITION BY product_id, warehouse_id, date)) day
                     WHERE mine AND import_id >= coalesce(last_replace, 0)
                  GROUP BY product_id, warehouse_id, date) summed
                  JOIN stock_warehouse warehouse ON warehouse.id = summed.warehouse_id
                ON CONFLICT (product_id, warehouse_id, date, source) DO UPDATE
                   SET quantity = excluded.quantity, quantity_out = excluded.quantity_out,
                       quantity_returned = excluded.quantity_returned, line_count = excluded.line_count,
                       write_date = excluded.write_date
                """,
                ids=tuple(self.ids),
                reason=self.env._("A quantity far beyond the others of its file."),
                now=fields.Datetime.now(),
            )
        )
        self._demand_changed()

    def _publish_sent(self, array, line_count):
        """Let lines that a program sent count (they are in the table of days already)."""
        self._publish()
        self._keep(
            {
                "state": "imported",
                "date_imported": fields.Datetime.now(),
                "line_count": line_count,
                "day_count": len(array),
                "product_count": len(np.unique(array["product_id"])),
                "date_from": array["date"].min().item(),
                "date_to": array["date"].max().item(),
                "facts": [{"code": "import_sent", "numbers": {"lines": line_count, "user": self.env.user.name}}],
            }
        )

    def _demand_changed(self):
        """Tell the forecast whose history is another now."""
        Demand = self.env["gantry.demand"]
        Demand._note_changed(
            self.company_id,
            SQL(
                """
                SELECT product_id, warehouse_id, min(date) FROM gantry_demand_import_day
                 WHERE import_id IN %s GROUP BY 1, 2
                """,
                tuple(self.ids),
            ),
        )
        Demand.invalidate_model()

    def _undo(self):
        """Remove what this import wrote; returns the number of its products that others use by now."""
        self.ensure_one()
        self.lock_for_update()
        if self.state != "imported":
            raise UserError(self.env._("Only a finished import can be undone."))
        self.env.flush_all()
        self._demand_changed()
        cr = self.env.cr
        cr.execute(
            SQL(
                """
                CREATE TEMP TABLE gantry_undo ON COMMIT DROP AS
                SELECT product_id, warehouse_id, date FROM gantry_demand_import_day WHERE import_id = %s
                """,
                self.id,
            )
        )
        cr.execute("ANALYZE gantry_undo")
        cr.execute(SQL("DELETE FROM gantry_demand_import_day WHERE import_id = %s", self.id))
        cr.execute(
            """
            DELETE FROM gantry_demand demand USING gantry_undo gone
             WHERE demand.source = 'import' AND demand.product_id = gone.product_id
               AND demand.warehouse_id = gone.warehouse_id AND demand.date = gone.date
               AND NOT EXISTS (
                    SELECT FROM gantry_demand_import_day other
                     WHERE other.product_id = gone.product_id AND other.warehouse_id = gone.warehouse_id
                       AND other.date = gone.date)
            """
        )
        cr.execute(
            """
            SELECT DISTINCT import_id FROM gantry_demand_import_day
              JOIN gantry_undo USING (product_id, warehouse_id, date)
            """
        )
        others = [import_id for (import_id,) in cr.fetchall()]
        cr.execute("DROP TABLE gantry_undo")
        if others:
            self.browse(others)._publish()
        kept = self._remove_created_products()
        facts = [{"code": "import_undone"}]
        if kept:
            facts.append({"code": "import_kept_products", "numbers": {"count": kept}})
        self._keep({"state": "cancelled", "facts": facts})
        self.env.invalidate_all()
        return kept

    def _remove_created_products(self):
        """Delete the products this import created unless something else uses them."""
        products = self.created_product_ids.exists()
        if not products:
            return 0
        self._check_may_create_products()
        kept = 0
        for part in split_every(CREATED_BATCH, products.ids, products.browse):
            kept += self._unlink_unused(part)
        return kept

    def _unlink_unused(self, products):
        """Delete what can be deleted, halving the batch on refusal; returns how many are left."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                products.unlink()
        except Exception as error:  # any addon may refuse, in its own way, the deletion of a product in use
            if isinstance(error, (SystemError, MemoryError)):
                raise
            if len(products) == 1:
                return 1
            half = len(products) // 2
            return self._unlink_unused(products[:half]) + self._unlink_unused(products[half:])
        return 0



