{
    "name": "CRM Extension: Campaigns",
    "summary": "Campaigns on segments, bounces in three classes, return on investment",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Extension",
    "website": "https://crm-extension.example",
    "license": "LGPL-3",
    "depends": [
        "crm_ext_core",
        "mass_mailing",
        "mass_mailing_sms",
        "mass_mailing_crm",
        "mass_mailing_sale",
        "link_tracker",
    ],
    "data": [
        "security/ir.model.access.csv",
    ],
    "demo": [],
    "application": True,
}
