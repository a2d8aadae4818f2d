import logging

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools.convert import xml_import
from odoo.tools.misc import file_open

_logger = logging.getLogger(__name__)
MODULE = "crm_ext_subscriptions"
# what the demo has gained; each file tells the one before it as lived
FILES = (
    "crm_subscription_terms_demo.xml",
    "crm_usage_demo.xml",
    "crm_subscription_story_demo.xml",
    "crm_mrr_demo.xml",
)


def migrate(cr, version):
    """An upgrade gives a demo its new records, and calls none of what happens to them:
    subscriptions stay drafts without usage or invoices. It is lived now."""
    cr.execute("SELECT demo FROM ir_module_module WHERE name = %s", (MODULE,))
    if cr.fetchone() != (True,):
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in FILES:
        with file_open(f"{MODULE}/demo/{name}") as file:
            root = etree.parse(file).getroot()
        if _is_new(env, root):
            _live(env, root, name)


def _is_new(env, root):
    """Whether the upgrade has just made what the file tells of."""
    ids = root.xpath("//record[@model='crm.subscription']/@id")
    found = [env.ref(f"{MODULE}.{id_}", raise_if_not_found=False) for id_ in ids]
    return all(it and it.state == "draft" for it in found)


def _live(env, root, name):
    """Do what the file says happened; a demo that was altered may not allow it."""
    importer = xml_import(env, MODULE, {}, "init", xml_filename=name)
    try:
        with env.cr.savepoint():
            # an upgrade leaves the host's own records as they are
            for record in root.xpath("//record[contains(@id, '.')]"):
                importer._tag_record(record)
            for function in root.iter("function"):
                importer._tag_function(function)
    except Exception:  # noqa: BLE001 the upgrade itself must not fail for its demo
        env.invalidate_all()
        _logger.warning("The demo of %s is not lived", name, exc_info=True)
