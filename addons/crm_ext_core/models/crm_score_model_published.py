from odoo import api, models
from odoo.fields import Domain
from odoo.tools import ormcache, split_every

RECORDS_AT_ONCE = 10_000


class CrmScoreModel(models.Model):
    """Which published model scores a lead, and which fields its rules read."""

    _inherit = "crm.score.model"

    @api.model
    @ormcache()
    def _published_ids(self):
        """Ids of the published models, own company's first; read at each lead's
        write."""
        # sudo: cached for everybody, see _published
        published = self.sudo().search([("state", "=", "published")])
        return tuple(
            published.sorted(
                lambda model: (not model.company_id, model.sequence, model.id)
            ).ids
        )

    @api.model
    def _published(self):
        # rules are the administrator's business, their effect is everybody's
        return self.sudo().browse(self._published_ids())

    def _own_domain(self):
        """The leads this model is meant for, whatever the other models take."""
        domain = self._lead_domain() & Domain("crm_no_profiling", "!=", True)
        if self.company_id:
            domain &= Domain("company_id", "=", self.company_id.id)
        return domain

    def _scope_domain(self):
        """The leads that this published model scores: those no model before it
        takes."""
        domain = self._own_domain()
        for model in self._published():
            if model == self:
                break
            domain &= ~model._own_domain()
        return domain

    # ------------------------------------------------------------------ what is read
    @api.model
    @ormcache()
    def _judged_paths(self):
        """The paths from a lead that scoring and handing over read."""
        published = self._published()
        if not published:
            return frozenset()
        handovers = self.env["crm.qualification.rule"]._active_rules()
        rules = published.rule_ids.filtered(lambda rule: rule.kind != "event")
        domains = [rule._lead_domain() for rule in (*rules, *handovers)]
        # the company chooses among models only where one is a company's own
        domains += [model._own_domain() for model in published]
        return frozenset(path for domain in domains for path in _paths(domain))

    @api.model
    @ormcache()
    def _judged_fields(self):
        """The lead's own fields among them; empty when no model is published."""
        return frozenset(path.partition(".")[0] for path in self._judged_paths())

    @api.model
    @ormcache()
    def _watched_fields(self):
        """The judged fields and what those depend on: a write of none of them leaves
        every score as it is."""
        leads = self.env["crm.lead"]
        todo = set(self._judged_fields())
        watched = set()
        while todo:
            name = todo.pop()
            watched.add(name)
            depends = self.pool.field_depends.get(leads._fields.get(name), ())
            todo |= {path.partition(".")[0] for path in depends} - watched
        return frozenset(watched & leads._fields.keys())

    @api.model
    @ormcache("model_name")
    def _watched_on(self, model_name):
        """{field: the paths from a lead to the records that hold it} of another
        model that the rules read."""
        found = {}
        for path in self._judged_paths():
            names = path.split(".")
            model = self.env["crm.lead"]
            for depth, name in enumerate(names):
                field = model._fields.get(name)
                if depth and model._name == model_name:
                    found.setdefault(name, set()).add(".".join(names[:depth]))
                if not field or not field.relational:
                    break
                model = self.env[field.comodel_name]
        return {name: frozenset(paths) for name, paths in found.items()}

    @api.model
    def _touched_leads(self, records, names):
        """The leads that a change of these fields of these records may move."""
        watched = self._watched_on(records._name)
        paths = {path for name in names for path in watched.get(name, ())}
        # sudo: a score does not depend on the rights of who changed the record
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        if not paths or not records:
            return leads.browse()
        return leads.search(
            Domain.OR([Domain(path, "in", records.ids) for path in sorted(paths)])
        )

    @api.model
    def _rescore_written(self, records, names):
        """Score the leads that a change of these fields may move, where it was written
        in SQL and no write() could tell; by parts, there may be very many."""
        own = records._name == "crm.lead" and names & self._watched_fields()
        if not own and not names & self._watched_on(records._name).keys():
            return
        for ids in split_every(RECORDS_AT_ONCE, records.ids):
            part = records.browse(ids)
            leads = self._touched_leads(part, names)
            if own:
                leads |= leads.browse(ids)
            leads._refresh_crm_score()


def _paths(domain):
    """The field paths of a domain, those inside `any` too."""
    for condition in domain.iter_conditions():
        yield condition.field_expr
        if condition.operator.removesuffix("!") in ("any", "not any"):
            if isinstance(condition.value, Domain | list | tuple):
                for path in _paths(Domain(condition.value)):
                    yield f"{condition.field_expr}.{path}"
