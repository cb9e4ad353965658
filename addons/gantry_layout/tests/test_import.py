import base64

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..core import binfile
from .layout_case import LayoutCase


@tagged("post_install", "-at_install")
class TestImport(LayoutCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = cls._generate()

    def wizard(self, text, **values):
        data = text if isinstance(text, bytes) else text.encode()
        return self.env["gantry.layout.import.wizard"].create({
            "layout_id": self.layout.id, "file": base64.b64encode(data), "filename": "bins.csv", **values})

    def faults(self, wizard):
        return {(fault.line, fault.column_name) for fault in wizard.fault_ids}

    def test_what_was_exported_comes_in_again_unchanged(self):
        """Both files, into a layout whose geometry was forgotten."""
        kept = {bin_: bin_.read()[0] for bin_ in self.layout.bin_ids}
        for kind in ("csv", "xlsx"):
            data = self.layout._export_file(kind)
            self.layout.bin_ids.write({
                "gantry_x": 0, "gantry_y": 0, "gantry_bay": 0, "gantry_side": False, "gantry_access_x": 0,
                "gantry_width": 0, "gantry_aisle_id": False, "gantry_sequence": 0})
            wizard = self.wizard(data)
            wizard.action_import()
            self.assertFalse(wizard.fault_ids)
            for bin_, values in kept.items():
                now = bin_.read()[0]
                self.assertEqual(
                    {name: now[name] for name in now if name.startswith("gantry_")},
                    {name: values[name] for name in now if name.startswith("gantry_")}, kind)

    def test_new_bins_are_made_where_the_file_says(self):
        """By full name below a location, by name below the stock; the walkway is found."""
        rack = self.env["stock.location"].create({"name": "Rack", "location_id": self.wh_a1.lot_stock_id.id})
        wizard = self.wizard(
            f"location;barcode;x;y;z;width;depth;height\n{rack.complete_name}/N1;NB-1;5,5;4;0;1;2;3\nN2;;2.5;4;;;;\n")
        wizard.action_check()
        self.assertEqual(wizard.state, "good")
        self.assertFalse(self._bin("N1"))
        wizard.action_import()
        one, two = self._bin("N1"), self._bin("N2")
        self.assertEqual((one.location_id, two.location_id), (rack, self.wh_a1.lot_stock_id))
        self.assertEqual((one.barcode, one.gantry_volume, one.gantry_layout_id), ("NB-1", 6, self.layout))
        self.assertEqual((one.gantry_aisle_id.name, one.gantry_access_x), ("B", 6.0))
        self.assertEqual(two.gantry_aisle_id.name, "A")
        self.assertEqual(len(set(self.layout.bin_ids.mapped("gantry_sequence"))), 50)

    def test_one_bad_row_and_nothing_changes(self):
        """Every bad row is listed with line and column, the good ones are not written."""
        other = self.wh_a2.lot_stock_id.complete_name
        wizard = self.wizard("\n".join([
            "location,barcode,zone,aisle,level,x,y",
            "A-01-01-1,,,,,1.1,",            # 2: good
            "A-01-01-2,,COLD,,,,",           # 3: no such zone
            "A-01-02-1,,,Z,,,",              # 4: no such aisle
            "A-01-02-2,,,,one,,",            # 5: no number
            f"{other},,,,,1,1",              # 6: another warehouse
            "New,,,,,1,",                    # 7: y is missing
            f"A-01-03-1,{self.wh_a1.code}-A-01-04-1,,,,,",  # 8: barcode of another bin
            "A-01-01-1,,,,,2,",              # 9: same as line 2
            "Nowhere/New,,,,,1,1",           # 10: no such parent
            ",,,,,1,1",                      # 11: which bin?
        ]))
        wizard.action_import()
        self.assertEqual(self.faults(wizard), {
            (3, "zone"), (4, "aisle"), (5, "level"), (6, "location"), (7, "y"), (8, "barcode"), (9, "location"),
            (10, "location"), (11, "location")})
        self.assertEqual(wizard.state, "bad")
        self.assertTrue(all(wizard.fault_ids.mapped("reason")))
        self.assertEqual(self._bin("A-01-01-1").gantry_x, 0.5)

    def test_bins_that_hold_stock_move_only_when_allowed(self):
        """A bad row unless the box is ticked."""
        bin_ = self._bin("A-01-01-1")
        self._put(self._product("Nut"), 3, bin_)
        text = "location,x\nA-01-01-1,0.7\n"
        wizard = self.wizard(text)
        wizard.action_import()
        self.assertEqual(self.faults(wizard), {(2, "x")})
        self.wizard(text, touch_stocked=True).action_import()
        self.assertEqual(bin_.gantry_x, 0.7)

    def test_nodes_and_walkways_come_from_files_too(self):
        """First the nodes, then the walkways between them; again with other values changes them."""
        self.wizard("node,x,y\nP1,0,-5\nP2,10,-5\n").action_import()
        bad = self.wizard("from,to\nP1,P9\nP1,P1\n")
        bad.action_import()
        self.assertEqual(self.faults(bad), {(2, "to"), (3, "to")})
        self.assertFalse(self.layout.edge_ids)
        self.wizard("from,to,length,one_way,passable_for\nP1,P2,12,yes,cart\n").action_import()
        edge = self.layout.edge_ids
        self.assertEqual((edge.length_m, edge.one_way, edge.equipment), (12, True, "cart"))
        self.wizard("from,to,length\nP1,P2,11\n").action_import()
        self.assertEqual((self.layout.edge_ids, edge.length_m, edge.one_way), (edge, 11, True))

    def test_files_that_are_none_are_refused(self):
        """One sentence instead of a traceback."""
        with self.assertRaises(UserError):
            self.wizard(b"\0\0\0").action_check()

    def test_checking_costs_no_query_per_row(self):
        """A few statements for whatever number of rows."""
        data = self.layout._export_file("csv")
        sheets = binfile.read_file(data, "")
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            self.layout._import_sheets(sheets)


@tagged("post_install", "-at_install")
class TestExport(LayoutCase, HttpCase):
    def test_the_buttons_download_for_those_who_may(self):
        """Stock users get the file, other companies and strangers do not."""
        layout = self._generate()
        for action, start in ((layout.action_export(), b"PK"), (layout.action_export_csv(), b"\xef\xbb\xbflocation")):
            self.user_stock.password = self.user_other.password = "layout-test-12"  # noqa: S105
            self.authenticate(self.user_stock.login, "layout-test-12")
            response = self.url_open(action["url"])
            self.assertEqual(response.status_code, 200)
            self.assertTrue(response.content.startswith(start))
            self.authenticate(self.user_other.login, "layout-test-12")
            self.assertNotEqual(self.url_open(action["url"]).status_code, 200)
        self.authenticate(None, None)
        self.assertFalse(self.url_open(action["url"]).content.startswith(b"\xef\xbb\xbf"))
