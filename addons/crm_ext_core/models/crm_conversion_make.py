from dataclasses import asdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import split_every

from ..tools.conversion import Base, Choice, decide, identities

CHUNK = 100


class CrmConversion(models.Model):
    """How leads are converted, however many, with the same number of queries."""

    _inherit = "crm.conversion"

    @api.model
    def _convert(self, leads, choice):
        """Convert leads as somebody chose, each once.

        :param choice: a tools.conversion.Choice
        :return: the leads converted now, without those converted already
        """
        leads.check_access("write")
        live = leads.filtered(lambda lead: lead.active and lead.won_status != "won")
        mine = self._claim(live, choice.opportunity)
        if mine:
            quiet = mine.with_context(**self._quiet(mine))
            made = self._give_partners(quiet, choice)
            if choice.opportunity:
                given = self._get_given(quiet, choice)
                self._make_opportunities(given, choice.team_id)
                self._make_opportunities(quiet - given, 0)
        self._allocate(mine | (leads - live), choice)
        if mine:
            self._keep(mine, made)
            mine._inherit_objection()
            mine._refresh_crm_score()
        return mine

    # ------------------------------------------------------------------ many
    @api.model
    def _enqueue(self, leads, choice):
        """Runs that convert many leads, chunk by chunk: one a company, for a run works
        in its own alone."""
        runs = self.env["crm.batch.run"]
        for company, some in leads.grouped("company_id").items():
            units = [
                {"payload": {"lead_ids": part}}
                for part in split_every(CHUNK, some.ids, list)
            ]
            runs |= runs.with_company(company or self.env.company)._enqueue(
                "conversion",
                units,
                name=self.env._("Conversion of %(count)s leads", count=len(some)),
                payload=asdict(choice),
            )
        return runs

    @api.model
    def _batch_process(self, run, units):
        choice = Choice(**run.payload | {"user_ids": tuple(run.payload["user_ids"])})
        for unit in units:
            leads = self.env["crm.lead"].browse(unit.payload["lead_ids"]).exists()
            self._convert(leads, choice)

    # ------------------------------------------------------------------ quiet
    def _quiet(self, leads):
        """Nobody is told about many leads one by one: the note on each says all."""
        many = len(leads) > 1
        return {"tracking_disable": many, "mail_auto_subscribe_no_notify": many}

    def _prepare_values(self, lead, choice, name, **values):
        """As the host's: who gets the lead gets its company and contact too."""
        owner = choice.user_ids[0] if len(choice.user_ids) == 1 and choice.force else 0
        lead = lead.with_context(default_user_id=owner or lead.user_id.id)
        return lead._prepare_customer_values(name, **values)

    # ------------------------------------------------------------------ partners
    def _give_partners(self, leads, choice):
        """Find or make the company and contact of each lead.

        :return: {lead id: (company, contact, company is new, contact is new)}
        """
        facts = leads._to_facts()
        asked = set().union(*map(identities, facts))
        self.env["crm.conversion.key"]._lock(asked)
        by_lead = dict(zip(leads, facts, strict=True))
        # whoever is linked already stays the contact, unless somebody chose another
        open_leads = leads.filtered(
            lambda lead: not lead.partner_id or choice.contact == "exist"
        )
        known = [by_lead[lead] for lead in open_leads]
        matching = "match" in (choice.company, choice.contact)
        base = leads._crm_read_base(known) if matching else Base()
        targets = {one.lead_id: one for one in decide(known, base, choice)}
        companies = self._make_companies(open_leads, targets, choice)
        contacts = self._make_contacts(open_leads, targets, companies, choice)
        made = {}
        for lead in leads:
            made[lead.id] = self._sum_up(lead, targets, companies, contacts)
        self._attach(made, choice)
        self._link({lead: made[lead.id][1] for lead in open_leads})
        return made

    def _sum_up(self, lead, targets, companies, contacts):
        target = targets.get(lead.id)
        if not target:
            partner = lead.partner_id
            company = partner.commercial_partner_id
            return company.filtered("is_company"), partner, False, False
        partners = self.env["res.partner"]
        company = companies.get(target.company_key) or partners.browse(
            target.company_id or None
        )
        contact = contacts.get(target.contact_key) or partners.browse(
            target.contact_id or None
        )
        if not company and contact.commercial_partner_id.is_company:
            company = contact.commercial_partner_id
        return (
            company,
            contact or company,
            bool(target.company_key),
            bool(target.contact_key),
        )

    def _make_companies(self, leads, targets, choice):
        """The new company of each key, made from the first lead that names it."""
        firsts = {}
        for lead in leads:
            if key := targets[lead.id].company_key:
                firsts.setdefault(key, lead)
        vals = [
            self._prepare_values(
                lead, choice, choice.company_name or lead.partner_name, is_company=True
            )
            for lead in firsts.values()
        ]
        companies = self.env["crm.import.writer"]._create_partners(vals)
        return dict(zip(firsts, companies, strict=True))

    def _make_contacts(self, leads, targets, companies, choice):
        """The new contact of each key, in its company."""
        firsts = {}
        for lead in leads:
            if key := targets[lead.id].contact_key:
                firsts.setdefault(key, lead)
        parents = {
            key: companies.get(targets[lead.id].company_key)
            or self.env["res.partner"].browse(targets[lead.id].company_id or None)
            for key, lead in firsts.items()
        }
        shared = self._get_shared_values(parents.values())
        vals = [
            self._prepare_values(
                lead, choice, lead._get_person_name(), parent_id=parents[key].id
            )
            | ({"company_name": False} if choice.company == "none" else {})
            | shared[parents[key].id]
            for key, lead in firsts.items()
        ]
        self.env["res.partner"].check_access("create")
        # sudo: as the host, which copies what people share with their company above
        # the rights of who adds them (the credit limit is the accountants')
        writer = self.env["crm.import.writer"].sudo()
        contacts = writer._create_partners(vals).sudo(self.env.su)
        return dict(zip(firsts, contacts, strict=True))

    def _get_shared_values(self, companies):
        """{company id: the address and commercial fields that its people share}."""
        # sudo: as above
        companies = self.env["res.partner"].sudo().union(*companies)
        return {False: {}} | {
            company.id: {
                **company._get_commercial_values(),
                **company._get_address_values(),
            }
            for company in companies
        }

    def _attach(self, made, choice):
        """A known contact without company joins the one that somebody chose."""
        if choice.company not in ("exist", "create"):
            return
        for company, contact, _new_company, new_contact in made.values():
            if (
                company
                and contact != company
                and not (new_contact or contact.parent_id or contact.is_company)
            ):
                contact.parent_id = company

    def _link(self, partners):
        """Give each lead its contact: a column of many values, written at once."""
        leads = self.env["crm.lead"].union(*partners)
        field = leads._fields["partner_id"]
        leads.modified(["partner_id"], before=True)
        for lead, partner in partners.items():
            field.write(lead, partner)
        leads.modified(["partner_id"])
        leads._check_company(["partner_id"])

    # ------------------------------------------------------------------ opportunity
    def _make_opportunities(self, leads, team_id):
        """Opportunities, in a stage of the process of their team."""
        now = fields.Datetime.now()
        for team, group in leads.grouped("team_id").items():
            own = team_id or team.id
            for stage, same in group.grouped("stage_id").items():
                vals = {"type": "opportunity", "date_conversion": now}
                if not stage or (stage.team_ids and own not in stage.team_ids.ids):
                    vals["stage_id"] = same._stage_find(team_id=own).id
                same.write(vals)

    def _get_given(self, leads, choice):
        """The leads that go to the team and salespeople chosen."""
        return leads if choice.force else leads.filtered(lambda one: not one.user_id)

    def _allocate(self, leads, choice):
        leads = self._get_given(leads, choice)
        if leads and (choice.user_ids or choice.team_id):
            leads.with_context(**self._quiet(leads))._handle_salesmen_assignment(
                list(choice.user_ids), team_id=choice.team_id
            )

    # ------------------------------------------------------------------ what was made
    def _keep(self, leads, made):
        # sudo: what was made is noted by the mechanism; users only read it
        for conversion in self.sudo()._of(leads):
            account, contact, new_account, new_contact = made[conversion.lead_id.id]
            conversion.write(
                {
                    "account_id": account.id,
                    "contact_id": contact.id,
                    "account_is_new": conversion.account_is_new or new_account,
                    "contact_is_new": conversion.contact_is_new or new_contact,
                }
            )
        leads._message_log_batch(
            {lead.id: self._tell(*made[lead.id]) for lead in leads}
        )
        news = {
            partner: lead
            for lead in leads
            for partner, is_new in zip(
                made[lead.id][:2], made[lead.id][2:], strict=True
            )
            if is_new
        }
        if news:
            self.env["res.partner"].union(*news)._message_log_batch(
                {
                    partner.id: Markup("%s %s")
                    % (self.env._("Made from the lead"), lead._get_html_link())
                    for partner, lead in news.items()
                }
            )

    def _tell(self, account, contact, new_account, new_contact):
        """The note on the lead."""
        lines = [self.env._("Converted.")]
        if account:
            word = self.env._("New company") if new_account else self.env._("Company")
            lines.append(Markup("%s: %s") % (word, account._get_html_link()))
        if contact and contact != account:
            word = self.env._("New contact") if new_contact else self.env._("Contact")
            lines.append(Markup("%s: %s") % (word, contact._get_html_link()))
        return Markup("<br/>").join(lines)
