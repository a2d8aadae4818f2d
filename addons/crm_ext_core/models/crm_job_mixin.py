from odoo import api, fields, models


class CrmJobMixin(models.AbstractModel):
    """A card with its title as written (`function`) beside the normalised function.

    The function follows the title while somebody writes only the title; whoever gives
    the function teaches what the title stands for.
    """

    _name = "crm.job.mixin"
    _description = "Card with a title"

    crm_job_function_id = fields.Many2one(
        "crm.job.function",
        string="Function",
        index="btree_not_null",
        ondelete="restrict",
        help="Normalised, whatever the title on the card.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        aliases = self.env["crm.job.alias"]
        taught, filled = {}, []
        for vals in vals_list:
            title, function_id = vals.get("function"), vals.get("crm_job_function_id")
            if title and function_id:
                taught[title] = function_id
            elif title:
                vals = vals | {"crm_job_function_id": aliases._function_of(title)}
            filled.append(vals)
        self._crm_teach(taught)
        return super().create(filled)

    def write(self, vals):
        if vals.get("crm_job_function_id"):
            titles = [vals["function"]] if vals.get("function") else []
            titles = titles or self.filtered("function").mapped("function")
            self._crm_teach(dict.fromkeys(titles, vals["crm_job_function_id"]))
        elif "function" in vals and "crm_job_function_id" not in vals:
            known = self.env["crm.job.alias"]._function_of(vals["function"])
            vals = vals | {"crm_job_function_id": known}
        return super().write(vals)

    @api.model
    def _crm_teach(self, functions):
        aliases = self.env["crm.job.alias"]
        news = {
            title: function_id
            for title, function_id in functions.items()
            if aliases._function_of(title) != function_id
        }
        if news:
            # sudo: whoever corrects a card teaches, without writing the lists himself
            aliases.sudo()._learn(news)
