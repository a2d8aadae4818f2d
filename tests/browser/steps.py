"""What users do in their windows, said once."""

import re


def open_app(page, root, *menus):
    """Open an app from the apps menu, then one of its menus.

    :param root: XML id of the app's menu
    :param menus: XML ids from the section down to the screen
    """
    page.click(".o_navbar_apps_menu button")
    page.click(f"[data-menu-xmlid='{root}']")
    for menu in menus:
        page.click(f"[data-menu-xmlid='{menu}']")


def write(page, button, text):
    """Write a message or a note in the chatter of a form."""
    page.click(f".o-mail-Chatter button:has-text('{button}')")
    page.locator(".o-mail-Composer-input").first.fill(text)
    page.locator(".o-mail-Composer-send").first.click()
    message(page, text).wait_for()


def message(page, text):
    """The message of a thread that holds a text."""
    return page.locator(".o-mail-Message", has_text=text)


def value(page, name):
    """The hours or number that a field of the form shows."""
    return page.locator(f".o_form_view [name='{name}']").first.inner_text().strip()


def expect_value(page, selector, text):
    """Wait until an element shows a text."""
    page.locator(selector, has_text=re.compile(text)).first.wait_for()


def fits(page):
    """Whether nothing makes the page wider than the window."""
    return page.evaluate(
        "document.documentElement.scrollWidth <= window.innerWidth + 1"
    )
