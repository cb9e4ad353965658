from odoo import api, models
from odoo.exceptions import UserError

PLANNER = "gantry_base.group_planner"
LOG_LINES = 50


class GantryBaseApi(models.AbstractModel):
    """Background jobs for other programs. Every method needs the role Planner and sees the caller's companies."""

    _name = "gantry.base.api"
    _inherit = "gantry.api"
    _description = "Gantry RPC: background jobs"

    @api.model
    @api.readonly
    def get_job(self, *, job_id: int) -> dict:
        """State, progress, result and the last 50 log lines of a job.

        :param job_id: id of the job, as returned by the call that started it
        :return: ``job_id``, ``name``, ``state`` (pending, running, done, failed, cancelled), ``progress`` in per
            cent, ``message``, ``error``, ``result``, ``user_id``, ``company_id``, the times ``asked_at``,
            ``started_at``, ``ended_at`` (ISO, UTC) and ``log``, a list of ``time``, ``level``, ``message``
        :raises AccessError: the job belongs to a company that the caller may not see
        """
        self._require_group(PLANNER)
        job = self._job(job_id)
        lines = self.env["gantry.job.log"].search([("job_id", "=", job.id)], order="id desc", limit=LOG_LINES)
        log = [
            {"time": self._json(line.create_date), "level": line.level, "message": line.message}
            for line in reversed(lines)
        ]
        return self._plain(self._job_answer(job) | {"result": self._json(job.result or None), "log": log})

    @api.model
    @api.readonly
    def list_jobs(self, *, limit: int = 100, offset: int = 0, state: str | None = None) -> dict:
        """Jobs of the caller's companies, newest first.

        :param limit: how many, at most 1000
        :param offset: how many to leave out at the beginning
        :param state: only jobs in this state
        :return: ``items`` (as in get_job, without result and log), ``total``, ``limit``, ``offset`` and
            ``next_offset``, null on the last page
        """
        self._require_group(PLANNER)
        limit, offset = self._page(limit, offset)
        Job = self.env["gantry.job"]
        states = dict(Job._fields["state"].selection)
        if state is not None and state not in states:
            known = ", ".join(states)
            raise UserError(self.env._("There is no state %(state)s; take one of %(known)s.", state=state, known=known))
        domain = [("state", "=", state)] if state else []
        jobs = Job.search(domain, limit=limit, offset=offset) if limit else Job
        items = [self._job_answer(job) for job in jobs]
        return self._plain(self._page_answer(items, Job.search_count(domain), limit, offset))

    @api.model
    def cancel_job(self, *, job_id: int, request_uid: str) -> dict:
        """Cancel a job: at once when it waits, at its next step when it runs.

        :param job_id: id of the job
        :param request_uid: identifier of this request; the same one again returns the first answer
        :return: ``job_id`` and ``state`` (still running when it has to reach its next step)
        :raises AccessError: the caller has not started the job and is no manager
        """
        self._require_group(PLANNER)

        def cancel():
            job = self._job(job_id)
            job.action_cancel()
            return {"job_id": job.id, "state": job.state}

        return self.env["gantry.request"]._once(request_uid, "gantry.base.api/cancel_job", {"job_id": job_id}, cancel)

    @api.model
    def retry_job(self, *, job_id: int, request_uid: str) -> dict:
        """Run a failed or cancelled job again from where it was last saved.

        :param job_id: id of the job
        :param request_uid: identifier of this request; the same one again returns the first answer
        :return: ``job_id`` and ``state``
        :raises AccessError: the caller has not started the job and is no manager
        """
        self._require_group(PLANNER)

        def retry():
            job = self._job(job_id)
            if job.state not in ("failed", "cancelled"):
                raise UserError(self.env._("Only a failed or cancelled job can be run again."))
            job.action_retry()
            return {"job_id": job.id, "state": job.state}

        return self.env["gantry.request"]._once(request_uid, "gantry.base.api/retry_job", {"job_id": job_id}, retry)

    def _job(self, job_id):
        if not isinstance(job_id, int) or isinstance(job_id, bool):
            raise UserError(self.env._("job_id must be a whole number."))
        job = self.env["gantry.job"].browse(job_id).exists()
        if not job:
            raise UserError(self.env._("There is no job %s.", job_id))
        job.check_access("read")
        return job

    def _job_answer(self, job):
        return self._json(
            {
                "job_id": job.id,
                "name": job.name,
                "state": job.state,
                "progress": round(job.progress, 1),
                "message": job.message or None,
                "error": job.error or None,
                "user_id": job.user_id.id,
                "company_id": job.company_id.id,
                "asked_at": job.create_date,
                "started_at": job.date_started or None,
                "ended_at": job.date_done or None,
            }
        )
