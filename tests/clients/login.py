"""What the browser of a user does at the local issuer."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


class LoginPage(HTMLParser):
    """The form of the login page: its address, its hidden fields and its users."""

    def __init__(self, html):
        super().__init__()
        self.action = None
        self.fields = []
        self.users = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "input" and attributes.get("type") == "hidden":
            self.fields.append((attributes["name"], attributes["value"]))
        elif tag == "button" and attributes.get("name") == "user":
            self.users.append(attributes["value"])


def log_in(authorization_url, user):
    """Opens the page, presses the user's button, and returns the address to which the browser is sent."""
    reply = requests.get(authorization_url, allow_redirects=False, timeout=10)
    page = LoginPage(reply.text)
    if user not in page.users:
        raise AssertionError(f"the page has no button for {user}: {reply.status_code} {reply.text}")
    reply = requests.post(
        urljoin(authorization_url, page.action),
        data=[*page.fields, ("user", user)],
        allow_redirects=False,
        timeout=10,
    )
    return reply.headers["location"]
