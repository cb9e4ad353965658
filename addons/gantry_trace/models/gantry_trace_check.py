import logging
import time

from odoo import api, fields, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.tools import SQL

from .trace_source import EDGE_COLUMNS

_logger = logging.getLogger(__name__)
PAIRS = 200  # pools cut anew between two commit points
SAMPLE = 20
KEYS = ("doc_model", "doc_id", "parent_node", "child_node", "kind")
VALUES = (
    "confidence", "parent_product_id", "child_product_id", "qty", "child_qty", "at", "known_from", "known_until",
    "company_id",
)  # fmt: skip


class GantryTraceCheck(models.Model):
    """The genealogy built anew from all done moves and compared with the one in use.

    They must agree. When they do not, the table in use is mended, the difference is kept here, and the managers get
    an activity: something has changed stock moves behind Odoo's back, or a feed has failed.
    """

    _name = "gantry.trace.check"
    _description = "Check of the genealogy"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "date"

    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    state = fields.Selection(
        [("first", "First build"), ("ok", "Agrees"), ("differs", "Differed, mended")], readonly=True
    )
    edges = fields.Integer("Steps", readonly=True)
    missing = fields.Integer("Were missing", readonly=True)
    extra = fields.Integer("Were too many", readonly=True)
    changed = fields.Integer("Said something else", readonly=True)
    pools_changed = fields.Integer("Untracked stocks cut anew", readonly=True)
    seconds = fields.Float(readonly=True)
    sample = fields.Json(readonly=True)
    sample_text = fields.Text("Examples", compute="_compute_sample_text")

    @api.depends("sample")
    def _compute_sample_text(self):
        for check in self:
            check.sample_text = "\n".join(
                f"{row['what']}: {row['parent']} → {row['child']} ({row['doc']})" for row in check.sample or ()
            )

    @api.model
    def _cron_check(self):
        self._enqueue_check()

    def action_check(self):
        """Build and compare now, in the background."""
        job = self._enqueue_check()
        return {
            "type": "ir.actions.act_window",
            "res_model": "gantry.job",
            "res_id": job.id,
            "views": [(False, "form")],
            "target": "current",
        }

    @api.model
    def _enqueue_check(self):
        return self.env["gantry.job"].sudo()._enqueue(
            self.env._("Rebuild the genealogy and compare"), self._name, "_run_check", identity="gantry.trace.check"
        )

    @api.model
    def _run_check(self, job):
        """Handler of the job: pools first, in steps, then all edges at once."""
        started = time.monotonic()
        pairs = self._pool_pairs()
        pools_changed = 0
        for first in range(0, len(pairs), PAIRS):
            pools_changed += len(self._rebuild_pools(pairs[first : first + PAIRS]))
            yield Progress(first + PAIRS, len(pairs) + PAIRS, self.env._("Untracked stock"))
        check = self._compare(pools_changed, started)
        yield Progress(1, 1, self.env._("Compared"))
        return {"check_id": check.id, "state": check.state, "edges": check.edges}

    @api.model
    def _rebuild(self, first=False):
        """Build and compare within this transaction; the ``first`` time for a kind of documents there is no alarm."""
        started = time.monotonic()
        pairs = self._pool_pairs()
        pools_changed = len(self._rebuild_pools(pairs))
        return self._compare(pools_changed, started, first)

    def _rebuild_pools(self, pairs):
        """Cut the epochs of these pairs from all of history."""
        known = set(self.env["gantry.trace.pool"]._last_epochs(pairs))
        changed = self.env["gantry.trace.pool"]._advance(pairs, from_scratch=True)
        return [pair for pair in changed if pair in known]

    def _pool_pairs(self):
        """All (product, company) whose untracked stock went into, or came out of, some document."""
        self.env["gantry.trace.edge"]._feed_pending()
        self.env["gantry.trace.edge"]._flush_history()
        pairs = set()
        for source in self.env["gantry.trace.edge"]._sources():
            if source.roles:
                self.env["gantry.trace.pool"]._prepare_hubs(source, None)
                pairs.update(self.env["gantry.trace.pool"]._source_pairs(source, None))
        return sorted(pairs)

    def _compare(self, pools_changed, started, first=False):
        first = first or not self.search_count([], limit=1)
        self.env["gantry.trace.edge"]._flush_history()
        sources = SQL(" UNION ALL ").join(
            SQL("SELECT * FROM (%s) source", source.edges(None)) for source in self.env["gantry.trace.edge"]._sources()
        )
        cr = self.env.cr
        cr.execute("SELECT set_config('jit', 'off', true)")
        cr.execute("DROP TABLE IF EXISTS gantry_trace_new")
        cr.execute("CREATE TEMP TABLE gantry_trace_new (LIKE gantry_trace_edge) ON COMMIT DROP")
        cr.execute("ALTER TABLE gantry_trace_new ALTER COLUMN id DROP NOT NULL")
        cr.execute(SQL("INSERT INTO gantry_trace_new (%s) %s", EDGE_COLUMNS, sources))
        cr.execute("ANALYZE gantry_trace_new")
        counts, sample = self._find_differences()
        self._mend()
        differs = any(counts.values())
        check = self.create(
            {
                "state": "first" if first else "differs" if differs else "ok",
                "edges": self.env["gantry.trace.edge"].search_count([]),
                **counts,
                "pools_changed": pools_changed,
                "seconds": time.monotonic() - started,
                "sample": sample,
            }
        )
        if check.state == "differs":
            check._raise_alarm()
        self.env["gantry.trace.pool"]._settle()
        self.env["gantry.trace.edge"].invalidate_model(flush=False)
        return check

    def _find_differences(self):
        """Mark what differs in a temporary table; count it and take examples."""
        cr = self.env.cr
        same = SQL(" AND ").join(SQL("n.%s = e.%s", SQL.identifier(k), SQL.identifier(k)) for k in KEYS)
        other = SQL(" OR ").join(
            SQL("n.%s IS DISTINCT FROM e.%s", SQL.identifier(name), SQL.identifier(name)) for name in VALUES
        )
        cr.execute("DROP TABLE IF EXISTS gantry_trace_difference")
        cr.execute(
            SQL(
                """
                CREATE TEMP TABLE gantry_trace_difference ON COMMIT DROP AS
                SELECT e.id AS edge_id, n.ctid AS new_ctid,
                       CASE WHEN e.id IS NULL THEN 'missing' WHEN n.kind IS NULL THEN 'extra' ELSE 'changed' END
                       AS what,
                       COALESCE(n.parent_node, e.parent_node) AS parent_node,
                       COALESCE(n.child_node, e.child_node) AS child_node,
                       COALESCE(n.doc_model, e.doc_model) AS doc_model, COALESCE(n.doc_id, e.doc_id) AS doc_id
                  FROM gantry_trace_new n FULL JOIN gantry_trace_edge e ON %s
                 WHERE e.id IS NULL OR n.kind IS NULL OR %s
                """,
                same, other,
            )
        )  # fmt: skip
        cr.execute("SELECT what, count(*) FROM gantry_trace_difference GROUP BY what")
        counts = {"missing": 0, "extra": 0, "changed": 0} | dict(cr.fetchall())
        cr.execute(
            SQL(
                "SELECT what, parent_node, child_node, doc_model, doc_id FROM gantry_trace_difference LIMIT %s", SAMPLE
            )
        )
        rows = cr.fetchall()
        names = self.env["gantry.trace"]._node_names({node for row in rows for node in row[1:3]})
        sample = [
            {"what": what, "parent": names[parent], "child": names[child], "doc": f"{doc_model},{doc_id}"}
            for what, parent, child, doc_model, doc_id in rows
        ]
        return counts, sample

    def _mend(self):
        """Make the table in use say what was built."""
        cr = self.env.cr
        cr.execute(
            "DELETE FROM gantry_trace_edge e USING gantry_trace_difference d"
            " WHERE d.edge_id = e.id AND d.what IN ('extra', 'changed')"
        )
        cr.execute(
            SQL(
                "INSERT INTO gantry_trace_edge (%s) SELECT %s FROM gantry_trace_new n"
                " WHERE n.ctid IN (SELECT new_ctid FROM gantry_trace_difference WHERE what <> 'extra')"
                " ORDER BY parent_node, child_node",
                EDGE_COLUMNS, EDGE_COLUMNS,
            )
        )  # fmt: skip

    def _raise_alarm(self):
        self.ensure_one()
        _logger.warning(
            "The genealogy differed from the stock moves: %s missing, %s too many, %s changed; mended.",
            self.missing, self.extra, self.changed,
        )  # fmt: skip
        managers = self.env.ref("gantry_base.group_manager").all_user_ids.filtered(lambda user: not user.share)
        for user in managers[:10]:
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=self.env._("The genealogy of lots differed from the stock moves"),
                note=self.env._(
                    "%(missing)s steps were missing, %(extra)s were too many and %(changed)s said something else. They"
                    " are mended. Find out what changes stock moves behind Odoo: a direct SQL script, an import?",
                    missing=self.missing,
                    extra=self.extra,
                    changed=self.changed,
                ),
            )
