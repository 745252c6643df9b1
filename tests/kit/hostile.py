"""A notebook that tries to run scripts, and to load things, in the browser of whoever looks at it."""

from html.parser import HTMLParser

import nbformat

RUN = "document.documentElement.dataset.hostile='ran'"
ELSEWHERE = "http://hostile.invalid"
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="  # a PNG of 1 x 1
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{RUN}\"><script>{RUN}</script></svg>"

MARKDOWN = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<IMG/SRC=x/ONERROR={RUN}>",
    f"text <svg/onload={RUN}> text",
    f"<details open ontoggle={RUN}><summary>x</summary></details>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"[a link](javascript:{RUN}) and [another](JaVa\tScript:{RUN}) and [one](&#106;avascript:{RUN})",
    f"<javascript:{RUN}>",
    f"[x]: javascript&colon;{RUN}\n\n[x]",
    f"[x](<javascript\\:{RUN}>)",
    f"[page](data:text/html,<script>{RUN}</script>)",
    f"![picture]({ELSEWHERE}/tracker.png)",
    f"![picture][far]\n\n[far]: {ELSEWHERE}/tracker.png",
    f'![x](y"onerror="{RUN})',
    f"```mermaid\n<img src=x onerror={RUN}>\n```",
    f"$<img src=x onerror={RUN}>$",
    f"\\begin{{<script>{RUN}</script>}}x\\end{{<script>{RUN}</script>}}",
    f"<style>@import url({ELSEWHERE}/x.css);</style>",
    f"<link rel=stylesheet href={ELSEWHERE}/x.css>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'>",
    f"<base href={ELSEWHERE}><form action={ELSEWHERE}><input autofocus onfocus={RUN}></form>",
    f"<!-- --><script>{RUN}</script><!--",
    "![lost](attachment:lost.png)",
    "<details><summary>Honest</summary>A formula, $a<b$ and $$\\sum_i x_i$$, and a picture: ![dot](attachment:dot.png)"
    "</details>",
]
ATTACHMENTS = {
    "dot.png": {"image/png": DOT},
    "drawn.svg": {"image/svg+xml": SVG},
    "broken.png": {"image/png": f'" onerror="{RUN}'},
}
DISPLAYS = [
    {"text/html": f"<b>bold</b><script>{RUN}</script><img src=x onerror={RUN}><a href='javascript:{RUN}'>x</a>"},
    {
        "text/html": f"<img src='{ELSEWHERE}/x.png'><iframe src='{ELSEWHERE}'></iframe>"
        f"<p style='background:url({ELSEWHERE})'>p</p>"
    },
    {"application/javascript": RUN, "text/plain": "<IPython.core.display.Javascript object>"},
    {"image/svg+xml": SVG},
    {"text/markdown": f"<script>{RUN}</script>"},
    {"text/latex": f"<script>{RUN}</script>"},
    {"image/png": f'" onerror="{RUN}', "text/plain": "Figure"},
    {"image/png": DOT},
    {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
    {"text/plain": f"<script>{RUN}</script>"},
]


def with_hostile_cells(notebook):
    """Add to `notebook` cells that would run scripts or load something, each in its own way; return it."""
    for number, source in enumerate(MARKDOWN):
        cell = nbformat.v4.new_markdown_cell(source, id=f"text-{number}")
        cell.attachments = nbformat.from_dict(ATTACHMENTS)
        notebook.cells.append(cell)
    raw = nbformat.v4.new_raw_cell(f"<script>{RUN}</script>", id="raw", metadata={"raw_mimetype": "text/html"})
    tags = {"tags": [f'"><script>{RUN}</script>'], "alt": f'"onerror="{RUN}'}
    code = nbformat.v4.new_code_cell(f"'<script>{RUN}</script>'", id="code", metadata=tags)
    code.outputs = [
        nbformat.v4.new_output("display_data", data=data, metadata={"image/png": {"width": f'1 onerror="{RUN}"'}})
        for data in DISPLAYS
    ]
    code.outputs += [
        nbformat.v4.new_output("stream", name="stdout", text=f"<script>{RUN}</script>\x1b[31mred\x1b[0m"),
        nbformat.v4.new_output("error", ename="E", evalue="e", traceback=[f"<script>{RUN}</script>"]),
    ]
    notebook.cells += [raw, code]
    notebook.metadata["title"] = f"</title><script>{RUN}</script>"
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"x": f"</script><script>{RUN}"}}
    return notebook


class Live(HTMLParser):
    """Finds in a page what would run, or load something."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.inside = [], None

    def handle_starttag(self, tag, attributes):
        """Look at a tag and what it loads or runs."""
        self.inside = tag if tag in ("script", "style") else None
        if tag in ("iframe", "object", "embed", "form", "base", "svg", "link", "script"):
            self.found.append((tag, dict(attributes)))
        for name, value in attributes:
            url = "".join((value or "").split()).lower()
            link = (tag, name) == ("a", "href")  # somebody may follow it, or not
            script = url.startswith(("javascript:", "vbscript:", "data:text"))
            if name.startswith("on") or script or ("hostile" in url and not link):
                self.found.append((tag, name, value))
            if name in ("src", "srcset", "poster", "background") and not url.startswith("data:image/png;base64,"):
                self.found.append((tag, name, value))

    def handle_data(self, data):
        """Look at scripts and style sheets."""
        if self.inside and ("hostile" in data or "@import" in data):
            self.found.append((self.inside, data))
        self.inside = None


def live(page):
    """Return what in a `page` would run or load something."""
    parser = Live()
    parser.feed(page)
    return parser.found
