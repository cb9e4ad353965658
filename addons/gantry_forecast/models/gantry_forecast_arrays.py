import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..tools import buckets
from ..tools.copy import copy_from, copy_query
from ..tools.spread import Override, spread
from .gantry_forecast_problem import RowOf

FLOATS = np.dtype("<f4")  # in columns of bytes, which PostgreSQL takes five times faster than an array


def pack_floats(values):
    """Rows of floats as rows of bytes."""
    values = np.ascontiguousarray(values, FLOATS)
    return values.view(f"V{values.shape[1] * FLOATS.itemsize}")[:, 0]


def unpack_floats(blob):
    return np.frombuffer(bytes(blob), FLOATS).astype(np.float64)


class GantryForecastArrays(models.Model):
    """The bucket arrays of a forecast: reading them, and laying overrides over them."""

    _inherit = "gantry.forecast"

    def init(self):
        for column, kind in (
            ("mean", "real[]"), ("final", "real[]"), ("naive", "real[]"), ("bands", "real[]"),
            ("quantiles", "bytea"), ("window_qty", "real"), ("reason_numbers", "bytea"),
            ("reason_layout", "smallint"),
        ):
            self.env.cr.execute(
                "SELECT format_type(atttypid, NULL) FROM pg_attribute"
                " WHERE attrelid = 'gantry_forecast'::regclass AND attname = %s AND NOT attisdropped", (column,),
            )
            found = self.env.cr.fetchone()
            if found and found[0] != kind:  # the next run fills it again
                self.env.cr.execute(SQL("ALTER TABLE gantry_forecast DROP COLUMN %s", SQL.identifier(column)))
            if not found or found[0] != kind:
                self.env.cr.execute(SQL(
                    "ALTER TABLE gantry_forecast ADD COLUMN %s %s", SQL.identifier(column), SQL(kind),
                ))
        # compressing floats costs time and saves nothing
        self.env.cr.execute("ALTER TABLE gantry_forecast ALTER COLUMN quantiles SET STORAGE EXTERNAL")
        self.env.cr.execute(
            """
            CREATE TABLE IF NOT EXISTS gantry_forecast_snapshot (
                forecast_id int NOT NULL REFERENCES gantry_forecast ON DELETE CASCADE,
                company_id int NOT NULL,
                date_start date NOT NULL,
                bucket varchar NOT NULL,
                mean real[] NOT NULL, median real[] NOT NULL, final real[] NOT NULL, naive real[] NOT NULL,
                window_qty real,
                PRIMARY KEY (forecast_id, date_start))
            """
        )

    @api.model
    def _read_arrays(self, ids, names=("mean", "final", "naive", "quantiles")):
        """Bucket arrays of forecasts.

        :return: dict id -> dict: date_start, bucket, and a numpy array per name; forecasts never made are left out
        """
        if not ids:
            return {}
        self.env.cr.execute(SQL(
            "SELECT id, date_start, bucket, %s FROM gantry_forecast WHERE id IN %s AND mean IS NOT NULL",
            SQL(", ").join(SQL.identifier(name) for name in names), tuple(int(i) for i in ids),
        ))
        found = {}
        for forecast_id, start, bucket, *arrays in self.env.cr.fetchall():
            found[forecast_id] = {"date_start": start, "bucket": bucket} | {
                name: unpack_floats(array) if name == "quantiles" else np.array(array, np.float64)
                for name, array in zip(names, arrays, strict=True)
            }
        return found

    @api.model
    def _apply_overrides(self, company, ids=None):
        """Lay the overrides in force over the statistical forecast, for all forecasts they touch.

        :param ids: look only at overrides that touch one of these; overrides of a category are spread over all
            of its forecasts in any case
        :return: number of forecasts that have an override
        """
        self.env.flush_all()
        today = self.env["gantry.demand"]._get_today(company)
        overrides = self.env["gantry.forecast.override"].search([
            ("company_id", "=", company.id), ("date_to", ">=", self._get_bucket_start(company)),
            "|", ("date_expiry", "=", False), ("date_expiry", ">", today),
        ], order="id")
        self.env.cr.execute(SQL(
            "SELECT id FROM gantry_forecast WHERE company_id = %s AND override_count > 0", company.id,
        ))
        carrying = [row[0] for row in self.env.cr.fetchall()]
        if not overrides and not carrying:
            return 0
        series = self._get_overridden(company, overrides, carrying, ids)
        if not len(series):
            return 0
        horizons = self._get_horizons(series)
        return sum(
            self._override_bucket(company, series, overrides, bucket, [h for h in horizons if h[1] == bucket])
            for bucket in sorted({horizon[1] for horizon in horizons})
        )

    def _override_bucket(self, company, series, overrides, bucket, horizons):
        """Lay overrides over all forecasts of one length of bucket, on one calendar whenever they begin: the units of
        a category are spread once, over forecasts of last night and those made anew since."""
        first = min(buckets.floor(start, bucket) for start, _bucket, _width in horizons)
        total = max(buckets.count(first, start, bucket) + width for start, _bucket, width in horizons)
        limits = buckets.edges(first, total, bucket)
        arrays = [self._read_means(series, *horizon) for horizon in horizons]
        ids = np.concatenate([part["id"] for part in arrays])
        series = series[np.isin(series["id"], ids)]
        place = RowOf(series["id"])
        mean, inside = np.zeros((len(series), total)), np.zeros((len(series), total), bool)
        spans = []
        for part, (start, _bucket, width) in zip(arrays, horizons, strict=True):
            rows, begin = place(part["id"]), buckets.count(first, start, bucket)
            mean[rows, begin:begin + width], inside[rows, begin:begin + width] = part["mean"], True
            spans.append((rows, begin, width))
        parts = [
            Override(rows=rows, first=np.datetime64(override.date_from), last=np.datetime64(override.date_to),
                     mode=override.mode, quantity=override.quantity)
            for override, rows in self._match_overrides(overrides, series)
        ]
        final = spread(mean, limits, parts)
        count = np.zeros(len(series), np.int32)
        for part in parts:
            touched = buckets.overlap_days(part.first, part.last, limits) > 0
            count[part.rows] += inside[part.rows][:, touched].any(1)
        for rows, begin, width in spans:
            self._write_final(
                company, series[rows], final[rows, begin:begin + width], limits[begin:begin + width + 1], count[rows])
        return int((count > 0).sum())

    def _read_means(self, series, start, bucket, width):
        return copy_query(self.env.cr, SQL(
            """
            SELECT id, mean FROM gantry_forecast
             WHERE id = ANY(%s) AND date_start = %s AND bucket = %s AND cardinality(mean) = %s ORDER BY id
            """,
            series["id"].tolist(), start, bucket, width,
        ), [("id", "i4"), ("mean", "f4", (width,))])

    def _get_overridden(self, company, overrides, carrying, ids):
        """Series that an override in force touches, and those that still carry one that is over."""
        series = self._get_series(company)
        touched = np.zeros(len(series), bool)
        for _override, rows in self._match_overrides(overrides, series):
            if ids is None or len(rows) > 1 or np.isin(series["id"][rows], ids).any():
                touched[rows] = True
        return series[touched | np.isin(series["id"], carrying)]

    @api.model
    def _match_overrides(self, overrides, series):
        """(override, rows of the series it is for), overrides for nobody left out."""
        found = []
        below = self.env["product.category"].search_fetch(
            [("id", "child_of", overrides.categ_id.ids)], ["parent_path"]) if overrides.categ_id else ()
        for override in overrides:
            if override.product_id:
                rows = series["product_id"] == override.product_id.id
            else:
                path = override.categ_id.parent_path
                rows = np.isin(series["categ_id"], [c.id for c in below if c.parent_path.startswith(path)])
            if override.warehouse_id:
                rows = rows & (series["warehouse_id"] == override.warehouse_id.id)
            if rows.any():
                found.append((override, np.flatnonzero(rows)))
        return found

    def _get_horizons(self, series):
        """Start, bucket and length of the forecasts: several after Forecast Now or a change of the settings."""
        self.env.cr.execute(SQL(
            """
            SELECT DISTINCT date_start, bucket, cardinality(mean) FROM gantry_forecast
             WHERE id = ANY(%s) AND mean IS NOT NULL ORDER BY 1, 2, 3
            """,
            series["id"].tolist(),
        ))
        return self.env.cr.fetchall()

    def _write_final(self, company, series, final, limits, count):
        rows = np.zeros(len(series), np.dtype([
            ("id", "i4"), ("next_qty", "f8"), ("next_30_qty", "f8"), ("horizon_qty", "f8"), ("value", "f8"),
            ("override_count", "i4"), ("final", "f4", (final.shape[1],)),
        ]))
        rows["id"], rows["final"], rows["override_count"] = series["id"], final, count
        self._fill_sums(company, rows, final, limits, series["cost"])
        self._open_plan_table(rows.dtype)
        copy_from(self.env.cr, "gantry_plan", rows.dtype.names, rows)
        self.env.cr.execute(
            """
            UPDATE gantry_forecast forecast
               SET final = plan.final, next_qty = plan.next_qty, next_30_qty = plan.next_30_qty,
                   horizon_qty = plan.horizon_qty, value = plan.value::numeric,
                   override_count = plan.override_count
              FROM gantry_plan plan WHERE forecast.id = plan.id
            """
        )
        self.env.cr.execute("DROP TABLE gantry_plan")
        self._update_snapshot(series["id"])
        self.invalidate_model()
        self.env["gantry.forecast.line"].invalidate_model()

    def _update_snapshot(self, ids):
        """An override of the running period is judged with it, though the forecast was kept when the period began.

        What the models said then stays; where nothing is overridden the final forecast is what they said.
        """
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_forecast_snapshot kept
               SET final = ARRAY(
                    SELECT CASE WHEN item.final IS DISTINCT FROM item.mean THEN item.final ELSE item.kept END
                      FROM unnest(forecast.final[1:cardinality(kept.mean)], forecast.mean[1:cardinality(kept.mean)],
                                  kept.mean) WITH ORDINALITY item(final, mean, kept, number)
                     ORDER BY item.number)
              FROM gantry_forecast forecast
             WHERE forecast.id = ANY(%s) AND kept.forecast_id = forecast.id
               AND kept.date_start = forecast.date_start AND kept.bucket = forecast.bucket
               AND cardinality(forecast.mean) >= cardinality(kept.mean)
            """,
            ids.tolist(),
        ))
