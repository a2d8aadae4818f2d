import logging

from odoo import api, fields, models

from ..tools.hooks import AuditFinding

_logger = logging.getLogger(__name__)


class CrmAuditResult(models.Model):
    """The nightly state of one invariant: green, or red with the offending records."""

    _name = "crm.audit.result"
    _description = "Self-audit"
    _order = "state desc, code"

    name = fields.Char(string="Check", compute="_compute_name")
    code = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [("green", "Holds"), ("red", "Broken")], required=True, readonly=True
    )
    broken_count = fields.Integer(string="Faults", readonly=True)
    detail = fields.Text(readonly=True)
    res_model = fields.Char(readonly=True)
    res_ids = fields.Json(readonly=True)
    checked_at = fields.Datetime(readonly=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "A check has one result.")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_name(self):
        """The check's label, in the reader's language."""
        checks = self.env["crm.hooks"]._audit_checks()
        for result in self:
            check = checks.get(result.code)
            result.name = check.label if check else result.code

    # ------------------------------------------------------------------ actions
    def action_open_records(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self.res_model,
            "view_mode": "list,form",
            "domain": [("id", "in", self.res_ids or [])],
            "context": {"active_test": False},
        }

    def action_check_now(self):
        self.check_access("read")
        self._check_all()

    @api.model
    def _cron_check_all(self):
        self._check_all()

    # ------------------------------------------------------------------ checks
    @api.model
    def _check_all(self):
        """Run every check of every addon and store what was found, one row a check."""
        # the audit looks at all companies and writes only its own results
        audit = self.sudo()
        checks = self.env["crm.hooks"]._audit_checks()
        known = {
            result.code: result for result in audit.search([("code", "!=", False)])
        }
        for code, check in checks.items():
            vals = audit._prepare_result_values(code, check)
            if code in known:
                known[code].write(vals)
            else:
                audit.create(vals)
        audit.search([("code", "not in", list(checks))]).unlink()

    def _prepare_result_values(self, code, check):
        finding = self._find(check)
        return {
            "code": code,
            "state": "red" if finding.broken else "green",
            "broken_count": finding.broken,
            "detail": finding.detail,
            "res_model": finding.res_model,
            "res_ids": list(finding.res_ids),
            "checked_at": fields.Datetime.now(),
        }

    def _find(self, check):
        try:
            with self.env.cr.savepoint():
                return getattr(self.env[check.model], check.method)()
        except Exception as error:  # noqa: BLE001 a check that cannot run is a red check
            _logger.warning("Self-audit: %s could not run", check.method, exc_info=True)
            return AuditFinding(broken=1, detail=f"{type(error).__name__}: {error}")
