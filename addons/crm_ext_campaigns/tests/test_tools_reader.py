import unittest
from datetime import datetime, timedelta

from odoo.addons.crm_ext_campaigns.tools.reader import is_human

NOW = datetime(2026, 6, 15, 9, 0)
SENT = NOW - timedelta(hours=1)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class TestReader(unittest.TestCase):
    def test_a_reader_with_a_browser_or_a_mail_program(self):
        for agent in (
            FIREFOX,
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1",
            "Thunderbird/140.0",
            "Microsoft Office/16.0 (Microsoft Outlook 16.0.17928; Pro)",
        ):
            self.assertTrue(is_human(agent, SENT, NOW), agent)

    def test_proxies_filters_and_programs(self):
        for agent in (
            "",
            "Mozilla/5.0",
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com "
            "GoogleImageProxy)",
            "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
            "Barracuda Sentinel (EE)",
            "python-requests/2.32",
            "Slackbot-LinkExpanding 1.0",
        ):
            self.assertFalse(is_human(agent, SENT, NOW), agent)

    def test_nobody_reads_within_seconds(self):
        self.assertFalse(is_human(FIREFOX, NOW - timedelta(seconds=9), NOW))
        self.assertTrue(is_human(FIREFOX, NOW - timedelta(seconds=10), NOW))
        self.assertTrue(is_human(FIREFOX, None, NOW))
