from . import controllers, models


def _uninstall(env):
    """The function that guards evidence, with its triggers: tables that go have nothing left to guard."""
    env.cr.execute("DROP FUNCTION IF EXISTS gantry_recall_refuse() CASCADE")
