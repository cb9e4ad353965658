"""The story in the database: what core's screens read is what core itself would have written."""

from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.addons.gantry_base.jobs import Progress
from odoo.addons.gantry_base.tests.common import GantryCase
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from .. import core
from ..tale import Tale

TODAY = date(2026, 3, 10)
VOLUME = 0.15


@tagged("post_install", "-at_install")
class TestDemoStory(GantryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.progress = []
        cls.demo = cls.env["gantry.demo"].with_user(cls.user_manager)
        cls.loaded = cls.demo._load(TODAY, lambda *step: cls.progress.append(step), volume=VOLUME)
        cls.tale = Tale(cls.env(su=True), TODAY, volume=VOLUME)
        cls.story = cls.tale.story
        cls.moves = cls.env["stock.move"].search([("company_id", "=", cls.company_a.id)])

    def _rows(self, query, **params):
        self.env.flush_all()
        return self.env.execute_query(SQL(query, company=self.company_a.id, **params))

    # -- what is there

    def test_progress_only_grows_and_ends_at_the_total(self):
        self.assertTrue(self.loaded)
        done = [step[0] for step in self.progress]
        self.assertEqual(done, sorted(done))
        self.assertEqual(self.progress[-1][0], self.progress[-1][1])
        self.assertTrue(all(step[2] for step in self.progress), "every step says what it does")

    def test_names_make_a_company(self):
        self.assertRegex(self.company_a.name, r"^Kilbarrow Trade Supplies( II)*$")
        self.assertEqual(self.company_a.currency_id.name, "EUR")
        self.assertTrue(self.company_a.logo)
        warehouses = self.tale.warehouses
        self.assertEqual(warehouses.mapped("name"), ["Dublin", "Cork"])
        self.assertEqual(warehouses.partner_id.mapped("city"), ["Dublin", "Cork"])
        self.assertEqual(warehouses[1].resupply_wh_ids, warehouses[0])
        products = self.tale.products
        self.assertEqual(len(products), len(self.story.products))
        self.assertTrue(all(product.image_128 and product.barcode and product.weight for product in products))
        packed = products.filtered("uom_ids")
        self.assertGreater(len(packed), 150)
        for product in packed:
            self.assertRegex(product.uom_ids.name, r"^Box of \d+$")
            self.assertEqual(product.uom_ids._compute_quantity(1, product.uom_id), int(product.uom_ids.name[7:]))
            self.assertEqual(product.product_uom_ids.uom_id, product.uom_ids)
        self.assertEqual(products.mapped("name"), [row.name for row in self.story.products])
        self.assertEqual(products[0].categ_id.complete_name, "Cycling / Parts / Tyres")
        self.assertTrue(all(product.seller_ids for product in products))
        self.assertEqual(len(self.tale.customers), 200)
        for partner in self.tale.customers | self.tale.suppliers:
            self.assertTrue(partner.street and partner.city and partner.country_id, partner.name)

    def test_planner_and_picker_can_log_in(self):
        self.assertEqual(set(self.tale.users), {"planner", "picker"})
        planner = self.tale.users["planner"]
        self.assertTrue(planner.has_group("gantry_base.group_planner"))
        self.assertEqual(planner.action_id.name, "Planning", "the planner lands on the planning list")
        self.assertEqual(self.user_manager.action_id.name, "Planning", "and so does who loaded the story")
        self.assertFalse(self.tale.users["picker"].has_group("gantry_base.group_planner"))
        own = planner.with_user(planner)
        self.assertTrue(own._check_credentials({"type": "password", "password": "planner"}, {"interactive": False}))

    # -- it adds up

    def test_quants_are_the_sum_of_the_move_lines_at_every_place(self):
        rows = self._rows("""
            WITH flow AS (
                SELECT product_id, place, sum(quantity) AS quantity
                  FROM (SELECT product_id, location_dest_id AS place, quantity FROM stock_move_line
                         WHERE state = 'done' AND product_id = ANY(%(products)s)
                         UNION ALL
                        SELECT product_id, location_id, -quantity FROM stock_move_line
                         WHERE state = 'done' AND product_id = ANY(%(products)s)) AS ends
                 GROUP BY product_id, place),
            stock AS (
                SELECT product_id, location_id AS place, sum(quantity) AS quantity FROM stock_quant
                 WHERE product_id IN (SELECT product_id FROM flow) GROUP BY product_id, location_id)
            SELECT count(*), count(*) FILTER (WHERE coalesce(flow.quantity, 0) != coalesce(stock.quantity, 0))
              FROM flow FULL JOIN stock USING (product_id, place)
        """, products=self.tale.products.ids)
        self.assertGreater(rows[0][0], 1000)
        self.assertEqual(rows[0][1], 0)

    def test_stock_on_hand_is_that_of_the_story(self):
        for house, warehouse in enumerate(self.tale.warehouses):
            products = self.tale.products.with_context(warehouse_id=warehouse.id)
            self.assertEqual(products.mapped("qty_available"), self.story.stock[:, house].tolist())
        transit = self.company_a.internal_transit_location_id
        quants = self.env["stock.quant"].search([("location_id", "=", transit.id)])
        self.assertEqual(sum(quants.mapped("quantity")), self.story.in_transit.sum())

    def test_stock_in_the_past_follows_from_the_moves(self):
        """Core's own computation at a past date agrees with the story's moves up to that date."""
        when = self.tale.moment(-200, 23)
        minute = (when - self.tale.start).total_seconds() / 60
        documents, moves = self.story.documents, self.story.moves
        product = int(moves.product[len(moves) // 2])
        expected = 0.0
        mine = moves.product == product
        for document, quantity in zip(moves.document[mine], moves.quantity[mine], strict=True):
            if documents.house[document] == 0 and documents.minute[document] <= minute:
                into = documents.kind[document] in (core.RECEIPT, core.RETURN, core.COUNT)
                expected += quantity if into else -quantity
        record = self.tale.products[product].with_context(warehouse_id=self.tale.warehouses[0].id, to_date=when)
        self.assertEqual(record.qty_available, expected)

    def test_no_line_is_orphaned_and_states_agree(self):
        orphans = self._rows("""
            SELECT count(*) FROM stock_move_line line LEFT JOIN stock_move move ON move.id = line.move_id
              LEFT JOIN stock_picking picking ON picking.id = move.picking_id
             WHERE line.company_id = %(company)s
               AND (move.id IS NULL OR move.state != line.state OR move.product_id != line.product_id
                    OR line.picking_id IS DISTINCT FROM move.picking_id
                    OR (move.state = 'done' AND (line.date != move.date OR line.location_id != move.location_id))
                    OR (picking.id IS NOT NULL AND (picking.picking_type_id != move.picking_type_id
                        OR picking.company_id != move.company_id OR picking.name != move.reference)))
        """)
        self.assertEqual(orphans[0][0], 0)
        without = self._rows("""
            SELECT count(*) FROM stock_move move WHERE company_id = %(company)s AND state = 'done'
               AND quantity != (SELECT sum(quantity) FROM stock_move_line WHERE move_id = move.id)
        """)
        self.assertEqual(without[0][0], 0)
        empty = self._rows("""
            SELECT count(*) FROM stock_picking picking WHERE company_id = %(company)s
               AND NOT EXISTS (SELECT FROM stock_move WHERE picking_id = picking.id)
        """)
        self.assertEqual(empty[0][0], 0)

    def test_stored_fields_are_what_core_computes(self):
        """A sample of every kind: computing the stored fields again changes nothing."""
        done = self.moves.filtered(lambda move: move.state == "done")
        for kind in ("incoming", "outgoing", False):
            sample = done.filtered(lambda move, kind=kind: move.picking_type_id.code == kind)[:40]
            self.assertTrue(sample, kind)
            for name in ("product_qty", "quantity", "reference", "picked", "packaging_uom_qty", "packaging_uom_id"):
                before = sample.mapped(lambda move, name=name: move[name])
                self.env.add_to_compute(sample._fields[name], sample)
                self.assertEqual(sample.mapped(lambda move, name=name: move[name]), before, name)
            pickings = sample.picking_id
            before = pickings.mapped("state"), pickings.mapped("scheduled_date"), pickings.mapped("shipping_weight")
            pickings.modified(["move_ids"])
            self.env.add_to_compute(pickings._fields["state"], pickings)
            after = pickings.mapped("state"), pickings.mapped("scheduled_date"), pickings.mapped("shipping_weight")
            self.assertEqual(after, before)

    def test_every_field_of_the_documents_can_be_read(self):
        # as the system: other apps that happen to be installed add fields for their own users only
        done = self.moves.filtered(lambda move: move.state == "done" and move.picking_id)
        for record in (done[:1].picking_id, done[:1], done[:1].move_line_ids, self.tale.products[:1]):
            values = record.sudo().read()
            self.assertGreater(len(values[0]), 30)

    def test_nothing_was_planned_for_a_weekend(self):
        done = self.env["stock.picking"].search([("company_id", "=", self.company_a.id), ("state", "=", "done")])
        self.assertFalse(done.filtered(lambda picking: picking.scheduled_date.weekday() > 4))
        late = done.filtered(lambda picking: picking.date_done.date() > picking.scheduled_date.date())
        self.assertTrue(0.1 < len(late) / len(done) < 0.6)

    def test_transfers_between_the_warehouses_are_chained(self):
        arrived = self.moves.filtered(
            lambda move: move.location_id == self.company_a.internal_transit_location_id and move.state == "done"
        )
        self.assertTrue(arrived)
        for move in arrived:
            self.assertEqual(move.move_orig_ids.product_id, move.product_id)
            self.assertEqual(sum(move.move_orig_ids.mapped("quantity")), move.quantity)
            self.assertLess(move.move_orig_ids.date, move.date)

    # -- it goes on through the ORM

    def _open(self, code, state="assigned"):
        return self.env["stock.picking"].search([
            ("company_id", "=", self.company_a.id), ("picking_type_code", "=", code), ("state", "=", state)
        ])

    def test_reserved_stock_is_that_of_the_open_lines(self):
        stock = self.tale.warehouses.lot_stock_id
        quants = self.env["stock.quant"].search([("location_id", "in", stock.ids)])
        lines = self.env["stock.move.line"].search([
            ("location_id", "in", stock.ids), ("state", "in", ("assigned", "partially_available"))
        ])
        self.assertTrue(lines)
        self.assertEqual(sum(quants.mapped("reserved_quantity")), sum(lines.mapped("quantity_product_uom")))
        self.assertTrue(all(quant.quantity >= quant.reserved_quantity >= 0 for quant in quants))

    def test_a_ready_delivery_can_be_validated(self):
        picking = self._open("outgoing").filtered(lambda picking: picking.location_dest_id.usage == "customer")[:1]
        move = picking.move_ids[:1]
        product = move.product_id.with_context(warehouse_id=picking.picking_type_id.warehouse_id.id)
        before, quantity = product.qty_available, move.quantity
        picking.with_user(self.tale.users["picker"]).button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(product.qty_available, before - quantity)

    def test_an_expected_receipt_can_be_validated_in_part(self):
        picking = self._open("incoming").filtered(lambda picking: picking.location_id.usage == "supplier")[:1]
        move = picking.move_ids[:1]
        move.quantity = 1
        move.picked = True
        (picking.move_ids - move).picked = False
        picking._action_done()
        self.assertEqual(picking.state, "done")
        self.assertTrue(picking.backorder_ids)

    def test_goods_on_their_way_between_the_warehouses_can_be_received(self):
        transit = self.company_a.internal_transit_location_id
        for picking in self._open("incoming").filtered(lambda picking: picking.location_id == transit):
            self.assertTrue(picking.move_ids.move_orig_ids)
            picking.button_validate()
            self.assertEqual(picking.state, "done")
        self.assertFalse(sum(self.env["stock.quant"].search([("location_id", "=", transit.id)]).mapped("quantity")))

    def test_a_delivery_of_the_history_can_be_returned(self):
        delivered = self.moves.filtered(
            lambda move: move.state == "done" and move.location_dest_id.usage == "customer"
            and not move.returned_move_ids
        )[-1:].picking_id
        wizard = Form(self.env["stock.return.picking"].with_context(
            active_id=delivered.id, active_model="stock.picking", active_ids=delivered.ids
        )).save()
        wizard.product_return_moves[0].quantity = 1
        back = wizard._create_return()
        self.assertEqual(back.return_id, delivered)
        back.button_validate()
        self.assertEqual(back.state, "done")

    def test_new_transfers_go_on_with_the_next_number(self):
        out_type = self.tale.warehouses[0].out_type_id
        last = self.env["stock.picking"].search([("picking_type_id", "=", out_type.id)], order="name desc", limit=1)
        new = self.env["stock.picking"].create({"picking_type_id": out_type.id})
        self.assertEqual(last.name[:8], "DUB/OUT/")
        self.assertEqual(int(new.name.split("/")[-1]), int(last.name.split("/")[-1]) + 1)

    def test_forecast_and_traceability_reports_of_core_open(self):
        move = self.moves.filtered(lambda move: move.state == "assigned" and move.picking_code == "outgoing")[:1]
        report = self.env["stock.forecasted_product_product"].with_context(
            warehouse_id=self.tale.warehouses[0].id
        ).get_report_values(docids=move.product_id.ids)
        lines = report["docs"]["lines"]
        self.assertTrue(any(line["document_out"] for line in lines))
        done = self.moves.filtered(lambda move: move.state == "done" and move.picking_code == "outgoing")[:1]
        rows = self.env["stock.traceability.report"]._get_move_lines(done.move_line_ids)
        self.assertTrue(done.move_line_ids <= rows | done.move_line_ids)
        by_day = self.env["report.stock.quantity"].search_count([("product_id", "=", move.product_id.id)])
        self.assertGreater(by_day, 30)

    # -- again

    def test_a_second_call_changes_nothing_and_says_so(self):
        counts = [self.env[model].search_count([]) for model in ("stock.move", "stock.picking", "product.product")]
        said = []
        self.assertFalse(self.demo._load(TODAY, lambda *step: said.append(step)))
        self.assertEqual(said, [(1, 1, f"The demo story is already loaded in {self.company_a.name}.")])
        self.assertEqual(
            [self.env[model].search_count([]) for model in ("stock.move", "stock.picking", "product.product")], counts
        )

    def test_a_chapter_that_comes_later_is_told_on_the_same_story_and_resumed(self):
        """An addon installed later adds its chapter; an interrupted job goes on where it was."""
        demo = type(self.env["gantry.demo"])
        chapters, starts = demo._chapters, []

        def with_bins(model):
            return [*chapters(model), ("bins", "Bins", "_chapter_bins", 3)]

        def tell_bins(model, tale, start):
            starts.append((start, tale.today, len(tale.products)))
            for number in range(start, 4):
                if len(starts) == 1 and number == 2:
                    raise RuntimeError("lights out")
                yield Progress(number + 1, 4, f"Bin {number + 1}")

        with patch.object(demo, "_chapters", with_bins), patch.object(demo, "_chapter_bins", tell_bins, create=True):
            job = self.demo._enqueue(date(2027, 1, 1))
            with mute_logger("odoo.addons.gantry_base.models.gantry_job_run"):
                job.sudo()._run_inline()
            self.assertEqual(job.state, "failed")
            job.action_retry()
            job.sudo()._run_inline()
            self.assertEqual(job.state, "done", job.sudo().error)
            self.assertIn("already loaded", self.env["gantry.demo"]._refusal(self.company_a))
        self.assertEqual(starts, [(0, TODAY, len(self.story.products)), (2, TODAY, len(self.story.products))])
        self.assertEqual(job.result["chapters"][-1], "bins")
        refresh = self.env["gantry.job"].search([("identity", "=", "gantry_forecast.refresh")])
        self.assertEqual((refresh.company_id, refresh.user_id), (self.company_a, self.user_manager))

    def test_promotions_are_in_the_calendar(self):
        events = self.env["gantry.demand.event"].search([("company_id", "=", self.company_a.id)])
        self.assertEqual(set(events.mapped("event_type")), {"promotion", "shutdown", "holiday"})
        self.assertEqual(len(events.filtered("recurring")), 2)
        coming = events.filtered(lambda event: event.event_type == "promotion" and event.date_from > TODAY)
        self.assertTrue(coming, "some promotions are known in advance")
        self.assertTrue(all(event.categ_ids for event in coming))

    def test_planner_has_said_what_history_cannot_know(self):
        overrides = self.env["gantry.forecast.override"].search([("company_id", "=", self.company_a.id)])
        self.assertEqual(len(overrides), 2)
        self.assertEqual(overrides.user_id, self.tale.users["planner"])
        lines = self.env["gantry.forecast"].search([("lookalike_product_id", "!=", False)])
        new = [i for i, row in enumerate(self.story.products) if row.life == "new"]
        self.assertEqual(lines.product_id, self.tale.products.browse([self.tale.products[i].id for i in new]))
        self.assertTrue(fields.Date.to_date(TODAY) < min(overrides.mapped("date_from")))
