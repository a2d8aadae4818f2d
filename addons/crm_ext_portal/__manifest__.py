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
        "crm_ext_subscriptions",
    ],
    "data": [
        "security/ir.model.access.csv",
        "security/crm_ext_portal_rules.xml",
        "views/portal_layout_templates.xml",
        "views/portal_case_templates.xml",
        "views/portal_case_form_templates.xml",
        "views/portal_revision_templates.xml",
        "views/portal_subscription_templates.xml",
        "views/portal_subscription_payment_templates.xml",
        "views/portal_hours_templates.xml",
        "views/crm_case_views.xml",
        "views/crm_subscription_views.xml",
    ],
    "demo": [
        "demo/res_users_demo.xml",
        "demo/crm_case_demo.xml",
    ],
    "assets": {
        "web.assets_frontend": ["crm_ext_portal/static/src/scss/portal.scss"],
    },
    "application": True,
}
