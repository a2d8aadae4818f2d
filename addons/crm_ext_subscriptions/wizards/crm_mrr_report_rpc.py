from odoo import api, models


class CrmMrrReport(models.TransientModel):
    """The figures for other programs, as numbers."""

    _inherit = "crm.mrr.report"

    @api.model
    @api.readonly
    def figures(self, values):
        """What the page shows of a period, amounts and ratios as strings.

        :param dict values: fields of the page: company_id, date_from, date_to,
            known_on, product_ids, plan_ids, user_ids, partner_ids; what is left out is
            the page's default. Answers {figure: {value, reason}, bridge: {step:
            amount}}.
        """
        known = self.default_get(list(self._fields)) | values
        report = self.new({name: known[name] for name in known if name != "page"})
        report._check_dates()
        report._check_company()
        scope = report._to_scope()
        opening, moves = self._moves._read_bridge(scope)
        summary = report._summarise(scope, opening, moves)
        found = {}
        for code in self._get_figure_labels():
            value, reason = self._split(getattr(summary, code))
            found[code] = {"value": value if value is None else str(value)}
            found[code]["reason"] = reason
        bridge = {
            f"{kind}:{int(by)}": str(amount) for (kind, by), amount in moves.items()
        }
        return found | {"bridge": {"opening": str(opening)} | bridge}
