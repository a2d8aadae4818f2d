{
    "name": "CRM Extension: Service",
    "summary": "Cases, queues, service levels and prepaid hours",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Extension",
    "website": "https://crm-extension.example",
    "license": "LGPL-3",
    "depends": [
        "crm_ext_subscriptions",
        "portal",
        "rating",
        "resource",
        "calendar",
    ],
    "data": [
        "security/ir.model.access.csv",
    ],
    "demo": [],
    "application": True,
}
