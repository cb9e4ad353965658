import base64
import io
import subprocess
import sys
import tempfile
import zipfile

from odoo.addons.gantry_base.models.gantry_api import without_null
from odoo.addons.gantry_base.tests.rpc import RpcMixin
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..core import verify
from .test_recall_notice import NoticeCase

READS = ("list_cases", "status", "list_notices", "epcis")
WRITES = ("open_case", "trace", "hold", "notify", "evidence")


class ApiCase(NoticeCase):
    def _api(self, user):
        return self.env["gantry.recall.api"].with_user(user)

    def arguments(self, name, case=None):
        if name == "list_cases":
            return {}
        if name == "open_case":
            return {"title": "Glass", "reason": "Glass", "lot_ids": self.raw.ids, "request_uid": "open"}
        case = case or self._case()
        if name in READS:
            return {"recall_id": case.id}
        if name != "trace":
            case.action_trace()
        return {"recall_id": case.id, "request_uid": f"{name}{case.id}"}


@tagged("post_install", "-at_install")
class TestRecallApi(ApiCase):
    def test_a_case_from_opening_to_evidence(self):
        api = self._api(self.user_recall_manager)
        opened = api.open_case(**self.arguments("open_case"), hazard_class="1")
        recall = {"recall_id": opened["recall_id"]}
        self.assertEqual((opened["state"], opened["lots"], opened["consignees"]), ("traced", 2, 2))
        self.assertEqual(api.hold(**recall, request_uid="h")["lots"], 2)
        self.assertEqual(self.finished.gantry_hold_state, "held")
        self.assertEqual(api.notify(**recall, request_uid="n"), {"told": 2, "to_call": 0})
        self.assertEqual(api.notify(**recall, request_uid="n"), {"told": 2, "to_call": 0}, "the same request again")
        page = api.list_notices(**recall, limit=1)
        self.assertEqual((page["total"], page["next_offset"], page["items"][0]["partner"]), (2, 1, "Alice"))
        self.assertNotIn("access_token", page["items"][0])
        status = api.status(**recall)
        self.assertEqual((status["told"], status["answered"], status["chain_hash"]), (2, 0, opened["chain_hash"]))
        self.assertIn("answered", status["open_items"])
        evidence = api.evidence(**recall, request_uid="e")
        self.assertEqual(verify(base64.b64decode(evidence["content"])), [])
        self.assertEqual(api.evidence(**recall, request_uid="e"), evidence)

    def test_strangers_are_refused(self):
        stranger = self._user("gantry_nobody", "base.group_user", self.company_a)
        for name in READS + WRITES:
            arguments = self.arguments(name)
            for user in (stranger, self.user_stock):
                with self.assertRaises(AccessError, msg=f"{name} {user.login}"), self.env.cr.savepoint():
                    getattr(self._api(user), name)(**arguments)

    def test_another_company_reaches_no_case(self):
        case = self._case()
        case.action_trace()
        for name in READS[1:] + WRITES[1:]:
            with self.assertRaises(AccessError, msg=name), self.env.cr.savepoint():
                getattr(self._api(self.user_recall_b), name)(**self.arguments(name, case))
        self.assertEqual(self._api(self.user_recall_b).list_cases()["total"], 0)

    def test_a_recall_user_does_not_notify(self):
        with self.assertRaisesRegex(UserError, "Recall manager"):
            self._api(self.user_recall).notify(**self.arguments("notify"))

    def test_bad_input_is_refused_in_words(self):
        api = self._api(self.user_recall)
        good = self.arguments("open_case")
        for bad in (
            {"lot_ids": []}, {"lot_ids": [0]}, {"lot_ids": "1"}, {"lot_ids": [2**31 - 1]}, {"title": " "},
            {"reason": None}, {"kind": "fire"}, {"hazard_class": "4"}, {"request_uid": ""},
        ):  # fmt: skip
            with self.assertRaises(UserError, msg=str(bad)):
                api.open_case(**good | bad)
        for recall_id in (0, -1, "1", None, 2**31 - 1, 2**40):
            with self.assertRaises(UserError, msg=str(recall_id)):
                api.status(recall_id=recall_id)
        with self.assertRaises(UserError):
            api.list_cases(state="gone")


@tagged("post_install", "-at_install")
class TestRecallEvidence(ApiCase):
    def _archive(self, case):
        return case._pack_evidence().raw

    def test_the_pack_proves_itself_and_shows_every_change(self):
        case = self._told()
        notice = self._notice(case, self.alice)
        notice._record_answer({notice.line_ids.id: {"sold": 5}}, source="phone", who="=cmd()")
        case.action_trace()
        data = self._archive(case)
        self.assertEqual(verify(data), [])
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        for name in ("snapshots/0002.json", "lots.csv", "consignees.csv", "answers.csv", "clock.csv", "verify.py"):
            self.assertIn(name, files)
        self.assertTrue(any(name.startswith("mails/") for name in files))
        self.assertNotIn(notice.access_token.encode(), b"".join(files.values()))
        self.assertIn(b"'=cmd()", files["answers.csv"])
        for name in files:
            if name == "manifest.json":
                continue
            changed = {**files, name: files[name] + b" "}
            self.assertIn(f"{name} was changed", self._faults(changed))
            self.assertIn(f"{name} is missing", self._faults({key: files[key] for key in files if key != name}))
        self.assertIn("x was added", self._faults({**files, "x": b""}))

    def _faults(self, files):
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return verify(output.getvalue())

    def test_the_verifier_runs_by_itself(self):
        data = self._archive(self._told())
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                archive.extractall(folder)
            call = [sys.executable, "-I", f"{folder}/verify.py", folder]
            good = subprocess.run(call, capture_output=True, text=True, check=False)
            self.assertEqual((good.returncode, good.stdout[:13]), (0, "All is whole."))
            with open(f"{folder}/lots.csv", "a") as lots:
                lots.write("x")
            bad = subprocess.run(call, capture_output=True, text=True, check=False)
            self.assertEqual((bad.returncode, bad.stdout.strip()), (1, "lots.csv was changed"))


@tagged("post_install", "-at_install")
class TestRecallApiHttp(RpcMixin, ApiCase, HttpCase):
    rpc_model = "gantry.recall.api"

    def setUp(self):
        super().setUp()
        self.stranger = self._user("gantry_nobody", "base.group_user", self.company_a)
        self.use_rpc(self.user_recall, self.stranger)

    def test_every_method_answers_the_same_over_all_protocols(self):
        case = self._case(is_drill=True)
        for method in READS + WRITES:
            arguments = self.arguments(method, case)
            status, first = self.json2(method, self.user_recall, **arguments)
            self.assertEqual(status, 200, (method, first))
            again, third = self.jsonrpc(method, **arguments), self.xmlrpc(method, **arguments)
            for answer in (first, again, third) if method == "epcis" else ():
                self.assertTrue(answer["document"].pop("creationDate"), "each document has a time of its own")
            self.assertEqual(again, first, method)
            self.assertEqual(third, without_null(first), method)

    def test_stranger_is_refused_over_the_wire(self):
        for method in READS + WRITES:
            status, answer = self.json2(method, self.stranger, **self.arguments(method))
            self.assertEqual(status, 403, (method, answer))
