import base64
import hashlib
import io
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..core import orderfile
from ..orderwords import file_sentence
from ..tools.guard import refuse_figures
from .gantry_demand_import_parts import ROLES

LIMIT_PARAM = "gantry_forecast.import_limit_mb"
DEFAULT_LIMIT_MB = 1024
CHOICES = (
    "file", "column_ids", "warehouse_id", "warehouse_ids", "date_order", "decimal", "unknown_products",
    "bad_lines", "overlap", "drop_duplicates", "keep_adjustments", "net_credits",
)  # fmt: skip

KEPT_FIELDS = frozenset({
    "kind", "state", "checksum", "file_size", "facts", "line_count", "error_count", "remark_count", "product_count",
    "new_product_count", "day_count", "date_from", "date_to", "error_ids", "error_file", "created_product_ids",
    "job_id", "date_imported",
})  # fmt: skip


class GantryDemandImport(models.Model):
    """An order history from another system: a file a person uploads, or lines a program sends.

    This file holds the record and its buttons, ``gantry_demand_import_check.py`` reads and judges a file,
    ``gantry_demand_import_write.py`` writes demand and takes it back.
    """

    _name = "gantry.demand.import"
    _description = "Import of an Order History"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, compute="_compute_name", store=True, readonly=False, precompute=True)
    kind = fields.Selection(
        [("file", "File"), ("rpc", "Program")], "Comes from", required=True, default="file", readonly=True
    )
    state = fields.Selection(
        [("draft", "To check"), ("checked", "Checked"), ("imported", "Imported"), ("cancelled", "Undone")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Default warehouse",
        check_company=True,
        ondelete="restrict",
        default=lambda self: self._default_warehouse(self.env.company),
        help="Where orders were shipped from when the file does not say it.",
    )
    file = fields.Binary("Order file", attachment=True, copy=False, help="CSV, CSV packed with gzip, or Excel (.xlsx).")
    filename = fields.Char(copy=False)
    checksum = fields.Char(readonly=True, copy=False, index="btree_not_null")
    file_size = fields.Integer("Size (bytes)", readonly=True, copy=False, aggregator=None)

    column_ids = fields.One2many("gantry.demand.import.column", "import_id", "Columns")
    warehouse_ids = fields.One2many("gantry.demand.import.warehouse", "import_id", "Warehouses of the file")
    has_warehouses = fields.Boolean(compute="_compute_has_warehouses")
    date_order = fields.Selection(
        [
            ("ymd", "Year, month, day"),
            ("dmy", "Day, month, year"),
            ("mdy", "Month, day, year"),
        ],
        "Date format",
        help="Leave empty to find it out from all dates of the file.",
    )
    decimal = fields.Selection(
        [(".", "Point (1,234.5)"), (",", "Comma (1.234,5)")],
        "Decimal sign",
        help="Leave empty to find it out from all numbers of the file.",
    )
    unknown_products = fields.Selection(
        [("report", "Report as errors"), ("create", "Create them")], required=True, default="report"
    )
    bad_lines = fields.Selection(
        [("stop", "Import nothing"), ("skip", "Import the other lines")],
        "When lines have errors",
        required=True,
        default="stop",
    )
    overlap = fields.Selection(
        [("stop", "Stop and say so"), ("add", "Add the quantities"), ("replace", "Take this file's quantities")],
        "Days of earlier imports",
        required=True,
        default="stop",
        help="What to do with a product, warehouse and day that an earlier import also covers.",
    )
    drop_duplicates = fields.Boolean("Leave out repeated lines", help="Lines equal to an earlier one in every column.")
    keep_adjustments = fields.Boolean(
        "Count lines without customer and price",
        help="In files that have both, such lines are stock corrections and gifts rather than demand.",
    )
    net_credits = fields.Boolean(
        "Credit notes cancel their sale",
        default=True,
        help="A credit note is booked on the day of the sale it takes back when customer, product and quantity fit.",
    )

    facts = fields.Json(readonly=True, copy=False)
    summary = fields.Json("What was found", compute="_compute_summary")
    line_count = fields.Integer("Lines", readonly=True, copy=False)
    error_count = fields.Integer("Errors", readonly=True, copy=False)
    remark_count = fields.Integer("Remarks", readonly=True, copy=False)
    product_count = fields.Integer("Products", readonly=True, copy=False)
    new_product_count = fields.Integer("New products", readonly=True, copy=False)
    day_count = fields.Integer("Rows of demand", readonly=True, copy=False)
    date_from = fields.Date("First day", readonly=True, copy=False)
    date_to = fields.Date("Last day", readonly=True, copy=False)
    error_ids = fields.One2many("gantry.demand.import.error", "import_id", "Bad lines", readonly=True, copy=False)
    error_file = fields.Binary("All of these lines", attachment=True, readonly=True, copy=False)
    error_filename = fields.Char(compute="_compute_error_filename")
    created_product_ids = fields.Many2many(
        "product.product", "gantry_demand_import_product_rel", "import_id", "product_id", "Created products",
        readonly=True, copy=False, context={"active_test": False},
    )  # fmt: skip
    job_id = fields.Many2one("gantry.job", "Background job", readonly=True, copy=False, ondelete="set null")
    job_state = fields.Selection(related="job_id.state", string="State of the job")
    date_imported = fields.Datetime("Imported at", readonly=True, copy=False)

    @api.model
    def _default_warehouse(self, company):
        return self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)

    @api.depends("filename")
    def _compute_name(self):
        for record in self:
            record.name = record.filename or record.name or self.env._("Order history")

    @api.depends("column_ids.role")
    def _compute_has_warehouses(self):
        for record in self:
            record.has_warehouses = "warehouse" in record.column_ids.mapped("role")

    @api.depends("name")
    def _compute_error_filename(self):
        for record in self:
            record.error_filename = self.env._("%s errors.csv", (record.name or "").rsplit(".", 1)[0])

    @api.depends("facts")
    @api.depends_context("lang")
    def _compute_summary(self):
        for record in self:
            record.summary = record._summary_sentences()

    # -- the file ----------------------------------------------------------------------------------------------

    @api.onchange("file")
    def _onchange_file(self):
        self.column_ids = [Command.clear()]
        if not self.file:
            return None
        try:
            self._fill_columns(self._source(base64.b64decode(self.file)))
        except UserError as error:
            self.file = False
            return {"warning": {"title": self.env._("This file cannot be used"), "message": str(error)}}
        return None

    def _fill_columns(self, source):
        try:
            layout = orderfile.sniff(source)
        except orderfile.OrderFileError as error:
            raise UserError(file_sentence(self.env, error)) from error
        self.column_ids = [Command.clear(), *map(Command.create, self._column_vals(layout))]

    def _column_vals(self, layout):
        role_of = {column: role.value for role, column in layout.roles.items()}
        return [
            {
                "position": position,
                "name": name,
                "sample": " · ".join(row[position] for row in layout.sample[:4])[:200],
                "role": role_of.get(position, False),
            }
            for position, name in enumerate(layout.columns)
        ]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_figures(self, vals, kept=KEPT_FIELDS)
        records = super().create(vals_list)
        records._file_changed([vals.get("file") for vals in vals_list])
        return records

    def write(self, vals):
        refuse_figures(self, vals, kept=KEPT_FIELDS)
        if vals.get("state") is None and any(name in vals for name in CHOICES):
            if any(record.state in ("imported", "cancelled") for record in self):
                raise UserError(self.env._("This import is finished; make a new one for another file."))
            vals = {**vals, "state": "draft", "facts": False}
        done = super().write(vals)
        if "file" in vals:
            self._file_changed([vals["file"]] * len(self))
        return done

    def _keep(self, vals):
        """Write what people may not write themselves."""
        self.check_access("write")
        # sudo: the right to change the import was checked; these fields are guarded against people, not against us
        self.sudo().write(vals)

    def _file_changed(self, files):
        for record, content in zip(self, files, strict=True):
            if not content:
                continue
            with record._open_file() as handle:
                digest = hashlib.sha256()
                while block := handle.read(1 << 20):
                    digest.update(block)
                size = handle.tell()
            record._keep({"checksum": digest.hexdigest(), "file_size": min(size, 2**31 - 1), "state": "draft"})
            if not record.column_ids:
                record._fill_columns(record._source())

    def _attachment(self):
        self.ensure_one()
        # sudo: an attachment of a field is found by its owner's rights, which were checked on this record
        return self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_field", "=", "file"), ("res_id", "=", self.id)], limit=1
        )

    def _open_file(self):
        """The uploaded file, opened where it is stored: it is not read into memory."""
        self.check_access("read")
        attachment = self._attachment()
        if not attachment:
            raise UserError(self.env._("Choose an order file first."))
        if attachment.store_fname:
            return open(attachment._full_path(attachment.store_fname), "rb")
        return io.BytesIO(attachment.raw)

    def _source(self, data=None, path=None):
        """The file for the reader: uploaded, in memory or on the disk of this machine."""
        if data is not None:
            opener = partial(io.BytesIO, data)
        elif path:
            opener = partial(open, path, "rb")
        else:
            opener = self._open_file
        with opener() as handle:
            size = handle.seek(0, io.SEEK_END)
        try:
            return orderfile.Source(
                name=self.filename or self.name or "?", size=size, opener=opener, limit=self._limit_bytes()
            )
        except orderfile.OrderFileError as error:
            raise UserError(file_sentence(self.env, error)) from error

    @api.model
    def _limit_bytes(self):
        # sudo: any user may know the limit
        value = self.env["ir.config_parameter"].sudo().get_param(LIMIT_PARAM)
        return max(int(value) if str(value or "").isdigit() else DEFAULT_LIMIT_MB, 1) * orderfile.MEGABYTE

    # -- buttons -----------------------------------------------------------------------------------------------

    def action_check(self):
        """Read the whole file and show what an import would do. Changes nothing else."""
        self.ensure_one()
        self.check_access("write")
        self._check_not_finished()
        if self._is_large():
            return self._start(self.env._("Check %s", self.name), "_job_check")
        self._check_file()
        return True

    def action_import(self):
        """Start the import in the background."""
        self.ensure_one()
        self.check_access("write")
        self._check_not_finished()
        if self.state != "checked":
            raise UserError(self.env._("Check the file before you import it."))
        self._check_may_import()
        return self._start(self.env._("Import %s", self.name), "_job_import")

    def action_undo(self):
        """Take back exactly what the import wrote, in the background."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "imported":
            raise UserError(self.env._("Only a finished import can be undone."))
        return self._start(self.env._("Undo the import of %s", self.name), "_job_undo")

    def action_forecast(self):
        """Forecast from the new history, in the background."""
        self.ensure_one()
        return self.env["gantry.forecast"].with_company(self.company_id).action_refresh()

    def action_open_demand(self):
        """Show the demand on the days of this import."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported demand"),
            "res_model": "gantry.demand",
            "views": [[False, "list"], [False, "pivot"], [False, "graph"]],
            "domain": [
                ("source", "=", "import"),
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date_to),
            ],
        }

    def action_open_errors(self):
        """Show the bad lines on a page of their own."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bad lines of %s", self.name),
            "res_model": "gantry.demand.import.error",
            "views": [[False, "list"]],
            "domain": [("import_id", "=", self.id)],
        }

    def _start(self, name, method):
        job = self.env["gantry.job"]._enqueue(
            name, self._name, method, record=self, identity=f"demand import {self.id}", company=self.company_id
        )
        self._keep({"job_id": job.id})
        return True

    def _check_not_finished(self):
        if self.state in ("imported", "cancelled"):
            raise UserError(self.env._("This import is finished; make a new one for another file."))
        if self.kind != "file":
            raise UserError(self.env._("This history was sent by a program; there is no file to check."))

    def _is_large(self):
        """Whether reading takes longer than a person waits for a page."""
        name = (self.filename or "").lower()
        weight = 20 if name.endswith("xlsx") else 6 if name.endswith("gz") else 1
        return self.file_size * weight > 100 * orderfile.MEGABYTE

    @api.ondelete(at_uninstall=False)
    def _unlink_only_without_demand(self):
        if any(record.state == "imported" for record in self):
            raise UserError(self.env._("Undo an import before you delete it: its demand would stay without a trace."))

    @api.model
    def _role_names(self):
        return dict(self.env["gantry.demand.import.column"]._fields["role"]._description_selection(self.env)) or dict(
            ROLES
        )
