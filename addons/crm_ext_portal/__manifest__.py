{
    "name": "CRM Extension: Portal",
    "summary": "Customers follow their cases, subscriptions, invoices and hours",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Extension",
    "website": "https://crm-extension.example",
    "license": "LGPL-3",
    "depends": [
        "crm_ext_service",
        "portal_rating",
    ],
    "data": [
        "security/ir.model.access.csv",
    ],
    "demo": [],
    "application": True,
}
