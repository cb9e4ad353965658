"""Figures that only Gantry itself may write."""

from odoo.exceptions import AccessError


def refuse_figures(records, names, allowed=None, kept=()):
    """Refuse a user, in person or over RPC, to write fields that runs and imports keep.

    The right to write a record is needed for the few fields people do fill in; history and results behind them must
    stay what really happened. The system itself writes in sudo.

    :param names: names of the fields to be written
    :param allowed: the only fields people may write, or None
    :param kept: fields people may not write
    :raises AccessError: in one sentence
    """
    if records.env.su:
        return
    refused = sorted(name for name in names if name in records._fields and (
        name in kept or (allowed is not None and name not in allowed)))
    if refused:
        labels = [str(records._fields[name]._description_string(records.env)) for name in refused]
        raise AccessError(records.env._(
            "%(fields)s of a %(model)s cannot be changed by hand.", fields=", ".join(labels),
            model=records.env["ir.model"]._get(records._name).sudo().name,
        ))
