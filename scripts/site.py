#!/usr/bin/env python3
"""Builds the documentation as a site, from docs/SUMMARY.md: `make docs`.

    scripts/site.py stage FOLDER        lays out the source of an mdBook: docs/, and the pages elsewhere that it links to
    scripts/site.py build SOURCE OUT    builds plain pages from it, where there is no mdBook (needs markdown-it-py)
    scripts/site.py check OUT           checks every link and picture of a built site
"""

import html
import html.parser
import os
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
#: Pages outside docs/ that are part of the site, by their place in it.
ELSEWHERE = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting.md",
    "datasets/README.md": "samples.md",
    "fuzz/README.md": "fuzzing.md",
    "README.md": "introduction.md",
}
#: Their lines in the summary, after those of docs/SUMMARY.md.
MORE = """
- [Contributing](contributing.md)
- [Fuzzing](fuzzing.md)
- [Sample articles](samples.md)
- [Reporting a vulnerability](reporting.md)
- [Changelog](changelog.md)
"""
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def stage(folder):
    folder = Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "docs", folder)
    for source, place in ELSEWHERE.items():
        if source != "README.md":
            shutil.copyfile(ROOT / source, folder / place)
    for path in sorted(folder.glob("*.md")):
        back = {place: source for source, place in ELSEWHERE.items()}
        source = back.get(path.name) if path.name != "introduction.md" else None
        home = (ROOT / source).parent if source else ROOT / "docs"
        path.write_text(relinked(path.read_text(encoding="utf-8"), home), encoding="utf-8")
    with (folder / "SUMMARY.md").open("a", encoding="utf-8") as summary:
        summary.write(MORE)


def relinked(text, home):
    """Leads links between pages to their places in the site. What is not part of it, such as a source file, is named as code."""

    def lead(found):
        bang, words, target = found.groups()
        if "://" in target or target.startswith(("#", "mailto:")):
            return found.group(0)
        file, _, anchor = target.partition("#")
        path = (home / file).resolve().relative_to(ROOT).as_posix()
        if path.startswith("docs/"):
            place = path[len("docs/") :]
        elif path in ELSEWHERE:
            place = ELSEWHERE[path]
        else:
            return words if words.startswith("`") else f"{words} (`{path}`)"
        return f"{bang}[{words}]({place}{'#' + anchor if anchor else ''})"

    lines, in_code = [], False
    for line in text.split("\n"):
        is_fence = line.lstrip().startswith("```")
        in_code ^= is_fence
        lines.append(line if in_code or is_fence else LINK.sub(lead, line))
    return "\n".join(lines)


# -- plain pages ----------------------------------------------------------------------------------------

STYLE = """
:root { color-scheme: light dark; --ground: #fff; --text: #1c2026; --faint: #5c6570; --line: #dde2e8; --accent: #1d5fbf; --code: #f4f6f8 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16191d; --text: #e2e6eb; --faint: #98a2ae; --line: #2c323a; --accent: #7db4ff; --code: #1f242a } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.6 system-ui, sans-serif; display: flex }
nav { width: 17rem; flex: none; height: 100vh; position: sticky; top: 0; overflow-y: auto; padding: 1.2rem; border-right: 1px solid var(--line) }
nav ul { list-style: none; margin: 0; padding: 0 } nav ul ul { padding-left: 1rem } nav h2 { font-size: .8rem; margin: 1.2rem 0 .3rem;
  color: var(--faint); text-transform: uppercase; letter-spacing: .05em; border: 0; padding: 0 }
nav a { color: inherit; text-decoration: none; display: block; padding: .15rem 0 } nav a[aria-current] { color: var(--accent); font-weight: 600 }
main { max-width: 52rem; min-width: 0; padding: 1.5rem 2.5rem 5rem } a { color: var(--accent) } img { max-width: 100%; border-radius: 6px }
h1 { line-height: 1.2 } h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem }
pre { background: var(--code); padding: .8rem 1rem; overflow-x: auto; border-radius: 6px; line-height: 1.45 } code { font-size: .9em }
:not(pre) > code { background: var(--code); padding: .1em .3em; border-radius: 4px }
.table { overflow-x: auto } table { border-collapse: collapse; margin: 1rem 0; font-size: .94em } th, td { border-bottom: 1px solid var(--line);
  padding: .4rem .7rem; text-align: left; vertical-align: top }
footer { display: flex; justify-content: space-between; margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line) }
@media (max-width: 50rem) { body { display: block } nav { width: auto; height: auto; position: static; border: 0 } main { padding: 1rem } }
"""


