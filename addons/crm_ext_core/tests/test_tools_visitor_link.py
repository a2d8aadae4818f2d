from unittest import TestCase

from odoo.addons.crm_ext_core.tools.visitor_link import mark_links, with_visitor


class TestVisitorLink(TestCase):
    """A token joins an address and changes nothing else of it."""

    def test_query_and_fragment_stay(self):
        for url, expected in (
            ("https://a.example", "https://a.example?crm_v=7-ab"),
            (
                "https://a.example/p?x=%20&y=#z",
                "https://a.example/p?x=%20&y=&crm_v=7-ab#z",
            ),
            ("https://a.example/?crm_v=old&x=1", "https://a.example/?x=1&crm_v=7-ab"),
        ):
            self.assertEqual(with_visitor(url, "7-ab"), expected)

    def test_only_the_links_with_a_token_change(self):
        html = (
            '<a class="b" href="https://a.example/?x=1&amp;y=2">A</a>'
            "<A HREF='https://b.example'>B</A><a data-href='https://a.example'>C</a>"
            '<img src="https://a.example/i.png"/><a href="http://[x">D</a>'
        )

        def find(url):
            return "7-ab" if url.startswith(("https://a", "http://[")) else ""

        self.assertEqual(
            mark_links(html, find),
            html.replace("x=1&amp;y=2", "x=1&amp;y=2&amp;crm_v=7-ab"),
        )
