"""The RPC face, the access to it, and what a user of one company sees of another one's goods."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import TraceCase


class ApiCase(TraceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._tracked("Cocoa", barcode="9506000134352", default_code="COC")
        cls.bar = cls._tracked("Bar")
        cls.lot = cls._lot(cls.product, "COC-77", ref="SUP-4711")
        cls.made = cls._lot(cls.bar, "BAR-1")
        vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls._receive_lot(cls.lot, 10, partner=vendor)
        cls._receive_lot(cls.made, 8)
        cls.env["gantry.trace.link"].create(
            {"parent_lot_id": cls.lot.id, "child_lot_id": cls.made.id, "qty": 4, "company_id": cls.company_a.id}
        )
        cls._ship(cls.made, 5, cls.alice)
        cls.vendor = vendor
        cls.stranger = new_test_user(cls.env, login="gantry_stranger", groups="base.group_user")
        cls.READS = {
            "find_lots": {"query": "COC"},
            "trace_lot": {"lot_id": cls.lot.id},
            "exposure": {"lot_id": cls.lot.id},
            "balance": {"lot_id": cls.lot.id},
            "check_epcis": {"document": {"type": "EPCISDocument"}},
        }

    def api(self, user=None):
        return self.env["gantry.trace.api"].with_user(user or self.user_stock)


@tagged("post_install", "-at_install")
class TestTraceApi(ApiCase):
    def found(self, query):
        return [item["name"] for item in self.api().find_lots(query=query)["items"]]

    def test_lots_are_found_by_name_reference_product_and_scan(self):
        for query in ("COC-77", "sup-4711", "Cocoa", "9506000134352", "(01)09506000134352(10)COC-77", "(10)SUP-4711"):
            self.assertEqual(self.found(query), ["COC-77"], query)
        self.assertEqual(self.found("(01)09506000134369(10)COC-77"), [], "the same lot of another product")
        self.assertEqual(self.found("no such lot"), [])

    def test_exact_name_comes_first_and_pages_do_not_overlap(self):
        for number in range(5):
            self._lot(self.bar, f"BAR-1{number}")
        names = self.found("BAR-1")
        self.assertEqual((names[0], len(names)), ("BAR-1", 6))
        pages = [self.api().find_lots(query="BAR-1", limit=2, offset=start)["items"] for start in (0, 2, 4)]
        self.assertEqual([item["name"] for page in pages for item in page], names)

    def test_trace_has_lots_steps_and_documents(self):
        answer = self.api().trace_lot(lot_id=self.lot.id)
        self.assertEqual([(row["name"], row["depth"]) for row in answer["items"] if row["direction"] == "down"],
                         [("COC-77", 0), ("BAR-1", 1)])  # fmt: skip
        [edge] = answer["edges"]
        self.assertEqual((edge["from"], edge["to"]), (self.lot.id, self.made.id))
        self.assertEqual((edge["qty"], edge["kind"]), (4, "manual"))
        self.assertIn("COC-77", edge["doc_name"])
        self.assertEqual(answer["hidden"], 0)

    def test_exposure_names_customers_suppliers_and_places(self):
        answer = self.api().exposure(lot_id=self.lot.id)
        [customer], [supplier] = answer["customers"], answer["suppliers"]
        self.assertEqual((customer["partner_name"], customer["lot_name"], customer["qty_net"]), ("Alice", "BAR-1", 5))
        self.assertEqual((supplier["partner_name"], supplier["qty"]), ("Vendor", 10))
        self.assertEqual({row["lot_name"]: row["qty"] for row in answer["on_hand"]}, {"COC-77": 10, "BAR-1": 3})
        alone = self.api().exposure(lot_id=self.lot.id, expand=False)
        self.assertEqual(alone["customers"], [])

    def test_reservation_is_told_with_its_transfer(self):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.wh_a1.out_type_id.id,
                "location_id": self.wh_a1.lot_stock_id.id,
                "location_dest_id": self.loc_customer.id,
                "partner_id": self.bob.id,
                "move_ids": [(0, 0, {
                    "product_id": self.bar.id, "product_uom": self.bar.uom_id.id, "product_uom_qty": 2,
                    "location_id": self.wh_a1.lot_stock_id.id, "location_dest_id": self.loc_customer.id,
                })],
            }
        )  # fmt: skip
        picking.action_confirm()
        picking.action_assign()
        [row] = self.api().exposure(lot_id=self.made.id)["reserved"]
        self.assertEqual((row["picking_id"], row["partner_name"], row["qty"]), (picking.id, "Bob", 2))

    def test_balance_covers_what_was_made_from_the_lot(self):
        answer = self.api().balance(lot_id=self.lot.id)
        self.assertEqual([(row["lot_name"], row["received"], row["shipped"], row["difference"])
                          for row in answer["items"]], [("COC-77", 10, 0, 0), ("BAR-1", 8, 5, 0)])  # fmt: skip
        page = self.api().balance(lot_id=self.lot.id, limit=1)
        self.assertEqual((len(page["items"]), page["total"], page["next_offset"]), (1, 2, 1))

    def test_stranger_is_refused_everywhere(self):
        for method, arguments in self.READS.items():
            with self.assertRaises(AccessError, msg=method):
                getattr(self.api(self.stranger), method)(**arguments)

    def test_other_company_is_refused_or_sees_nothing(self):
        own = self._lot(self._tracked("Own", company_id=self.company_a.id), "OWN-1")
        for method in ("trace_lot", "exposure", "balance"):
            with self.assertRaises(AccessError, msg=method):
                getattr(self.api(self.user_other), method)(lot_id=own.id)
        self.assertEqual(self.api(self.user_other).find_lots(query="OWN-1")["items"], [])
        answer = self.api(self.user_other).exposure(lot_id=self.lot.id)
        self.assertEqual((answer["customers"], answer["suppliers"], answer["on_hand"]), ([], [], []))
        self.assertEqual(answer["hidden"], 4, "one customer, one supplier, two places in company A")

    def test_lots_of_the_other_company_are_counted_not_named(self):
        secret = self._lot(self.bar, "SECRET", company_id=self.company_b.id)
        self.env["gantry.trace.link"].create(
            {"parent_lot_id": self.made.id, "child_lot_id": secret.id, "company_id": self.company_b.id}
        )
        answer = self.api().trace_lot(lot_id=self.lot.id)
        self.assertEqual(answer["hidden"], 1)
        self.assertNotIn("SECRET", str(answer))
        both = self.user_stock.sudo()
        both.company_ids |= self.company_b
        answer = self.api().with_context(allowed_company_ids=(self.company_a | self.company_b).ids).trace_lot(
            lot_id=self.lot.id
        )
        self.assertEqual(answer["hidden"], 0)
        self.assertIn("SECRET", str(answer))

    def test_bad_input_gets_a_sentence(self):
        for method, arguments in (
            ("find_lots", {"query": " "}),
            ("find_lots", {"query": "x", "limit": -1}),
            ("trace_lot", {"lot_id": 2**31 - 2}),
            ("trace_lot", {"lot_id": "7"}),
            ("trace_lot", {"lot_id": self.lot.id, "direction": "sideways"}),
            ("trace_lot", {"lot_id": self.lot.id, "since": "yesterday"}),
            ("trace_lot", {"lot_id": self.lot.id, "min_confidence": "sure"}),
            ("exposure", {"lot_id": 0}),
            ("balance", {"lot_id": True}),
        ):
            with self.assertRaises(UserError, msg=(method, arguments)):
                getattr(self.api(), method)(**arguments)

    def test_answers_take_few_queries_however_many_lots(self):
        for number in range(30):
            child = self._lot(self.bar, f"CHILD-{number}")
            self.env["gantry.trace.link"].create(
                {"parent_lot_id": self.made.id, "child_lot_id": child.id, "company_id": self.company_a.id}
            )
        self.env.flush_all()
        self.Trace._closure(self.lot.ids)
        self.env.invalidate_all()
        with self.assertQueryCount(45):
            answer = self.api().trace_lot(lot_id=self.lot.id)
        self.assertEqual(answer["total"], 33)


@tagged("post_install", "-at_install")
class TestAccess(TraceCase):
    """Who may read and change what is stored."""

    def test_stock_user_reads_and_links_but_does_not_decide(self):
        lots = self._lot(self._tracked("P"), "X"), self._lot(self._tracked("Q"), "Y")
        Link = self.env["gantry.trace.link"].with_user(self.user_stock)
        link = Link.create({"parent_lot_id": lots[0].id, "child_lot_id": lots[1].id})
        self.assertEqual(link.user_id, self.user_stock)
        with self.assertRaises(AccessError):
            link.action_refuse()
        for model in ("gantry.trace.edge", "gantry.trace.pool", "gantry.trace.correction"):
            records = self.env[model].with_user(self.user_stock)
            records.search([])
            with self.assertRaises(AccessError, msg=model):
                records.check_access("create")
        with self.assertRaises(AccessError):
            self.env["gantry.trace.check"].with_user(self.user_stock).check_access("read")

    def test_nobody_deletes_the_journal(self):
        for user in (self.user_stock, self.user_manager):
            for right in ("write", "unlink", "create"):
                with self.assertRaises(AccessError):
                    self.env["gantry.trace.correction"].with_user(user).check_access(right)

    def test_other_company_sees_no_links_corrections_or_steps(self):
        lots = self._lot(self._tracked("P"), "X"), self._lot(self._tracked("Q"), "Y")
        link = self.env["gantry.trace.link"].create(
            {"parent_lot_id": lots[0].id, "child_lot_id": lots[1].id, "company_id": self.company_a.id}
        )
        self.env["gantry.trace.edge"]._feed_pending()
        self._receive_lot(lots[0], 4)
        line = self.env["stock.move.line"].search([("lot_id", "=", lots[0].id)])
        line.quantity = 3
        for model in ("gantry.trace.link", "gantry.trace.edge", "gantry.trace.correction"):
            mine = self.env[model].with_user(self.user_stock).search([("company_id", "=", self.company_a.id)])
            theirs = self.env[model].with_user(self.user_other).search([("company_id", "=", self.company_a.id)])
            self.assertTrue(mine, model)
            self.assertFalse(theirs, model)
        with self.assertRaises(AccessError):
            link.with_user(self.user_other).read(["reason"])
