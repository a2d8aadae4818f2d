from odoo import api, fields, models
from odoo.tools import frozendict, ormcache

from ..tools.job_title import title_key


class CrmJobAlias(models.Model):
    """A title as people write it, and the function it stands for.

    Titles that differ by accents, gender, plural or usual short forms have one key.
    Aliases come with the product or are learnt when somebody gives a card its function.
    """

    _name = "crm.job.alias"
    _description = "Title of a function"
    _order = "name"

    name = fields.Char(string="Title", required=True)
    key = fields.Char(string="Normalised", compute="_compute_key", store=True)
    function_id = fields.Many2one(
        "crm.job.function", required=True, index=True, ondelete="cascade"
    )
    is_learnt = fields.Boolean(string="Learnt", readonly=True)
    previous_id = fields.Many2one(
        "crm.job.function",
        string="Stood for",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The function before the last correction.",
    )

    _key_once = models.Constraint(
        "UNIQUE(key)", "This title stands for a function already."
    )

    @api.depends("name")
    def _compute_key(self):
        for alias in self:
            alias.key = title_key(alias.name or "")

    @api.model_create_multi
    def create(self, vals_list):
        aliases = super().create(vals_list)
        self.env.registry.clear_cache()
        return aliases

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # ------------------------------------------------------------------ knowledge
    @api.model
    @ormcache()
    def _functions_by_key(self):
        """{normalised title: function id}, read at each card's creation."""
        # sudo: cached for everybody
        aliases = self.sudo().search_fetch(
            [("function_id.active", "=", True)], ["key", "function_id"]
        )
        return frozendict({alias.key: alias.function_id.id for alias in aliases})

    @api.model
    def _function_of(self, title):
        return self._functions_by_key().get(title_key(title or ""), False)

    @api.model
    def _learn(self, functions, learnt=True):
        """Let titles stand for functions from now on: {title: function id}."""
        wanted = {title_key(title): (title, id_) for title, id_ in functions.items()}
        wanted.pop("", None)
        known = self.search([("key", "in", list(wanted))]).grouped("key")
        for key, alias in known.items():
            _title, function_id = wanted.pop(key)
            if alias.function_id.id != function_id:
                previous = alias.function_id.id
                alias.write(
                    {
                        "function_id": function_id,
                        "previous_id": previous,
                        "is_learnt": learnt,
                    }
                )
        return self.create(
            [
                {"name": title, "function_id": function_id, "is_learnt": learnt}
                for title, function_id in wanted.values()
            ]
        )
