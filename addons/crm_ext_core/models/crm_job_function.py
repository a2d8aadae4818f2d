from odoo import api, fields, models


class CrmJobFunction(models.Model):
    """A normalised function: what segments and scores read instead of titles."""

    _name = "crm.job.function"
    _description = "Function"
    _order = "department, sequence, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    department = fields.Selection(
        [
            ("management", "General management"),
            ("sales", "Sales"),
            ("marketing", "Marketing and communication"),
            ("finance", "Finance"),
            ("hr", "Human resources"),
            ("it", "Information technology"),
            ("purchase", "Purchasing and logistics"),
            ("operations", "Production and quality"),
            ("legal", "Legal"),
            ("support", "Assistance and services"),
            ("education", "Training and health"),
        ],
        required=True,
        default="management",
    )
    level = fields.Selection(
        [
            ("head", "Decides"),
            ("manager", "Manages"),
            ("expert", "Advises or carries out"),
        ],
        default="expert",
        required=True,
    )
    alias_ids = fields.One2many("crm.job.alias", "function_id", string="Titles")
    card_count = fields.Integer(string="Cards", compute="_compute_card_count")

    _name_once = models.Constraint("UNIQUE(name)", "This function exists already.")

    def _compute_card_count(self):
        """Contacts and leads of the function that the reader may read."""
        counts = dict.fromkeys(self, 0)
        for model in ("res.partner", "crm.lead"):
            if not self.env[model].has_access("read"):
                continue
            for function, number in self.env[model]._read_group(
                [("crm_job_function_id", "in", self.ids)],
                ["crm_job_function_id"],
                ["__count"],
            ):
                counts[function] += number
        for function in self:
            function.card_count = counts[function]

    @api.model_create_multi
    def create(self, vals_list):
        """A function is known by its own name."""
        functions = super().create(vals_list)
        self.env["crm.job.alias"]._learn(
            {function.name: function.id for function in functions}, learnt=False
        )
        return functions

    def action_open_cards(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "res.partner",
            "view_mode": "list,kanban,form",
            "domain": [("crm_job_function_id", "=", self.id)],
        }
