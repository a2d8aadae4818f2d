"""Links that let a page recognise who follows them: the visitor's token in their query.

The same parameter is read, and taken out of the address again, by the snippet.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urlencode, urlsplit, urlunsplit

PARAMETER = "crm_v"
_HREF = re.compile(r"""(<a\b[^>]*?\shref\s*=\s*)(["'])(.*?)\2""", re.I | re.S)


def with_visitor(url: str, token: str) -> str:
    """Give the address with that token, instead of another one.

    >>> with_visitor("https://shop.example/a?x=1&crm_v=old#end", "7-ab")
    'https://shop.example/a?x=1&crm_v=7-ab#end'
    """
    parts = urlsplit(url)
    query = [
        piece
        for piece in parts.query.split("&")
        if piece and piece.partition("=")[0] != PARAMETER
    ]
    query.append(urlencode({PARAMETER: token}))
    return urlunsplit(parts._replace(query="&".join(query)))


def mark_links(html: str, find_token: Callable[[str], str]) -> str:
    """Give the text with the token that `find_token` has for each link's address.

    >>> mark_links("<a href='https://a.example'>A</a>", lambda url: "7-ab")
    "<a href='https://a.example?crm_v=7-ab'>A</a>"
    """

    def mark(found: re.Match[str]) -> str:
        start, quote, text = found.groups()
        url = unescape(text)
        try:
            token = find_token(url)
            url = with_visitor(url, token) if token else url
        except ValueError:  # no address, such as http://[x
            return found[0]
        return f"{start}{quote}{escape(url)}{quote}" if token else found[0]

    return _HREF.sub(mark, html)
