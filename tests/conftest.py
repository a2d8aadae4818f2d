import importlib.util
import os

import without_odoo

if os.environ.get("CRM_EXT_NO_ODOO") == "1" or not importlib.util.find_spec("odoo"):
    without_odoo.install()
