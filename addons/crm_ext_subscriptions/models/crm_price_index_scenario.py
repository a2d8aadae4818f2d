from odoo import models

from ..tools.index_rounding import IndexationError
from ..tools.index_scenario import look_ahead, prolong
from ..tools.index_series import Known


class CrmPriceIndex(models.Model):
    """The series that goes on is prolonged: the last of each chain."""

    _inherit = "crm.price.index"

    def _suppose(self, known, scenario, until):
        known, outlooks = Known.of(known), []
        try:
            for index in self:
                last = index._get_chain()[-1:]
                outlooks.append(
                    look_ahead(last._to_chain()[0], last.decimals, known, scenario)
                )
        except IndexationError as error:
            return error, outlooks
        for outlook in outlooks:
            known += prolong(outlook, until)
        return known, outlooks
