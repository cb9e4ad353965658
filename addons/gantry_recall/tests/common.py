from odoo.addons.gantry_trace.tests.common import TraceCase


class RecallCase(TraceCase):
    """A raw lot relabelled into a finished one, shipped to three customers; one gives all of it back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_recall = cls._user("gantry_recall", "gantry_recall.group_recall_user", cls.company_a)
        cls.user_recall_manager = cls._user("gantry_recaller", "gantry_recall.group_recall_manager", cls.company_a)
        cls.user_recall_b = cls._user("gantry_recall_b", "gantry_recall.group_recall_manager", cls.company_b)
        (cls.alice | cls.bob | cls.carol).write({"company_id": False})
        for partner in cls.alice | cls.bob | cls.carol:
            partner.email = f"{partner.name.lower()}@example.com"
        cls.juice = cls._tracked("Juice")
        cls.raw, cls.finished = cls._lot(cls.juice, "RAW-1"), cls._lot(cls.juice, "FIN-1")
        cls._receive_lot(cls.raw, 20)
        cls._receive_lot(cls.finished, 20)
        cls.env["gantry.trace.link"].create(
            {"parent_lot_id": cls.raw.id, "child_lot_id": cls.finished.id, "kind": "manual", "qty": 20}
        )
        cls.to_alice = cls._ship(cls.finished, 5, cls.alice)
        cls.to_bob = cls._ship(cls.finished, 4, cls.bob)

    @classmethod
    def _case(cls, user=None, **vals):
        vals = {"title": "Glass", "reason": "Glass found", "hazard_class": "1", "lot_ids": cls.raw.ids} | vals
        return cls.env(user=user or cls.user_recall)["gantry.recall"].with_company(cls.company_a).create(vals)
