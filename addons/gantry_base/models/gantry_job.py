from datetime import timedelta
from weakref import WeakKeyDictionary

import psycopg2
from psycopg2.errorcodes import UNIQUE_VIOLATION

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools.constants import GC_UNLINK_LIMIT

OPEN_STATES = ("pending", "running")
KEEP_DAYS = 30
UNSAVED_LINES = WeakKeyDictionary()  # log lines since the last step, by cursor: a rollback must not lose them


class GantryJob(models.Model):
    """A piece of long work: asked for once, done in the background, watched on screen.

    This file holds the record and what people do with it, ``gantry_job_run.py`` how the work is done.
    """

    _name = "gantry.job"
    _description = "Background job"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    model = fields.Char("Model of the work", required=True, readonly=True)
    method = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="model", readonly=True)
    record_name = fields.Char("For", compute="_compute_record_name")
    params = fields.Json("Parameters", readonly=True)
    identity = fields.Char(readonly=True, help="Only one job of this identity waits or runs at a time.")
    user_id = fields.Many2one("res.users", "Asked by", required=True, readonly=True, index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    priority = fields.Integer(default=10, readonly=True, aggregator=None, help="Lower goes first.")
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="pending",
        readonly=True,
        index=True,
    )
    progress_done = fields.Float("Steps done", readonly=True, aggregator=None)
    progress_total = fields.Float("Steps in all", readonly=True, aggregator=None)
    progress = fields.Float("Progress (%)", readonly=True, aggregator="avg")
    message = fields.Char("Doing", readonly=True)
    checkpoint = fields.Json(readonly=True)
    result = fields.Json(readonly=True)
    error = fields.Text(readonly=True)
    log_ids = fields.One2many("gantry.job.log", "job_id", string="Log Lines", readonly=True)
    create_date = fields.Datetime("Asked at", readonly=True)
    date_started = fields.Datetime("Started at", readonly=True)
    date_alive = fields.Datetime("Last sign of life", readonly=True)
    date_done = fields.Datetime("Ended at", readonly=True)
    elapsed_s = fields.Float("Seconds taken", compute="_compute_elapsed")
    elapsed = fields.Char("Time taken", compute="_compute_elapsed")
    attempts = fields.Integer(readonly=True, aggregator=None)
    deaths = fields.Integer(
        "Lost workers",
        readonly=True,
        aggregator=None,
        help="How often in a row the worker vanished without getting any further.",
    )
    worker = fields.Char(readonly=True, help="Who works on it; empty while it waits for its next turn.")
    may_act = fields.Boolean(compute="_compute_may_act")

    _identity_uniq = models.UniqueIndex(
        "(company_id, identity) WHERE identity IS NOT NULL AND state IN ('pending', 'running')",
        "This work is already waiting or running.",
    )
    _open_idx = models.Index("(priority, id) WHERE state IN ('pending', 'running')")

    @api.depends("model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_record_name(self):
        for model, jobs in self.grouped("model").items():
            names = {}
            if model in self.env:
                records = self.env[model].browse({job.res_id for job in jobs if job.res_id}).exists()
                names = {record.id: record.display_name for record in records._filtered_access("read")}
            for job in jobs:
                job.record_name = names.get(job.res_id, False)

    @api.depends("date_started", "date_done", "state")
    def _compute_elapsed(self):
        now = fields.Datetime.now()
        for job in self:
            seconds = ((job.date_done or now) - job.date_started).total_seconds() if job.date_started else 0
            job.elapsed_s = seconds
            job.elapsed = f"{timedelta(seconds=round(seconds))}" if seconds else ""

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_may_act(self):
        manager = self.env.user.has_group("gantry_base.group_manager")
        for job in self:
            job.may_act = manager or job.user_id == self.env.user

    def _record(self):
        """The record the job is about, empty when there is none (any more) or its addon is gone."""
        self.ensure_one()
        if not self.res_id or self.model not in self.env:
            return self.browse()
        return self.env[self.model].browse(self.res_id).exists()

    # -- asking for work

    @api.model
    def _enqueue(self, name, model, method, *, params=None, record=None, identity=None, company=None, priority=10):
        """Ask for ``method`` of ``model`` to be run in the background, as the current user.

        :param str name: what people read in the list of jobs
        :param str model: model whose method does the work
        :param str method: a generator method taking the job, see :mod:`odoo.addons.gantry_base.jobs`
        :param params: JSON value the handler finds in ``job.params``
        :param record: record of ``model`` the handler is called on, shown as a link
        :param str identity: a job of the same identity (and company) that waits or runs is returned instead
        :param company: company the work belongs to, by default the current one
        :param int priority: lower goes first
        :return: the job
        """
        if not callable(getattr(type(self.env[model]), method, None)):
            raise ValueError(f"{model} has no method {method}")
        if record is not None and record._name != model:
            raise ValueError(f"the record of a job of {model} is a {record._name}")
        company = company or self.env.company
        if identity:
            twin = self.sudo().search(
                [
                    ("identity", "=", identity),
                    ("company_id", "=", company.id),
                    ("state", "in", OPEN_STATES),
                ],
                limit=1,
            )
            if twin:
                return self.browse(twin.id)
        vals = {
            "name": name,
            "model": model,
            "method": method,
            "params": params,
            "res_id": record.id if record else False,
            "identity": identity,
            "user_id": self.env.uid,
            "company_id": company.id,
            "priority": priority,
        }
        # sudo: nobody may create jobs over RPC, the caller is code that has checked what it asks for
        try:
            with self.env.cr.savepoint():
                job = self.sudo().create(vals)
        except psycopg2.IntegrityError as error:
            if error.pgcode == UNIQUE_VIOLATION and identity:
                # asked for a moment ago by a transaction that is invisible here: the retry will see it
                raise ConcurrencyError(f"job {identity} was asked for twice") from error
            raise
        job._dispatch()
        return self.browse(job.id)

    def _log(self, message, level="info", detail=None):
        """Add a line to the log of the job. It stays when the step it belongs to fails."""
        self.ensure_one()
        vals = {"job_id": self.id, "level": level, "message": message, "detail": detail}
        UNSAVED_LINES.setdefault(self.env.cr, []).append(vals)
        # sudo: the handler runs as a user who may only read logs
        return self.env["gantry.job.log"].sudo().create(vals)

    def _open_action(self):
        """The window action that shows this job."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Background job"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
        }

    # -- buttons

    def _check_may_act(self):
        """Refuse when the user is neither manager nor the one who asked for the job; return it in sudo."""
        self.check_access("read")
        if not all(job.may_act for job in self):
            raise AccessError(self.env._("Only a manager can change a job that somebody else has started."))
        return self.sudo()

    def action_run_now(self):
        """Put waiting jobs first in line and wake a worker. The page does not wait for the work."""
        jobs = self._check_may_act().filtered(lambda job: job.state in OPEN_STATES)
        jobs.filtered(lambda job: job.state == "pending").priority = 0
        jobs._dispatch()

    def action_cancel(self):
        """Stop waiting jobs at once and running ones at their next step."""
        jobs = self._check_may_act()
        jobs.filtered(lambda job: job.state == "pending")._end("cancelled")
        running = jobs.filtered(lambda job: job.state == "running")
        for job in running:
            job._log(self.env._("%s asked to cancel the job.", self.env.user.name), "cancel")
        # a job whose worker is gone, or that waits for its next turn, is ended by the next runner
        running._dispatch()

    def action_retry(self):
        """Run a failed or cancelled job again, from where it was last saved."""
        self._check_may_act()._reopen(keep_checkpoint=True)

    def action_restart(self):
        """Run a job that has ended again from the start."""
        self._check_may_act()._reopen(keep_checkpoint=False)

    def action_open_record(self):
        """Open the record the job is about."""
        self.ensure_one()
        self.check_access("read")
        record = self._record()
        if not record:
            raise UserError(self.env._("The record of this job does not exist any more."))
        record.check_access("read")
        return record.get_formview_action()

    def _reopen(self, keep_checkpoint):
        jobs = self.filtered(lambda job: job.state not in OPEN_STATES)
        for job in jobs.filtered("identity"):
            if self.search_count(
                [
                    ("identity", "=", job.identity),
                    ("company_id", "=", job.company_id.id),
                    ("state", "in", OPEN_STATES),
                ],
                limit=1,
            ):
                raise UserError(self.env._("The same work is already waiting or running in another job."))
        vals = {
            "state": "pending",
            "error": False,
            "result": False,
            "date_started": False,
            "date_done": False,
            "date_alive": False,
            "deaths": 0,
            "attempts": 0,
        }
        if not keep_checkpoint:
            vals |= {"checkpoint": False, "progress": 0, "progress_done": 0, "message": False}
        jobs.write(vals)
        # an old wish to cancel must not stop the new run
        jobs.log_ids.filtered(lambda line: line.level == "cancel").level = "info"
        jobs._dispatch()

    # -- housekeeping

    @api.ondelete(at_uninstall=False)
    def _unlink_only_ended(self):
        if any(job.state in OPEN_STATES for job in self):
            raise UserError(self.env._("Cancel a waiting or running job before you delete it."))

    @api.autovacuum
    def _gc_jobs(self):
        """Forget jobs that ended longer ago than the settings say."""
        days = int(self.env["ir.config_parameter"].sudo().get_param("gantry_base.job_keep_days") or KEEP_DAYS)
        limit_date = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        jobs = self.sudo().search(
            [("state", "not in", OPEN_STATES), ("date_done", "<", limit_date)], limit=GC_UNLINK_LIMIT
        )
        count = len(jobs)
        jobs.unlink()
        return count, count == GC_UNLINK_LIMIT
