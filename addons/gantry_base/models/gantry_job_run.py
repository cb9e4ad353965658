import inspect
import logging
import os
import socket
import time

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..jobs import Committed, Inline, Progress, sentence, trace
from .gantry_job import OPEN_STATES, UNSAVED_LINES

_logger = logging.getLogger(__name__)

LOCK_SPACE = 0x47414E54  # first key of the advisory locks, "GANT"; the second is the id of the job
MAX_DEATHS = 3
MAX_TRIES = 5
SLICE_S = 30  # Odoo offers 10 s a turn, too short for a handler that first loads its arrays


class GantryJobRun(models.Model):
    """How jobs are run: taken, driven step by step, paused, taken over from a dead worker.

    The row of a running job is written by its runner only. The runner holds a session advisory lock on the
    job; the lock dies with the connection, so a running job that nobody holds has lost its worker.
    """

    _inherit = "gantry.job"

    def _dispatch(self):
        """See to it that a runner takes these jobs soon. The one seam for other ways to run them."""
        if self:
            self._wake_cron()

    @api.model
    def _wake_cron(self):
        self.env.ref("gantry_base.cron_run_jobs").sudo()._trigger()

    @api.model
    def _cron_run(self):
        """What the scheduled action does: take its turn at the jobs, or look after another runner."""
        self._take_turn()

    @api.model
    def _take_turn(self):
        """Run waiting jobs until the time for this turn is used up."""
        tx = Committed(self.env)
        if time.monotonic() >= self.env.context.get("cron_end_time", float("inf")):
            # the cron calls again at once when work is left over; its time is gone, so let others have a turn
            self.env["ir.cron"]._commit_progress(remaining=len(self._free_ids()))
            return
        seen = set()
        while tx.left > 0:
            job = self._claim_next(seen)
            if not job:
                break
            seen.add(job.id)
            job._run_claimed(tx)
        if free := self._free_ids():
            self.browse(free)._dispatch()
        self.env["ir.cron"]._commit_progress(remaining=len(free))

    # -- taking a job

    @api.model
    def _free_ids(self):
        """Ids of open jobs that no runner holds, in the order they should be taken."""
        self.flush_model(["state", "priority", "date_alive"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT job.id FROM gantry_job job
                 WHERE job.state IN %(states)s
                   AND NOT EXISTS (
                        SELECT FROM pg_locks l
                         WHERE l.locktype = 'advisory' AND l.objsubid = 2
                           AND l.classid::bigint = %(space)s AND l.objid::bigint = job.id
                           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
                 ORDER BY job.priority, job.date_alive NULLS FIRST, job.id
                 LIMIT 100
                """,
                states=OPEN_STATES,
                space=LOCK_SPACE,
            )
        )
        return [job_id for (job_id,) in rows]

    @api.model
    def _claim_next(self, skip=()):
        for job_id in self._free_ids():
            if job_id not in skip and (job := self.sudo().browse(job_id))._claim():
                return job
        return self.browse()

    def _claim(self):
        """Take the job for this connection. False when somebody else has it or it needs no runner."""
        self.ensure_one()
        cr = self.env.cr
        if not self._lock():
            return False
        try:
            # what was true before the lock may be history: look again in a new transaction
            self.env["ir.cron"]._commit_progress()
            cr.execute(
                SQL(
                    "SELECT id FROM gantry_job WHERE id = %s AND state IN %s FOR NO KEY UPDATE SKIP LOCKED",
                    self.id,
                    OPEN_STATES,
                )
            )
            taken = bool(cr.rowcount) and self._take()
            self.env["ir.cron"]._commit_progress()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            cr.rollback()
            taken = False
        except Exception:
            cr.rollback()
            self._unlock()
            raise
        if not taken:
            self._unlock()
        return taken

    def _take(self):
        """Write down that this process works on the job; give up a job that has killed too many workers."""
        self.invalidate_recordset()
        now = fields.Datetime.now()
        vals = {
            "state": "running",
            "worker": f"{socket.gethostname()}:{os.getpid()}",
            "date_alive": now,
            "date_started": self.date_started or now,
        }
        if self.state == "pending":
            vals["attempts"] = self.attempts + 1
        elif self.worker:  # not a pause: its runner never came back
            vals |= {"attempts": self.attempts + 1, "deaths": self.deaths + 1}
            job = self._speaking()
            job._log(job.env._("The worker %s stopped in the middle of the job.", self.worker), "warning")
            if vals["deaths"] >= MAX_DEATHS:
                self.write({"deaths": vals["deaths"]})
                job._end(
                    "failed",
                    error=job.env._(
                        "The worker was lost %s times at the same point, probably for want of memory or time.",
                        MAX_DEATHS,
                    ),
                )
                return False
        self.write(vals)
        return True

    def _lock(self):
        self.env.cr.execute("SELECT pg_try_advisory_lock(%s, %s)", (LOCK_SPACE, self.id))
        return self.env.cr.fetchone()[0]

    def _unlock(self):
        self.env.cr.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_SPACE, self.id))

    # -- driving it

    def _run_claimed(self, tx):
        """Run a claimed job and let go of it. True when it has ended, False when it paused."""
        try:
            return self._execute(tx)
        finally:
            try:
                self._unlock()
            except psycopg2.Error:  # the connection is gone and the lock with it
                _logger.info("Connection lost while running job %s", self.id)

    def _run_inline(self, max_steps=None):
        """Run the job in the current transaction, without commits: for tests and the shell.

        :param int max_steps: pause after so many steps
        :return: the result of the job
        """
        job = self.sudo()
        if job.state in OPEN_STATES and job._take():
            job._execute(Inline(job.env), max_steps)
        return job.result

    def _execute(self, tx, max_steps=None):
        """Drive the handler until it ends, pauses, fails or is cancelled. True when the job has ended."""
        for tries_left in reversed(range(MAX_TRIES)):
            try:
                return self._drive(tx, max_steps)
            except Exception as error:
                if isinstance(error, psycopg2.InterfaceError):
                    raise  # no connection to write with: the next runner finds the job without a worker
                tx.undo()
                lines = UNSAVED_LINES.pop(self.env.cr, [])
                if self._is_concurrency(error):
                    if not tx.retries:
                        raise
                    if tries_left:
                        _logger.info("Job %s meets another transaction, %s tries left", self.id, tries_left)
                        time.sleep(0.1 * (MAX_TRIES - tries_left))
                        continue
                self.env["gantry.job.log"].create([vals for vals in lines if vals["job_id"] == self.id])
                self._fail(error)
                tx.save()
                return True
        return True

    @staticmethod
    def _is_concurrency(error):
        return isinstance(error, (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError))

    def _drive(self, tx, max_steps):
        end_s = time.monotonic() + SLICE_S
        count = 0
        steps = self._steps()
        while not self._cancel_asked():
            UNSAVED_LINES.pop(self.env.cr, None)
            with tx.step():
                try:
                    self._save_progress(next(steps))
                except StopIteration as stop:
                    self._end("done", result=self.env["gantry.api"]._json(stop.value))
            left_s = tx.save()
            if self.state == "done":
                return True
            count += 1
            if (left_s <= 0 and time.monotonic() >= end_s) or count == max_steps:
                steps.close()
                self.worker = False
                tx.save()
                return False
        steps.close()
        self._end("cancelled")
        tx.save()
        return True

    def _steps(self):
        """The handler as a generator, run as the user who asked, in the company of the job."""
        job = self._speaking()
        env = job.env(su=job.env.uid == api.SUPERUSER_ID)
        if self.model not in env:
            raise UserError(job.env._("The addon that does this work is not installed any more."))
        if not self.user_id.active and not env.su:
            raise UserError(job.env._("%s, who asked for this job, is not active any more.", self.user_id.name))
        handler = getattr(env[self.model].browse(self.res_id or []), self.method)
        outcome = handler(job)
        if inspect.isgenerator(outcome):
            outcome = yield from outcome
        return outcome

    def _speaking(self):
        """The job (in sudo) with the language, time zone and company of the user it works for."""
        user = self.user_id
        context = {
            "lang": user.lang,
            "tz": user.tz,
            "allowed_company_ids": self.company_id.ids,
        }
        return self.with_env(self.env(user=user.id, su=True, context=context))

    def _save_progress(self, progress):
        if not isinstance(progress, Progress):
            raise TypeError(f"{self.model}.{self.method} yields {type(progress).__name__}, not Progress")
        vals = {
            "progress_done": float(progress.done),
            "progress_total": float(progress.total),
            "progress": progress.percent,
            "message": progress.message or self.message,
            "date_alive": fields.Datetime.now(),
        }
        if progress.checkpoint is not None:
            checkpoint = self.env["gantry.api"]._json(progress.checkpoint)
            if checkpoint != self.checkpoint:
                vals |= {"checkpoint": checkpoint, "deaths": 0}
        self.write(vals)

    def _cancel_asked(self):
        return bool(
            self.env["gantry.job.log"].search_count([("job_id", "=", self.id), ("level", "=", "cancel")], limit=1)
        )

    # -- how it ends

    def _end(self, state, **vals):
        """Close the jobs and tell the people who asked for them."""
        vals |= {"state": state, "date_done": fields.Datetime.now(), "worker": False}
        if state == "done":
            vals |= {"progress": 100.0}
        self.write(vals)
        for job in self.filtered(lambda job: job.user_id.id != api.SUPERUSER_ID and state != "cancelled"):
            job._speaking()._tell_user()

    def _tell_user(self):
        """A note in the corner of the screen, wherever the user is by now."""
        done = self.state == "done"
        self.user_id._bus_send(
            "simple_notification",
            {
                "type": "success" if done else "danger",
                "title": self.name,
                "message": self.env._("This background job is done.") if done else self.error,
            },
        )

    def _fail(self, error):
        """Close the job with one sentence for its user and the trace for a manager."""
        job = self._speaking()
        if isinstance(error, UserError | AccessError):
            text = sentence(error)
            _logger.info("Job %s (%s) stopped: %s", self.id, self.name, text)
        else:
            text = job.env._(
                "An unexpected error stopped this job (%(kind)s: %(text)s); a manager sees the details in the log.",
                kind=type(error).__name__,
                text=sentence(error)[:200],
            )
            _logger.error("Job %s (%s) failed", self.id, self.name, exc_info=error)
        job._log(text, "error", detail=trace(error))
        self._end("failed", error=text)

    # -- proof that it works

    def _job_self_check(self, job):
        """Count to twenty in ten seconds: shows whether background work runs here, and how soon it starts."""
        start = (job.checkpoint or {}).get("count", 0)
        steps = 20
        waited_s = max((job.date_started - job.create_date).total_seconds(), 0)
        job._log(self.env._("Taken by %(worker)s after %(wait)d s.", worker=job.worker, wait=waited_s))
        for count in range(start, steps):
            time.sleep(0.5)
            yield Progress(
                count + 1,
                steps,
                self.env._("Counting: %(count)s of %(steps)s", count=count + 1, steps=steps),
                {"count": count + 1},
            )
        return {"counted_to": steps, "waited_s": round(waited_s, 1), "worker": job.worker}
