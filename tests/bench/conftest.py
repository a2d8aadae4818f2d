from support.outside import enable_odoo_test_flag, load_http, load_registry  # noqa: F401
