import csv
import io

from odoo import fields, models

from ..core import Sheet, canonical, pack, write_workbook

FORMAT = "gantry-recall-evidence/1"


class GantryRecall(models.Model):
    """The evidence pack: everything of a case in a ZIP that proves by itself that it is whole."""

    _inherit = "gantry.recall"

    def action_pack(self):
        """Pack the evidence, keep it with the case, and hand it over."""
        self.ensure_one()
        attachment = self._pack_evidence()
        return {"type": "ir.actions.act_url", "url": f"/web/content/{attachment.id}?download=true", "target": "self"}

    def _pack_evidence(self):
        """The ZIP as an attachment of the case; its description is the digest of the manifest."""
        self.ensure_one()
        self.check_access("write")
        data, digest = pack(self._evidence_files(), self._evidence_about())
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{self.name.replace('/', '-')} {fields.Datetime.now():%Y-%m-%d %H%M}.zip",
                "raw": data,
                "mimetype": "application/zip",
                "res_model": self._name,
                "res_id": self.id,
                "description": digest,
            }
        )
        self._log_step("packed", self.env._("SHA-256 of the manifest: %s", digest))
        self.message_post(
            body=self.env._("Evidence packed. SHA-256 of the manifest: %s", digest), attachment_ids=attachment.ids
        )
        return attachment

    def _evidence_about(self):
        snapshots = self.snapshot_ids.sorted("number")
        about = {
            "format": FORMAT,
            "case": self.name,
            "title": self.title,
            "drill": self.is_drill,
            "state": self.state,
            "company": self.company_id.name,
            "packed_at": fields.Datetime.now(),
            "packed_by": self.env.user.login,
            "chain": snapshots.mapped("chain_hash"),
        }
        return self.env["gantry.api"]._json(about)

    def _evidence_files(self):
        """Content by name inside the ZIP."""
        Report = self.env["ir.actions.report"]
        files = {f"snapshots/{s.number:04}.json": s.content.encode() for s in self.snapshot_ids}
        files["case.json"] = canonical(self.env["gantry.api"]._json(self._evidence_case())).encode()
        files["status.html"] = Report._render_qweb_html("gantry_recall.report_status", self.ids)[0]
        tables = self._evidence_tables()
        for name, (columns, rows) in tables.items():
            files[f"{name}.csv"] = self._evidence_csv(columns, rows)
        files["evidence.xlsx"] = self._evidence_workbook(tables)
        for name, output in (("fsma204.xlsx", self._fsma_workbook()), ("epcis.jsonld", self._epcis_file())):
            with output:
                files[name] = output.read()
        for answer in self.notice_ids.answer_ids:
            files[f"answers/{answer.id}.json"] = canonical(answer.content).encode()
        for notice in self.notice_ids:
            html = Report._render_qweb_html("gantry_recall.report_notice", notice.ids)[0]
            # whoever reads the evidence must not be able to answer for the consignee
            token = notice.sudo().access_token.encode()
            files[f"letters/{notice.id}.html"] = html.replace(token, b"...")
        for mail, token in self._evidence_mails():
            files[f"mails/{mail.id}.html"] = str(mail.body_html or "").replace(token, "...").encode()
        return files

    def _evidence_mails(self):
        # sudo: mails belong to administrators; these are the ones of the case, whose right was checked
        tokens = {notice.id: notice.access_token for notice in self.notice_ids.sudo()}
        mails = self.env["mail.mail"].sudo().search(
            [("model", "=", "gantry.recall.notice"), ("res_id", "in", list(tokens))]
        )  # fmt: skip
        return [(mail, tokens[mail.res_id]) for mail in mails]

    def _evidence_case(self):
        names = (
            "name", "title", "kind", "hazard_class", "state", "is_drill", "reason", "instruction", "hazard_note",
            "hazard_signed_at", "strategy", "depth", "date_opened", "date_closed", "root_cause", "corrective_action",
            "check_level", "check_share", "check_seed", "score", "score_minutes", "score_passed", "score_failed",
        )  # fmt: skip
        return {name: self[name] or None for name in names} | {
            "owner": self.owner_id.name,
            "hazard_signed_by": self.hazard_signed_by_id.name or None,
            "defective_lots": [
                {"lot": lot.name, "product": lot.product_id.display_name} for lot in self.lot_ids.sudo()
            ],
            "status": self._status(),
            "accounted": self.accounted,
        }

    def _evidence_tables(self):
        """``{name: (columns, rows)}`` with what people read, not ids."""
        last = {}
        if self.snapshot_ids:
            last = self._last_data()
        places = [
            [name, row.get("location_name") or "", row["lot_name"], row["product_name"], row["qty"], row["unit"]]
            for name in ("on_hand", "transit", "consignment", "subcontractor", "reserved", "scrapped")
            for row in last.get(name, ())
        ]
        holds = self.hold_ids.sudo()
        return {
            "lots": self._table_of(
                self.scope_ids, "name", "product_id", "direction", "depth", "confidence", "qty_on_hand", "qty_net",
                "difference", "reason_text", "explanation", "in_scope",
            ),
            "orders": self._table_of(
                self.order_ids, "name", "qty_in", "qty_out", "unit", "difference", "reason_text", "explanation"
            ),
            "places": (["what", "where", "lot", "product", "quantity", "unit"], places),
            "consignees": self._table_of(
                self.notice_ids.line_ids, "partner_id", "name", "product_id", "qty_net", "uom_id", "first_date",
                "last_date", "documents", "qty_on_hand", "qty_sold", "qty_destroyed", "qty_returned",
                "qty_forwarded", "forwarded_to", "qty_open",
            ),
            "notices": self._table_of(
                self.notice_ids, "partner_id", "email", "phone", "state", "date_sent", "sent_by_id", "date_seen",
                "date_answered", "reminder_count", "to_call", "call_reason",
            ),
            "answers": self._table_of(
                self.notice_ids.answer_ids, "id", "partner_id", "at", "source", "who", "user_id", "note", "address"
            ),
            "calls": self._table_of(
                self.notice_ids.call_ids, "notice_id", "at", "user_id", "outcome", "spoke_with", "note"
            ),
            "checks": self._table_of(
                self.check_ids, "partner_id", "method", "result", "note", "checked_by_id", "checked_at"
            ),
            "checklist": self._table_of(self.item_ids, "name", "is_ok", "ticked", "note", "waiver", "user_id", "at"),
            "clock": self._table_of(self.step_ids, "code", "at", "user_id", "minutes", "note"),
            "holds": self._table_of(
                holds.line_ids, "hold_id", "lot_id", "product_id", "state", "date_held", "held_by_id",
                "released_by_id", "rejected_by_id", "date_decided", "decision_reason",
            ),
        }  # fmt: skip

    def _table_of(self, records, *names):
        def plain(value):
            if isinstance(value, models.BaseModel):
                return ", ".join(value.sudo().mapped("display_name"))
            return "" if value is False or value is None else value

        return list(names), [[plain(record[name]) for name in names] for record in records]

    def _evidence_workbook(self, tables):
        """All tables as sheets of one workbook, for those who would rather not open a dozen files."""
        output = io.BytesIO()
        write_workbook(
            output,
            (Sheet(title=name.capitalize(), columns=tuple(columns), rows=rows)
             for name, (columns, rows) in tables.items()),
        )  # fmt: skip
        return output.getvalue()

    def _evidence_csv(self, columns, rows):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(columns)
        for row in rows:
            # a leading sign must not make a formula of a name in a spreadsheet
            writer.writerow([f"'{v}" if isinstance(v, str) and v[:1] in ("=", "+", "-", "@") else v for v in row])
        return text.getvalue().encode("utf-8-sig")
