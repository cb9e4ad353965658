"""What the server tells the map, and to whom."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import new_test_user, tagged

from .map_case import MapCase

NOW = "2031-05-20 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMap(MapCase):
    def setUp(self):
        super().setUp()
        self.Layout = self.env["gantry.layout"].with_user(self.user_stock)

    def _figures(self, by, layout=None):
        answer = self.Layout.get_map_figures((layout or self.layout).id, by)
        return dict(zip(answer["id"], answer["value"], strict=True))

    def _days_ago(self, days):
        return fields.Datetime.now() - timedelta(days=days)

    def test_plan_has_every_bin_where_it_stands(self):
        data = self.Layout.get_map_data(self.layout.id)
        bins = data["bins"]
        self.assertEqual({len(column) for column in bins.values()}, {24})
        row = bins["id"].index(self.bins["B-R2-2"].id)
        self.assertEqual(
            [bins[name][row] for name in ("name", "x", "y", "w", "h", "level")],
            ["B-R2-2", 7.5, 3.5, 0.9, 1.0, 2])
        self.assertEqual(data["aisles"][bins["aisle"][row]]["name"], "B")
        self.assertEqual(data["zones"][bins["zone"][row]]["name"], "Reserve")
        self.assertEqual((data["aisles"][0]["width"], data["aisles"][0]["block"]), (2, 0))
        self.assertEqual([point["name"] for point in data["points"]], ["Depot"])
        self.assertEqual((data["blocks"][0]["w"], data["blocks"][0]["h"]), (8, 7))

    def test_archived_bins_and_those_without_position_are_not_drawn(self):
        self.bins["A-L1-1"].active = False
        data = self.Layout.get_map_data(self.layout.id)
        self.assertNotIn(self.bins["A-L1-1"].id, data["bins"]["id"])
        self.assertEqual(len(data["bins"]["id"]), 23)

    def test_bin_reached_from_the_front_lies_across(self):
        bin_a = self.bins["A-L1-1"]
        bin_a.write({"gantry_aisle_id": False, "gantry_access_x": bin_a.gantry_x, "gantry_access_y": 0})
        bins = self.Layout.get_map_data(self.layout.id)["bins"]
        row = bins["id"].index(bin_a.id)
        self.assertEqual((bins["w"][row], bins["h"][row]), (1.0, 0.9))

    def test_picks_are_lines_out_of_the_last_four_weeks(self):
        bin_a, bin_b = self.bins["A-L1-1"], self.bins["A-R1-1"]
        for days in (1, 2, 27, 29):
            self._pick(self.apple, bin_a, self._days_ago(days))
        self._move(self.apple, 1, self.loc_supplier, bin_b, self._days_ago(1))
        self._pick(self.apple, self.bins["A-L2-1"], self._days_ago(1), dest=self.apple.property_stock_inventory)
        self.assertEqual(self._figures("picks"), {bin_a.id: round(3 / 28, 3)})

    def test_fill_is_volume_or_weight_whichever_is_fuller(self):
        light, heavy = self.bins["A-L1-1"], self.bins["A-L2-1"]
        self._put(self.apple, 1, light)  # 0.5 of 0.9 m³, 4 of 100 kg
        heavy.gantry_max_weight = 10
        self._put(self.apple, 1, heavy)  # 4 of 10 kg
        self._put(self.apple, 2, self.bins["A-L3-1"])
        self._put(self.pear, 2, self.bins["B-L1-1"])  # neither volume nor weight
        self.assertEqual(self._figures("fill"), {
            light.id: 55.6, heavy.id: 55.6, self.bins["A-L3-1"].id: 111.1, self.bins["B-L1-1"].id: -1})
        heavy.gantry_max_weight = 5
        self.assertEqual(self._figures("fill")[heavy.id], 80)

    def test_one_product_of_unknown_size_makes_the_fill_unknown(self):
        bin_a = self.bins["A-L1-1"]
        self._put(self.apple, 1, bin_a)
        self._put(self.pear, 1, bin_a)
        self.assertEqual(self._figures("fill"), {bin_a.id: -1})

    def test_age_is_that_of_the_oldest_stock(self):
        bin_a = self.bins["A-L1-1"]
        quants = self.env["stock.quant"]
        for product, days in ((self.apple, 40), (self.pear, 3)):
            quants._update_available_quantity(product, bin_a, 1, in_date=self._days_ago(days))
        self.assertEqual(self._figures("age"), {bin_a.id: 40})

    def test_blocked_aisle_says_since_when_and_why(self):
        aisle_a, aisle_b = self.layout.aisle_ids
        aisle_a.write({"blocked_from": self._days_ago(1), "blocked_reason": "Spill"})
        aisle_b.write({"blocked_from": self._days_ago(-1)})
        found = self.Layout.get_map_data(self.layout.id)["aisles"]
        self.assertEqual(
            [(aisle["state"], aisle["reason"]) for aisle in found], [("blocked", "Spill"), ("planned", "")])
        self.assertEqual(found[0]["blocked_from"], "2031-05-19 12:00:00")

    def test_drawn_walkways_refer_to_their_nodes(self):
        nodes = self.env["gantry.layout.node"].create([
            {"layout_id": self.layout.id, "name": name, "x": x, "y": 9} for name, x in (("N1", 0), ("N2", 8))])
        self.env["gantry.layout.edge"].create({
            "layout_id": self.layout.id, "start_id": nodes[1].id, "end_id": nodes[0].id, "one_way": True})
        data = self.Layout.get_map_data(self.layout.id)
        edge = data["edges"][0]
        self.assertEqual((data["nodes"][edge["start"]]["name"], data["nodes"][edge["end"]]["name"]), ("N2", "N1"))
        self.assertEqual((edge["one_way"], edge["length_m"]), ("forth", 8))

    def test_revision_tells_that_the_plan_is_old(self):
        before = self.Layout.get_map_figures(self.layout.id, "picks")["revision"]
        self.bins["A-L1-1"].gantry_x = 0.7
        after = self.Layout.get_map_figures(self.layout.id, "picks")["revision"]
        self.assertGreater(after, before)
        self.assertEqual(self.Layout.get_map_data(self.layout.id)["layout"]["revision"], after)

    def test_content_and_moves_of_bins_above_each_other(self):
        lower, upper = self.bins["A-L1-1"], self.bins["A-L1-2"]
        self.env["stock.quant"]._update_available_quantity(self.pear, lower, 5, lot_id=self.lot)
        self._move(self.apple, 3, self.loc_supplier, upper, self._days_ago(2))
        self._pick(self.apple, upper, self._days_ago(1))
        answer = self.Layout.get_map_bins(self.layout.id, [lower.id, upper.id])
        self.assertEqual([row["name"] for row in answer["bins"]], ["A-L1-1", "A-L1-2"])
        content = answer["bins"][0]["content"][0]
        self.assertEqual((content["product"], content["lot"], content["quantity"]), ("Pear", "PEAR-7", 5))
        self.assertEqual((answer["bins"][1]["zone"], answer["bins"][1]["aisle"]), ("Reserve", "A"))
        self.assertEqual(
            [(row["way"], row["bin"], row["quantity"]) for row in answer["moves"]],
            [("out", "A-L1-2", 1), ("in", "A-L1-2", 3)])
        self.assertEqual(answer["bins"][1]["picks"], round(1 / 28, 3))

    def test_bins_of_another_layout_are_not_told(self):
        other = self._hall(self.wh_a2)
        self.assertFalse(self.Layout.get_map_bins(self.layout.id, other.bin_ids.ids)["bins"])

    def test_search_finds_bins_products_and_lots_with_their_bins(self):
        bin_a = self.bins["A-L1-1"]
        self.env["stock.quant"]._update_available_quantity(self.pear, bin_a, 5, lot_id=self.lot)
        self._put(self.apple, 2.5, self.bins["B-R1-1"])

        def find(query):
            items = self.Layout.find_on_map(self.layout.id, query)["items"]
            return [(item["kind"], item["name"], item["location_ids"]) for item in items]

        self.assertEqual(find(" b-r1-1 "), [("bin", "B-R1-1", self.bins["B-R1-1"].ids)])
        self.assertEqual(find("GA1.A011"), [("bin", "A-L1-1", bin_a.ids)])
        self.assertEqual(find("pear-7"), [("lot", "PEAR-7", bin_a.ids)])
        self.assertIn(("product", "[APL] Apple", self.bins["B-R1-1"].ids), find("apl"))
        self.assertEqual(find("nothing of the kind"), [])
        self.assertEqual(find("  "), [])
        apple = next(item for item in self.Layout.find_on_map(self.layout.id, "APL")["items"])
        self.assertEqual(apple["detail"], "2.5 Units in 1 bins")

    def test_product_elsewhere_is_found_without_bins(self):
        self._put(self.apple, 2, self.wh_a2)
        item = self.Layout.find_on_map(self.layout.id, "apl")["items"][0]
        self.assertEqual((item["location_ids"], item["detail"]), ([], ""))

    def test_number_of_queries_does_not_grow_with_bins(self):
        def count(layout):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Layout.get_map_data(layout.id, "fill")
            return self.env.cr.sql_log_count - before

        count(self.layout)  # access rules and the like are read once, and again after locations were made
        few = count(self.layout)
        bin_a = self.bins["A-L1-1"]
        for number in range(60):
            bin_a.copy({
                "name": f"X{number}", "barcode": False, "gantry_layout_id": self.layout.id,
                "gantry_x": number, "gantry_y": 20})
        self.assertEqual(len(self.Layout.get_map_data(self.layout.id)["bins"]["id"]), 84)
        count(self.layout)
        self.assertLessEqual(count(self.layout), few)

    # -- who may

    def test_other_company_neither_sees_nor_searches(self):
        layout = self.env["gantry.layout"].with_user(self.user_other)
        for call in (
            lambda: layout.get_map_data(self.layout.id),
            lambda: layout.get_map_figures(self.layout.id, "fill"),
            lambda: layout.get_map_bins(self.layout.id, self.layout.bin_ids.ids),
            lambda: layout.find_on_map(self.layout.id, "A-L"),
        ):
            with self.assertRaises(MissingError):
                call()

    def test_bins_of_another_company_do_not_leak_through_a_shared_layout(self):
        self.user_other.company_ids = self.company_a | self.company_b
        stranger = self.env["gantry.layout"].with_user(self.user_other).with_context(
            allowed_company_ids=self.company_b.ids)
        with self.assertRaises(MissingError):
            stranger.get_map_data(self.layout.id, "fill")
        own = stranger.with_context(allowed_company_ids=(self.company_b | self.company_a).ids)
        self.assertEqual(len(own.get_map_data(self.layout.id, "fill")["bins"]["id"]), 24)

    def test_hidden_bins_stay_hidden(self):
        self.env["ir.rule"].create({
            "name": "no reserve", "model_id": self.env["ir.model"]._get_id("stock.location"),
            "groups": self.env.ref("stock.group_stock_user").ids,
            "domain_force": "[('gantry_level', '!=', 2)]"})
        self._put(self.apple, 1, self.bins["A-L1-2"])
        data = self.Layout.get_map_data(self.layout.id, "fill")
        self.assertEqual(set(data["bins"]["level"]), {1})
        self.assertEqual(data["figures"]["id"], [])

    def test_without_stock_rights_there_is_no_map(self):
        stranger = new_test_user(self.env, "map_stranger", company_id=self.company_a.id,
                                 company_ids=[fields.Command.set(self.company_a.ids)])
        layout = self.env["gantry.layout"].with_user(stranger)
        for call in (
            lambda: layout.get_map_data(self.layout.id),
            lambda: layout.get_map_figures(self.layout.id),
            lambda: layout.get_map_bins(self.layout.id, []),
            lambda: layout.find_on_map(self.layout.id, "x"),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_only_managers_are_offered_to_block(self):
        def can_edit(user):
            return self.env["gantry.layout"].with_user(user).get_map_data(self.layout.id)["layout"]["can_edit"]

        self.assertEqual((can_edit(self.user_stock), can_edit(self.user_manager)), (False, True))
        with self.assertRaises(AccessError):
            self.layout.aisle_ids[0].with_user(self.user_stock).action_open()

    # -- buttons

    def test_buttons_open_the_map_at_the_right_place(self):
        bin_a = self.bins["A-L1-1"].with_user(self.user_stock)
        self.assertEqual(bin_a.action_gantry_map()["params"], {"layout_id": self.layout.id, "location_id": bin_a.id})
        self.assertEqual(self.layout.with_user(self.user_stock).action_map()["params"]["layout_id"], self.layout.id)
        action = self.wh_a1.with_user(self.user_stock).action_gantry_map()
        self.assertEqual((action["tag"], action["params"]), ("gantry_layout_map", {"layout_id": self.layout.id}))

    def test_bin_without_position_says_so(self):
        with self.assertRaisesRegex(UserError, "no position"):
            self.wh_a1.lot_stock_id.action_gantry_map()