def contents(summary):
    """Returns the parts of a summary: headings as one word, pages as (depth, title, file)."""
    parts = []
    for line in summary.splitlines()[1:]:
        if line.startswith("# "):
            parts.append(line[2:].strip())
        elif found := re.match(r"( *)(?:- )?\[(.+)\]\((.+)\)", line):
            parts.append((len(found.group(1)) // 4, found.group(2), found.group(3)))
    return parts


def anchor_of(title, seen):
    """The anchor of a heading, as GitHub makes it."""
    words = "".join(c for c in title.strip().lower() if c.isalnum() or c in " -_").replace(" ", "-")
    seen[words] = seen.get(words, -1) + 1
    return words if seen[words] == 0 else f"{words}-{seen[words]}"


def navigation(parts, current):
    lines, open_list = [], False
    for part in parts:
        if isinstance(part, str):
            lines.append(("</ul>" if open_list else "") + f"<h2>{html.escape(part)}</h2><ul>")
            open_list = True
            continue
        depth, title, file = part
        if not open_list:
            lines.append("<ul>")
            open_list = True
        here = ' aria-current="page"' if file == current else ""
        lines.append(f'<li style="padding-left:{depth}rem"><a href="{page_of(file)}"{here}>{html.escape(title)}</a></li>')
    return "\n".join([*lines, "</ul>" if open_list else ""])


def page_of(file):
    return "index.html" if file == "introduction.md" else file[:-3] + ".html"


def build(source, out):
    from markdown_it import MarkdownIt

    source, out = Path(source), Path(out)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(source, out, ignore=shutil.ignore_patterns("*.md"))
    parts = contents((source / "SUMMARY.md").read_text(encoding="utf-8"))
    pages = [part for part in parts if not isinstance(part, str)]
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for number, (_, title, file) in enumerate(pages):
        text = (source / file).read_text(encoding="utf-8")
        tokens = markdown.parse(text)
        seen = {}
        for at, token in enumerate(tokens):
            if token.type == "heading_open":
                words = "".join(child.content for child in tokens[at + 1].children)
                token.attrSet("id", anchor_of(words, seen))
            for child in token.children or []:
                link = child.attrGet("href") if child.type == "link_open" else None
                if link and "://" not in link and not link.startswith("#"):
                    target, _, anchor = link.partition("#")
                    if target.endswith(".md"):
                        child.attrSet("href", page_of(target) + ("#" + anchor if anchor else ""))
        body = markdown.renderer.render(tokens, markdown.options, {})
        body = body.replace("<table>", '<div class="table"><table>').replace("</table>", "</table></div>")
        step = []
        for other, arrow in ((number - 1, "← {}"), (number + 1, "{} →")):
            if 0 <= other < len(pages):
                step.append(f'<a href="{page_of(pages[other][2])}">{html.escape(arrow.format(pages[other][1]))}</a>')
            else:
                step.append("<span></span>")
        (out / page_of(file)).write_text(
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{html.escape(title)} · Copydesk</title><style>{STYLE}</style></head><body>\n"
            f"<nav>{navigation(parts, file)}</nav>\n<main>{body}<footer>{step[0]}{step[1]}</footer></main></body></html>\n",
            encoding="utf-8",
        )
    listed = {file for _, _, file in pages}
    forgotten = sorted(path.name for path in source.glob("*.md") if path.name not in listed | {"SUMMARY.md"})
    if forgotten:
        sys.exit(f"site: docs/SUMMARY.md lacks {', '.join(forgotten)}")
    print(f"site: {len(pages)} pages in {out}")


# -- links ----------------------------------------------------------------------------------------------


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links = set(), []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if attrs.get("id"):
            self.ids.add(attrs["id"])
        for name in ("href", "src"):
            if attrs.get(name):
                self.links.append(attrs[name])


def check(out):
    out = Path(out)
    pages = {}
    for path in sorted(out.rglob("*.html")):
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        pages[path.resolve()] = page
    faults, count = [], 0
    for path, page in pages.items():
        for link in page.links:
            target = urlsplit(link)
            if target.scheme or link.startswith("//"):
                continue
            count += 1
            file = (path.parent / unquote(target.path)).resolve() if target.path else path
            anchor = unquote(target.fragment)
            if not file.exists():
                faults.append(f"{path.name}: {link} leads nowhere")
            elif anchor and file in pages and anchor not in pages[file].ids:
                faults.append(f"{path.name}: {link} names no heading")
    for fault in sorted(set(faults)):
        print(fault, file=sys.stderr)
    print(f"site: checked {count} links of {len(pages)} pages, {len(set(faults))} faults")
    sys.exit(1 if faults else 0)


def main():
    actions = {"stage": (stage, 1), "build": (build, 2), "check": (check, 1)}
    action, count = actions.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, None))
    if action is None or len(sys.argv) != count + 2:
        sys.exit(__doc__)
    action(*sys.argv[2:])


if __name__ == "__main__":
    main()
