from odoo import api, fields, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.exceptions import UserError

from ..tale import Tale


class GantryDemo(models.AbstractModel):
    """Loads the demo story, chapter by chapter.

    An addon adds a chapter by extending :meth:`_chapters`; what is missing of a story that is already there
    is loaded by the next call, so an addon installed later brings its chapter to the same company.
    """

    _name = "gantry.demo"
    _description = "Demo story"

    @api.model
    def _chapters(self):
        """The chapters in their order: (key, title, method, weight).

        ``method`` is a generator ``method(tale, start)``. Each Progress it yields is a point at which the work
        so far may be committed; after an interruption it is called again with ``start`` = the ``done`` of the
        last one. ``weight`` is about how many seconds it takes.
        """
        return [
            ("company", self.env._("The company and its warehouses"), "_chapter_company", 2),
            ("catalog", self.env._("Products, categories and packs"), "_chapter_catalog", 6),
            ("partners", self.env._("Vendors, price lists and customers"), "_chapter_partners", 4),
            ("history", self.env._("Two years of receipts and deliveries"), "_chapter_history", 8),
            ("open_orders", self.env._("Open orders and receipts"), "_chapter_open_orders", 10),
            ("events", self.env._("Promotions and closures"), "_chapter_events", 1),
            ("plans", self.env._("Look-alikes and corrections of the planner"), "_chapter_plans", 1),
        ]

    # -- asking for it

    @api.model
    def _refusal(self, company):
        """Why the story cannot be loaded into this company, as a sentence; empty when it can."""
        loaded = company.sudo().gantry_demo_chapters
        if loaded:
            if all(key in loaded for key, *_rest in self._chapters()):
                return self.env._("The demo story is already loaded in %s.", company.name)
            return ""
        # sudo: moves of the company that the user may not see count as well
        done = self.env["stock.move"].sudo().search_count(
            [("company_id", "=", company.id), ("state", "=", "done")], limit=1
        )
        if done:
            return self.env._(
                "%s has real stock moves. The demo story goes into an empty company only, best of a test database.",
                company.name,
            )
        return ""

    @api.model
    def _check_may_load(self):
        self.env["gantry.api"]._require_group("gantry_base.group_manager")
        reason = self._refusal(self.env.company)
        if reason:
            raise UserError(reason)

    @api.model
    def _enqueue(self, today=None):
        """Load the story in the background; return the job."""
        self._check_may_load()
        today = today or fields.Date.context_today(self)
        return self.env["gantry.job"]._enqueue(
            self.env._("Load the demo story"),
            self._name,
            "_job_load",
            params={"today": fields.Date.to_string(today)},
            identity="gantry_demo.load",
        )

    @api.model
    def _load(self, today=None, progress=None, volume=1.0):
        """Load the story in this transaction; the caller refreshes the forecasts.

        :param today: the day on which the story stops, by default today
        :param progress: called with (done, total, message) at every step
        :param float volume: multiplies the number of orders
        :return: whether something was loaded; False when the story was already there
        """
        progress = progress or (lambda done, total, message: None)
        loaded = self.env.company.sudo().gantry_demo_chapters
        if loaded and self._refusal(self.env.company):
            progress(1, 1, self._refusal(self.env.company))
            return False
        self._check_may_load()
        for step in self._tell(today or fields.Date.context_today(self), {}, volume=volume):
            progress(step.done, step.total, step.message)
        return True

    def _job_load(self, job):
        """Handler of the background job."""
        if not job.checkpoint:
            self._check_may_load()
        today = fields.Date.to_date(job.params["today"])
        yield from self._tell(today, job.checkpoint or {})
        self.env["gantry.forecast"]._enqueue_refresh(self.env.company)
        return {"chapters": self.env.company.sudo().gantry_demo_chapters}

    # -- telling it

    def _tell(self, today, checkpoint, volume=1.0):
        """Write the chapters that are missing, from the checkpoint on."""
        # sudo: the manager was checked; the story sets up the company, users and categories
        company = self.env.company.sudo()
        demo = self.sudo().with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True, no_reset_password=True,
            mail_notrack=True, lang="en_US", skip_sms=True,
        )
        tale = Tale(demo.env, company.gantry_demo_date or today, volume=volume)
        chapters = demo._chapters()
        total = sum(weight for *_names, weight in chapters)
        passed = 0
        for key, title, method, weight in chapters:
            if key not in (company.gantry_demo_chapters or []):
                start = checkpoint.get("done", 0) if checkpoint.get("chapter") == key else 0
                yield Progress(passed, total, title, {"chapter": key, "done": start})
                for step in getattr(demo, method)(tale, start):
                    if step.total > step.done:
                        share = passed + weight * step.done / step.total
                        message = step.message or title
                        yield Progress(round(share, 2), total, message, {"chapter": key, "done": step.done})
                company.write({
                    "gantry_demo_date": tale.today,
                    "gantry_demo_chapters": [*(company.gantry_demo_chapters or []), key],
                })
            passed += weight
        yield Progress(total, total, self.env._("The demo story is loaded."), {"chapter": "", "done": 0})
