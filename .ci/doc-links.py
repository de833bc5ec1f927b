#!/usr/bin/env python3
"""Checks the links of the generated documentation and of the repository's Markdown files.

In target/doc every link of our pages must lead to a file, and every fragment to an id in it. rustdoc
checks paths of items only. The page of every item must lead to a chapter of the guide. In Markdown
files every relative link must lead to a file and a heading, and every link to docs.rs to a page that the
documentation has.

    cargo doc --workspace --no-deps --all-features && .ci/doc-links.py
"""

import os
import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
DOC = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "doc"
DOCS_RS = re.compile(r"https://docs\.rs/auth-(?:runtime|macros)/latest/(auth_\w+/.*)")
# A page of an item, but not one that only redirects from a private path.
ITEM = re.compile(r"(?:struct|enum|trait|macro|attr|fn|type|constant)\.\w+\.html")
problems = []


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.links = set(), []
        self.is_redirect = 'http-equiv="refresh"' in text
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        self.links += [attributes[name] for name in ("href", "src") if attributes.get(name)]


@cache
def page(path):
    return Page(path.read_text())


def slug(heading):
    """The id that GitHub and rustdoc give a heading."""
    text = re.sub(r"[`*]|\[([^\]]*)\](\[[^\]]*\]|\([^)]*\))", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


@cache
def headings(path):
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.M | re.S)
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", text, re.M)}


def check(source, link, ids):
    """Checks a link of the file `source`; `ids` finds the fragments of its target."""
    address = urlsplit(link)
    if published := DOCS_RS.fullmatch(link.partition("#")[0]):
        target, ids = DOC / published[1], lambda path: page(path).ids
    elif address.scheme or address.netloc:
        return
    else:
        target = (source.parent / unquote(address.path)).resolve() if address.path else source
    if target.is_dir() and DOC in target.parents:
        target /= "index.html"
    if not target.exists():
        problems.append(f"{source}: {link} leads nowhere")
    elif address.fragment and target.suffix in (".md", ".html"):
        if not {address.fragment, unquote(address.fragment)} & ids(target):
            problems.append(f"{source}: {link} leads to no heading")


pages = 0
for crate in ("auth_macros", "auth_runtime"):
    for path in (DOC / crate).rglob("*.html"):
        pages += 1
        if ITEM.fullmatch(path.name) and not page(path).is_redirect:
            if not any("/guide/" in link or link.startswith("guide/") for link in page(path).links):
                problems.append(f"{path}: it has no link to a chapter of the guide")
        for link in page(path).links:
            # Lines of the source do not have ids, and inherited methods contain links to pages of other crates.
            is_source = "/src/" in link
            is_page = urlsplit(link).path.endswith((".html", ".md", ".png", ".svg")) or link.startswith("#")
            if is_page and not is_source:
                check(path, link, lambda target: page(target).ids)
if not pages:
    sys.exit(f"there is no documentation in {DOC}: run cargo doc first")

listing = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True)
for name in listing.stdout.splitlines():
    path = ROOT / name
    # A link to another file of the repository, and definitions that only rustdoc uses.
    if path.is_symlink() or path.name in ("links.md", "pictures.md"):
        continue
    text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"^\[[^\]]+\]: (\S+)$", text, re.M) + re.findall(r'(?:href|src|srcset)="([^"]+)"', text):
        # rustdoc resolves these, and fails if it cannot: the pages above have what it made of them.
        if not link.startswith("macro@"):
            check(path, link, headings)
    labels = {label.lower() for label in re.findall(r"^\[([^\]]+)\]: ", text, re.M)}
    for label in re.findall(r"\]\[([^\]]+)\]", re.sub(r"`[^`]*`", "", text)):
        if label.lower() not in labels:
            problems.append(f"{path}: the label [{label}] is not defined")

print("\n".join(problems))
print(f"{pages} pages, {len(problems)} broken links")
sys.exit(bool(problems))
