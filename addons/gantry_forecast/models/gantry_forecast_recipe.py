from odoo import api, fields, models

CLASSES = [
    ("dead", "Dead"),
    ("new", "New"),
    ("smooth", "Smooth"),
    ("erratic", "Erratic"),
    ("intermittent", "Intermittent"),
    ("lumpy", "Lumpy"),
]
TIERS = [("numpy", "Fast"), ("statistical", "Statistical"), ("panel", "Across Products")]


class GantryForecastRecipe(models.Model):
    """What a run learnt from history, and how each tier did against the tier below it."""

    _name = "gantry.forecast.recipe"
    _description = "Forecast Run"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    bucket = fields.Selection(
        [("day", "Day"), ("week", "Week"), ("month", "Month")], string="Forecast Period", required=True, readonly=True,
    )
    horizon = fields.Integer(string="Periods Ahead", required=True, readonly=True)
    date_start = fields.Date(string="First Period", readonly=True)
    state = fields.Selection(
        [("fast", "Fast Models"), ("refining", "Refining"), ("done", "Done")],
        required=True, readonly=True, default="fast",
    )
    series_count = fields.Integer(string="Products", readonly=True)
    refined_count = fields.Integer(string="Refined", readonly=True)
    data = fields.Binary(attachment=False, readonly=True)
    fast_data = fields.Binary(attachment=False, readonly=True)
    tier_ids = fields.One2many("gantry.forecast.recipe.tier", "recipe_id", string="Models", readonly=True)
    job_id = fields.Many2one("gantry.job", readonly=True, ondelete="set null")
    wape = fields.Float(string="Error", readonly=True, aggregator="avg")
    naive_wape = fields.Float(string="Naive Error", readonly=True, aggregator="avg")
    window_wape = fields.Float(string="Best Window Error", readonly=True, aggregator="avg")
    window_name = fields.Selection(
        [
            ("last_7_days", "Last 7 days"), ("last_30_days", "Last 30 days"), ("last_3_months", "Last 3 months"),
            ("last_12_months", "Last 12 months"), ("same_month_last_year", "Same month last year"),
            ("next_month_last_year", "Next month last year"),
            ("after_next_month_last_year", "After next month last year"),
            ("quarter_last_year", "Last year quarter"),
        ],
        string="Best Window", readonly=True, help="The window average of Odoo's replenishment wizard that did best.",
    )
    windows = fields.Json(readonly=True, help="Error of every window average over the whole company.")
    setting = fields.Char(readonly=True, help="Settings of the company when it was learnt.")
    note = fields.Char(readonly=True)
    duration_s = fields.Float(string="Duration (s)", readonly=True)
    layouts = fields.Json(readonly=True, help="What stands where in the reason numbers of the forecasts.")
    summary = fields.Char(compute="_compute_summary")

    @api.depends("wape", "naive_wape", "window_wape", "window_name")
    def _compute_summary(self):
        for recipe in self:
            recipe.summary = recipe._get_summary()

    def _get_layout(self, layout):
        """Number of a layout of reason numbers, added when it is not there yet."""
        layouts = list(self.layouts or [])
        if layout not in layouts:
            layouts.append(layout)
            self.layouts = layouts
        return layouts.index(layout)

    def _get_window_label(self):
        labels = dict(self._fields["window_name"]._description_selection(self.env))
        return labels.get(self.window_name, "-")

    def _get_summary(self):
        """One friendly sentence: Gantry against the best window average of Odoo's wizard and against naive."""
        if not self.naive_wape:
            return False
        return self.env._(
            "Error on your own last periods: Gantry %(gantry).2f, best window average of Odoo's wizard "
            "(%(window)s) %(window_wape).2f, naive (as last year or last period) %(naive).2f.",
            gantry=self.wape, window=self._get_window_label(), window_wape=self.window_wape, naive=self.naive_wape,
        )


class GantryForecastRecipeTier(models.Model):
    _name = "gantry.forecast.recipe.tier"
    _description = "Tier of a Forecast Run"
    _order = "recipe_id desc, id"
    _rec_name = "tier"

    recipe_id = fields.Many2one(
        "gantry.forecast.recipe", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="recipe_id.company_id", store=True)
    demand_class = fields.Selection(CLASSES, string="Class", readonly=True)
    tier = fields.Selection(TIERS, readonly=True)
    score = fields.Float(readonly=True, aggregator=None, digits=(16, 4))
    score_below = fields.Float(string="Score of the Simpler Models", readonly=True, aggregator=None, digits=(16, 4))
    used = fields.Boolean(readonly=True)
    series_count = fields.Integer(string="Products Tried", readonly=True)
    reason = fields.Char(readonly=True)
    sentence = fields.Char(compute="_compute_sentence")

    @api.depends("reason", "score", "score_below", "series_count")
    def _compute_sentence(self):
        for line in self:
            line.sentence = line._get_sentence()

    def _get_sentence(self):
        gain = 100 * (1 - self.score / self.score_below) if self.score_below else 0.0
        if self.reason == "base":
            return self.env._("The fast models are always used.")
        if self.reason == "better":
            return self.env._(
                "Used: error %(gain).1f %% lower than with the simpler models (products tried: %(count)s).",
                gain=gain, count=self.series_count,
            )
        if self.reason == "not_better":
            return self.env._(
                "Not used: no better than the simpler models (%(gain).1f %%; products tried: %(count)s).",
                gain=gain, count=self.series_count,
            )
        if self.reason == "not_installed":
            return self.env._("Not used: its library is not installed.")
        if self.reason == "not_asked":
            return self.env._("Switched off in the settings.")
        if self.reason == "too_few":
            return self.env._("Not used: too few products with enough history.")
        if self.reason == "not_suited":
            return self.env._("Not used: these models are not made for rare or irregular demand.")
        if self.reason == "too_slow":
            return self.env._("Not used: it would take longer than a refresh may take.")
        return self.env._("Not used: it failed in this run.")
