{
    "name": "CRM Extension: Subscriptions",
    "summary": "Subscriptions billed by ordinary invoices, price revision by index",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Extension",
    "website": "https://crm-extension.example",
    "license": "LGPL-3",
    "depends": [
        "crm_ext_core",
        "account",
        "account_payment",
        "product",
        "sale_management",
        "uom",
    ],
    "data": [
        "security/ir.model.access.csv",
    ],
    "demo": [],
    "application": True,
}
