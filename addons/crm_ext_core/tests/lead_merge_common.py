from psycopg2 import sql

from .duplicates_common import DuplicatesCase

DERIVED = ("write_date", "write_uid", "crm_score")
WIZARD = "lead_merge_preview"
OWN = ("crm_lead_merge", "crm_duplicate", "crm_score_entry")


class LeadMergeCase(DuplicatesCase):
    """Two leads of one salesperson, the second with all that may hang on a lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tag = cls.env["crm.tag"]
        cls.shared_tag = tag.create({"name": "Shared by both"})
        cls.own_tag = tag.create({"name": "Of the second"})
        mine = {"user_id": cls.salesperson.id}
        cls.one = cls._lead(
            name="Fair of Rennes",
            contact_name="Zoé Lecoeur",
            email_from="zoe@cidre.example",
            description="<p>First text</p>",
            expected_revenue=5000,
            tag_ids=[(6, 0, cls.shared_tag.ids)],
            **mine,
        )
        cls.two = cls._lead(
            name="Audit of the press",
            contact_name="Zoe LECOEUR",
            email_from="zoe@cidre.example",
            phone="+33 2 99 00 12 34",
            description="<p>Second text</p>",
            expected_revenue=9000,
            tag_ids=[(6, 0, (cls.shared_tag | cls.own_tag).ids)],
            **mine,
        )
        cls.attach_all(cls.two)
        cls._end_transaction()

    @classmethod
    def attach_all(cls, lead):
        cls.message = lead.message_post(body="Called her")
        cls.activity = lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=cls.salesperson.id
        )
        cls.attachment = cls.env["ir.attachment"].create(
            {"name": "offer.pdf", "res_model": "crm.lead", "res_id": lead.id}
        )
        cls.event = cls.env["crm.score.event"].create(
            {"lead_id": lead.id, "source": "call", "date": "2026-06-01", "ref": "c1"}
        )
        lead.message_subscribe(cls.stranger.partner_id.ids)

    def preview(self, leads, winner):
        wizard = self.env["crm.lead.merge.preview"].with_user(self.salesperson)
        action = wizard._open(leads.with_user(self.salesperson))
        wizard = wizard.browse(action["res_id"])
        wizard.winner_id = winner
        return wizard

    def merge(self, winner, losers, choices=None):
        """Merge as the salesperson, with the choices that the preview proposes."""
        wizard = self.preview(winner | losers, winner)
        wizard.choices = (wizard.choices or {}) | (choices or {})
        wizard.action_merge()
        return (
            self.env["crm.lead.merge"].with_user(self.salesperson).search([], limit=1)
        )

    # ------------------------------------------------------------------ oracle
    def snapshot(self, leads):
        """What the database says of leads and of all that points to them, found in
        the catalogue, not by the code under test. Notes come with every merge."""
        self.env.flush_all()
        found = {"rows": self._rows(leads)}
        for table, column, model in self._foreign_keys() + self._named_keys():
            found[table, column] = self._pointing(table, column, model, leads)
        return found

    def _rows(self, leads):
        self.env.cr.execute(
            "SELECT id, to_jsonb(crm_lead) FROM crm_lead WHERE id = ANY(%s)",
            [leads.ids],
        )
        return {
            id_: {k: v for k, v in row.items() if not k.startswith(DERIVED)}
            for id_, row in self.env.cr.fetchall()
        }

    def _foreign_keys(self):
        self.env.cr.execute(
            """SELECT conrelid::regclass::text, attname FROM pg_constraint
                 JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
                WHERE contype = 'f' AND confrelid = 'crm_lead'::regclass
             ORDER BY 1, 2"""
        )
        return [
            (table, column, None)
            for table, column in self.env.cr.fetchall()
            if not table.startswith(OWN) and WIZARD not in table
        ]

    def _named_keys(self):
        self.env.cr.execute(
            """SELECT it.table_name, 'res_id', max(model.column_name)
                 FROM information_schema.columns it
                 JOIN information_schema.tables USING (table_schema, table_name)
                 JOIN information_schema.columns model USING (table_schema, table_name)
                WHERE it.column_name = 'res_id' AND table_type = 'BASE TABLE'
                  AND model.column_name IN ('model', 'res_model')
                  AND model.data_type = 'character varying'
             GROUP BY it.table_name ORDER BY 1"""
        )
        return [
            row
            for row in self.env.cr.fetchall()
            if row[0] != "mail_message" and not row[0].startswith(OWN)
        ]

    def _pointing(self, table, column, model, leads):
        """The rows, whole, that point to the leads."""
        where = sql.SQL("{} = ANY(%s)").format(sql.Identifier(column))
        parameters = [leads.ids]
        if model:
            where += sql.SQL(" AND {} = 'crm.lead'").format(sql.Identifier(model))
        self.env.cr.execute(
            sql.SQL("SELECT to_jsonb(it) FROM {} it WHERE {}").format(
                sql.Identifier(table), where
            ),
            parameters,
        )
        rows = [row for (row,) in self.env.cr.fetchall()]
        return sorted(
            str({k: v for k, v in row.items() if k not in ("write_date", "write_uid")})
            for row in rows
        )
