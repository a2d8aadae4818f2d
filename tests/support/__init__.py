"""Real parts for the tests across addons: a server, its clients, a mail sink, a
browser.
"""
