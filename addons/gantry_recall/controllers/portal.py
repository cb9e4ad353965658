from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.gantry_recall_notice_line import QUANTITIES

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is the key
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
}


class GantryRecallPortal(http.Controller):
    """The page on which a consignee answers. The token is all it needs, and shows its own notice only."""

    @http.route("/recall/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False)
    def show(self, token, **_kwargs):
        notice, refusal = self._find(token, "view")
        if refusal:
            return refusal
        if not notice.date_seen:
            notice.date_seen = fields.Datetime.now()
        return self._page(notice)

    @http.route("/recall/<string:token>", type="http", auth="public", methods=["POST"], sitemap=False)
    def answer(self, token, **post):
        notice, refusal = self._find(token, "answer")
        if refusal:
            return refusal
        lines = {
            line.id: {name: post.get(f"{name}_{line.id}") for name in (*QUANTITIES, "forwarded_to")}
            for line in notice.line_ids
        }
        user = request.env.user
        by_phone = user.has_group("gantry_recall.group_recall_user")
        try:
            with request.env.cr.savepoint():
                notice._record_answer(
                    lines, source="phone" if by_phone else "portal", who=post.get("who"), note=post.get("note"),
                    address=self._address(), user=user if by_phone else None,
                )  # fmt: skip
        except UserError as error:
            return self._page(notice, error=error.args[0], post=post, status=400)
        return self._page(notice, thanks=True)

    def _address(self):
        return request.httprequest.remote_addr

    def _find(self, token, kind):
        """The notice of a token, or the page that says why not."""
        Notice = request.env["gantry.recall.notice"].sudo()  # sudo: whoever has the token may see its notice
        Visit = request.env["gantry.recall.visit"].sudo()
        if Visit._too_many("miss", self._address(), Notice):
            return None, self._refuse("many", 429)
        notice = Notice.search([("access_token", "=", token)], limit=1) if 20 <= len(token) <= 100 else Notice
        if not notice:
            Visit._note("miss", self._address(), Notice)
            return None, self._refuse("unknown", 404)
        if Visit._too_many(kind, self._address(), notice):
            return None, self._refuse("many", 429)
        Visit._note(kind, self._address(), notice)
        if not notice.token_expires or notice.token_expires < fields.Datetime.now():
            return None, self._refuse("expired", 410)
        if notice.recall_id.state in ("closed", "cancel"):
            return None, self._refuse("closed", 410)
        return notice, None

    def _refuse(self, why, status):
        return self._render("gantry_recall.page_refused", {"why": why}, status)

    def _page(self, notice, error=None, post=None, thanks=False, status=200):
        lang = notice.partner_id.lang
        if lang:
            notice = notice.with_context(lang=lang)
            request.update_context(lang=lang)
        values = {
            "notice": notice, "recall": notice.recall_id, "company": notice.company_id, "error": error,
            "post": post or {}, "thanks": thanks, "quantities": QUANTITIES,
        }  # fmt: skip
        return self._render("gantry_recall.page_notice", values, status)

    def _render(self, template, values, status):
        response = request.render(template, values, headers=HEADERS)
        response.status_code = status
        return response
