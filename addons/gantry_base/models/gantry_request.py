import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

REQUEST_KEEP_DAYS = 30
UID_LENGTH = 128


class GantryRequest(models.Model):
    """Ledger of changes asked for over RPC, so that a call that is repeated gets its first answer back."""

    _name = "gantry.request"
    _description = "API request"
    _order = "id desc"
    _rec_name = "request_uid"

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    request_uid = fields.Char("Request", required=True, readonly=True)
    method = fields.Char(required=True, readonly=True)
    payload_hash = fields.Char(required=True, readonly=True)
    answer = fields.Json(readonly=True)
    create_date = fields.Datetime("Asked at", readonly=True, index=True)

    _uid_uniq = models.UniqueIndex("(user_id, request_uid)", "This request was made before.")

    @api.model
    def _once(self, request_uid, method, payload, func):
        """Call ``func`` once for this user and ``request_uid``; answer any later call from the ledger.

        Of two calls at the same time the second waits for the first, then fails with a serialization error that
        Odoo retries by itself, and so finds the answer.

        :param str request_uid: identifier chosen by the caller, best a UUID
        :param str method: what is asked for, e.g. ``gantry.forecast.api/push_override``
        :param payload: the arguments, as JSON
        :param func: does the work and returns JSON
        :return: the answer of ``func``
        """
        if not isinstance(request_uid, str) or not 0 < len(request_uid) <= UID_LENGTH:
            raise UserError(self.env._("A change needs a request_uid, a text of 1 to %s characters.", UID_LENGTH))
        digest = self._payload_hash(method, payload)
        cr = self.env.cr
        with cr.savepoint():  # when func fails, the ledger must forget that it was called
            entry_id = self._insert(request_uid, method, digest)
            if entry_id:
                answer = self.env["gantry.api"]._json(func())
                # sudo: users may not write the ledger; wrapped, because a Json field takes an empty value for null
                self.sudo().browse(entry_id).answer = {"answer": answer}
                return answer
        # sudo: the entry is this user's own
        entry = self.sudo().search([("user_id", "=", self.env.uid), ("request_uid", "=", request_uid)])
        if entry.payload_hash != digest:
            raise UserError(self.env._("The request_uid %s was used before for another request.", request_uid))
        return entry.answer["answer"]

    @api.model
    def _payload_hash(self, method, payload):
        text = json.dumps([method, self.env["gantry.api"]._json(payload)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _insert(self, request_uid, method, digest):
        """The id of the new entry, None when the user has one of this name already."""
        now = self.env.cr.now()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO gantry_request (user_id, company_id, request_uid, method, payload_hash,
                                            create_uid, write_uid, create_date, write_date)
                VALUES (%(user)s, %(company)s, %(uid)s, %(method)s, %(digest)s,
                        %(user)s, %(user)s, %(now)s, %(now)s)
                ON CONFLICT (user_id, request_uid) DO NOTHING
                RETURNING id
                """,
                user=self.env.uid,
                company=self.env.company.id,
                uid=request_uid,
                method=method,
                digest=digest,
                now=now,
            )
        )
        return rows[0][0] if rows else None

    @api.autovacuum
    def _gc_requests(self):
        days = self.env["ir.config_parameter"].sudo().get_param("gantry_base.request_keep_days")
        limit_date = fields.Datetime.subtract(fields.Datetime.now(), days=int(days or REQUEST_KEEP_DAYS))
        requests = self.sudo().search([("create_date", "<", limit_date)], limit=GC_UNLINK_LIMIT)
        count = len(requests)
        requests.unlink()
        return count, count == GC_UNLINK_LIMIT
