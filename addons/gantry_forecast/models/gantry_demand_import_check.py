import csv
import datetime
import io
from base64 import b64encode
from collections import Counter

import numpy as np

from odoo import fields, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..core import orderfile
from ..core.orderfile import Issue, Role
from ..orderwords import file_sentence, line_sentences

SHOWN_ERRORS = 400
SHOWN_REMARKS = 100
EPOCH = datetime.date(1970, 1, 1)


def to_date(day):
    """The date of a day number."""
    return EPOCH + datetime.timedelta(days=int(day))


class GantryDemandImportCheck(models.Model):
    """Reading and judging an order file: the dry run."""

    _inherit = "gantry.demand.import"

    def _job_check(self, job):
        """Check a large file in the background."""
        yield from self._check_steps(job)
        return {"lines": self.line_count, "errors": self.error_count}

    def _check_file(self, source=None):
        for _progress in self._check_steps(source=source):
            pass

    def _check_steps(self, job=None, source=None):
        self.ensure_one()
        lines = yield from self._read_steps(job, source, share=80)
        found, plan, match = self._judge(lines)
        self._store_check(found, plan, match)

    # -- reading

    def _layout(self, source):
        """The layout of the file with the columns the user chose."""
        layout = orderfile.sniff(source)
        if len(self.column_ids) != len(layout.columns):
            raise UserError(
                self.env._(
                    "The file has %(found)s columns and %(known)s were described; choose the file again.",
                    found=len(layout.columns),
                    known=len(self.column_ids),
                )
            )
        roles = [column.role for column in self.column_ids if column.role]
        if twice := [role for role, count in Counter(roles).items() if count > 1]:
            raise UserError(
                self.env._("Two columns are said to hold the %s; choose one.", self._role_names()[twice[0]].lower())
            )
        return orderfile.Layout(
            kind=layout.kind,
            gzipped=layout.gzipped,
            encoding=layout.encoding,
            delimiter=layout.delimiter,
            header=layout.header,
            columns=layout.columns,
            sample=layout.sample,
            roles={Role(column.role): column.position for column in self.column_ids if column.role},
        )

    def _read_steps(self, job=None, source=None, share=60):
        """Read the file; each step is a `Progress` up to `share` per cent. The value is the lines.

        Reading cannot be taken up in the middle. A second run, after a pause or a lost worker, therefore reads
        without steps in between: nothing would be gained by pausing again.
        """
        again = bool(job and (job.checkpoint or {}).get("reading"))
        try:
            steps = orderfile.read_steps(source or self._source(), self._layout(source or self._source()))
            while True:
                try:
                    step = next(steps)
                except StopIteration as stop:
                    return stop.value
                if not again:
                    yield Progress(
                        share * step.share, 100, self.env._("%s lines read", f"{step.lines:,}"), {"reading": True}
                    )
        except orderfile.OrderFileError as error:
            raise UserError(file_sentence(self.env, error)) from error

    def _rules(self):
        today = fields.Date.context_today(self)
        return orderfile.Rules(
            today=(today - EPOCH).days,
            date_order=orderfile.DateOrder(self.date_order) if self.date_order else None,
            decimal=self.decimal or "",
            drop_duplicates=self.drop_duplicates,
            drop_adjustments=not self.keep_adjustments,
            net_credits=self.net_credits,
        )

    def _judge(self, lines):
        """Judge all lines and add them up: (found, plan, match)."""
        try:
            found = orderfile.judge(lines, self._rules())
        except orderfile.OrderFileError as error:
            raise UserError(file_sentence(self.env, error)) from error
        match = self._match(found)
        plan = orderfile.aggregate(found, self._rules(), match.product, match.warehouse)
        return found, plan, match

    # -- what is shown

    def _store_check(self, found, plan, match):
        """File the outcome of a check on the record."""
        errors, remarks = self._bad_lines(found, plan)
        reasons = plan.reasons
        self.error_ids.unlink()
        vals = {
            "state": "checked",
            "facts": self._facts(found, plan, match),
            "line_count": reasons["lines"],
            "error_count": reasons["errors"],
            "remark_count": len(remarks[0]),
            "product_count": reasons["products"],
            "new_product_count": len(match.new_codes),
            "day_count": reasons["days"],
            "date_from": to_date(plan.day.min()) if reasons["days"] else False,
            "date_to": to_date(plan.day.max()) if reasons["days"] else False,
            "error_ids": [
                Command.create({"severity": severity, **row})
                for severity, part, limit in (("1_error", errors, SHOWN_ERRORS), ("2_remark", remarks, SHOWN_REMARKS))
                for row in self._error_rows(found, part, limit)
            ],
            "error_file": self._error_csv(found, errors, remarks),
        }
        self._keep(vals)

    def _bad_lines(self, found, plan):
        """Errors and remarks as (positions, issues); a position of -1 - i is the i-th ragged line."""
        lines, issue = found.lines, plan.issue
        bad = np.flatnonzero(issue)
        ragged = -1 - np.arange(len(lines.ragged))
        errors = (
            np.concatenate([ragged, bad]).astype(np.int64),
            np.concatenate([np.full(len(ragged), Issue.RAGGED), issue[bad]]),
        )
        remark = np.zeros(len(lines), np.int8)
        for mask, code in (
            (plan.late_credit, Issue.LATE_CREDIT),
            (found.duplicate, Issue.DUPLICATE),
            (found.adjustment & (not self.keep_adjustments), Issue.ADJUSTMENT),
            (found.far_out, Issue.FAR_OUT),
        ):
            remark[mask & (issue == 0)] = code
        places = np.flatnonzero(remark)
        return errors, (places, remark[places])

    def _error_rows(self, found, part, limit=None):
        """Rows for the screen or the file: line, column, value, reason."""
        lines = found.lines
        names = lines.layout.columns
        words = line_sentences(self.env, {"columns": len(names), "limit": found.limit})
        places, issues = part
        if limit and len(places) > limit:
            places, issues = self._some_of_each(places, issues, limit)
        for place, issue in zip(places.tolist(), issues.tolist(), strict=True):
            if place < 0:
                line, count = lines.ragged[-1 - place]
                yield {"line": line, "column": "", "value": self.env._("%s values", count), "reason": words[issue]}
                continue
            role = orderfile.ISSUE_ROLE.get(Issue(issue))
            if role == Role.CODE and Role.CODE not in lines.layout.roles:
                role = Role.BARCODE
            column = lines.layout.roles.get(role)
            key = role.value if role else "code"
            yield {
                "line": int(lines.line[place]),
                "column": names[column] if column is not None else "",
                "value": lines.values[key][lines.index[key][place]][:200],
                "reason": words[issue],
            }

    @staticmethod
    def _some_of_each(places, issues, limit):
        """So many lines, of every kind of issue some, in the order of the file."""
        kinds = np.unique(issues)
        share = max(limit // len(kinds), 1)
        keep = np.sort(np.concatenate([np.flatnonzero(issues == kind)[:share] for kind in kinds]))
        return places[keep], issues[keep]

    def _error_csv(self, found, errors, remarks):
        if not len(errors[0]) and not len(remarks[0]):
            return False
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow([self.env._(text) for text in ("Line", "Kind", "Column", "Value", "Reason")])
        for kind, part in ((self.env._("error"), errors), (self.env._("remark"), remarks)):
            for row in self._error_rows(found, part):
                # a value that begins like a formula must stay text in a spreadsheet
                value = "'" + row["value"] if row["value"][:1] in "=+-@" and row["value"] else row["value"]
                writer.writerow([row["line"], kind, row["column"], value, row["reason"]])
        return b64encode(buffer.getvalue().encode("utf-8-sig"))

    def _facts(self, found, plan, match):
        """What was found, as codes and numbers for `gantry.explain`."""
        n, facts = plan.reasons, []

        def say(code, when=True, **numbers):
            if when:
                facts.append({"code": f"import_{code}", "numbers": numbers})

        if n["days"]:
            span = {"first": to_date(plan.day.min()).isoformat(), "last": to_date(plan.day.max()).isoformat()}
            say("counts", **{name: n[name] for name in ("lines", "used", "products", "warehouses")}, **span)
        else:
            say("nothing")
        if same := self._same_file():
            say("same_file", name=same.name, date=fields.Date.to_string(same.date_imported))
        say("errors", n["errors"], errors=n["errors"])
        unknown = found.lines.index["code"][plan.issue == Issue.UNKNOWN_PRODUCT]
        if len(unknown):
            codes = np.unique(unknown)
            say("unknown", count=len(codes), example=found.lines.values["code"][codes[0]])
        say("new_products", match.new_codes, count=len(match.new_codes))
        overlap = self._count_overlap(plan)
        say("overlap", overlap, count=overlap)
        late = self._count_late(plan)
        say("late", late, count=late)
        say("duplicates_dropped" if self.drop_duplicates else "duplicates_kept", n["duplicates"], count=n["duplicates"])
        say("adjustments", n["adjustments"] and not self.keep_adjustments, count=n["adjustments"])
        say("credits", n["credits"], credits=n["credits"], matched=n["credits_matched"])
        say("far_out", n["far_out_kept"], count=n["far_out_kept"], limit=round(found.limit))
        say("zeros", n["zeros"], count=n["zeros"])
        if match.case_twins:
            say("case", count=len(match.case_twins), example=match.case_twins[0])
        say("format", order=found.date_order.value, decimal=found.decimal)
        return facts

    def _count_late(self, plan):
        """Rows of the plan on days from which on demand is counted from deliveries in Odoo."""
        count = 0
        for warehouse in self.env["stock.warehouse"].search([("company_id", "=", self.company_id.id)]):
            if warehouse.gantry_go_live:
                day = (warehouse.gantry_go_live - EPOCH).days
                count += int(((plan.warehouse == warehouse.id) & (plan.day >= day)).sum())
        return count

    def _summary_sentences(self):
        orders = dict(self._fields["date_order"]._description_selection(self.env))
        orders |= {
            "named": self.env._("with the name of the month"),
            "serial": self.env._("as day numbers of a spreadsheet"),
            "unix": self.env._("as seconds since 1970"),
        }
        decimals = {".": self.env._("a point"), ",": self.env._("a comma")}
        reasons = []
        for fact in self.facts or []:
            numbers = dict(fact["numbers"])
            if fact["code"] == "import_format":
                numbers["order"] = orders.get(numbers["order"], numbers["order"]).lower()
                numbers["decimal"] = decimals.get(numbers["decimal"], numbers["decimal"])
            for name in ("first", "last", "date"):
                if name in numbers:
                    numbers[name] = format_date(self.env, numbers[name])
            reasons.append({"code": fact["code"], "numbers": numbers})
        return self.env["gantry.explain"]._explain(reasons)
