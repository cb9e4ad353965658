import doctest
import unittest

import numpy as np

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..tools import buckets, spread
from ..tools.copy import copy_from, copy_query


@tagged("post_install", "-at_install")
class TestCopy(TransactionCase):
    def setUp(self):
        super().setUp()
        self.env.cr.execute(
            "CREATE TEMPORARY TABLE gantry_copy (a int, b bigint, c real, d double precision, e date,"
            " f timestamp, g boolean, h real[], i smallint) ON COMMIT DROP"
        )
        self.rows = np.zeros(3, np.dtype([
            ("a", "i4"), ("b", "i8"), ("c", "f4"), ("d", "f8"), ("e", "M8[D]"), ("f", "M8[us]"), ("g", "?"),
            ("h", "f4", (4,)), ("i", "i2"),
        ]))
        self.rows["a"], self.rows["b"] = [1, -2, 3], [2**40, 0, -5]
        self.rows["c"], self.rows["d"] = [0.5, -1, np.inf], [1e300, -0.25, 7]
        self.rows["e"] = np.array(["1999-12-31", "2024-02-29", "2100-01-01"], "M8[D]")
        self.rows["f"] = np.array(["1999-12-31T23:59:59.5", "2024-02-29", "2100-01-01"], "M8[us]")
        self.rows["g"], self.rows["h"], self.rows["i"] = [True, False, True], np.arange(12).reshape(3, 4), [1, 2, -3]

    def test_what_is_written_is_read_back(self):
        self.assertEqual(copy_from(self.env.cr, "gantry_copy", self.rows.dtype.names, self.rows), 3)
        found = copy_query(self.env.cr, SQL("SELECT * FROM gantry_copy WHERE a <> %s", 99), self.rows.dtype)
        np.testing.assert_array_equal(found, self.rows)
        self.env.cr.execute("SELECT e::text, h FROM gantry_copy WHERE a = -2")
        self.assertEqual(self.env.cr.fetchone(), ("2024-02-29", [4, 5, 6, 7]))

    def test_nothing_is_an_empty_array(self):
        self.assertEqual(copy_from(self.env.cr, "gantry_copy", self.rows.dtype.names, self.rows[:0]), 0)
        self.assertEqual(len(copy_query(self.env.cr, SQL("SELECT a FROM gantry_copy"), [("a", "i4")])), 0)

    def test_a_null_or_another_type_is_refused(self):
        for query, dtype in (
            ("SELECT NULL::int", [("a", "i4")]), ("SELECT 1::bigint", [("a", "i4")]),
            ("SELECT 1::int, NULL::int UNION ALL SELECT 2, 3", [("a", "i4"), ("b", "i4")]),
            ("SELECT ARRAY[1, 2]::real[]", [("a", "f4", (3,))]),
        ):
            with self.assertRaises(ValueError, msg=query):
                copy_query(self.env.cr, SQL(query), dtype)
        with self.assertRaisesRegex(ValueError, "fixed width"):
            copy_from(self.env.cr, "gantry_copy", ["a"], np.zeros(1, [("a", "U5")]))

    def test_a_percent_sign_and_a_quote_in_a_value_are_safe(self):
        found = copy_query(self.env.cr, SQL("SELECT length(%s)::int4 AS a", "50 % of 'it'"), [("a", "i4")])
        self.assertEqual(found["a"].tolist(), [12])

    def test_the_examples_in_the_tools_hold(self):
        for module in (buckets, spread):
            result = unittest.TestResult()
            doctest.DocTestSuite(module).run(result)
            self.assertGreater(result.testsRun, 0)
            self.assertFalse(result.failures + result.errors, module.__name__)
