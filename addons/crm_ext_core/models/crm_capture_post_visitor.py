from odoo import api, models


class CrmCapturePost(models.Model):
    """Which of our mails' links recognise the person who gets them."""

    _inherit = "crm.capture.post"

    @api.model
    def _get_visitor_tokens(self, email):
        """{website: token} of the person with that address, for the websites of the
        forms of the company that was given the consent.

        Empty without recorded consent, and once the person objected to profiling. A
        post that waits for its confirmation may be anybody's: it counts for nothing.

        :param str email: normalized
        """
        posts = email and self.search(
            [
                ("email", "=", email),
                ("tracking_date", "!=", False),
                ("state", "in", ("done", "joined")),
            ],
            order="id",
        )
        if not posts or any(post._is_objected() for post in posts):
            return {}
        latest = {post.company_id.id: post._get_visitor_token() for post in posts}
        forms = self.env["crm.capture.form"].search([("company_id", "in", [*latest])])
        return {
            origin: latest[form.company_id.id]
            for form in forms
            for origin in form._get_origins()
        }
