"""Frozen segments get a kind of their own; members say of which model they are."""


def migrate(cr, version):
    cr.execute("UPDATE crm_segment SET kind = 'frozen' WHERE kind = 'static'")
    cr.execute("ALTER TABLE crm_segment_member ADD COLUMN res_model varchar")
    cr.execute(
        """UPDATE crm_segment_member member SET res_model = segment.res_model
             FROM crm_segment segment WHERE segment.id = member.segment_id"""
    )
    # the same record may leave and join again: unique among the open rows only
    cr.execute("ALTER TABLE crm_segment_member DROP CONSTRAINT crm_segment_member_once")
