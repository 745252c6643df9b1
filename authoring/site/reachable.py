"""A Sphinx extension: what is wider than the screen can be moved sideways from the keyboard too."""

WIDE = {"<pre>": '<pre tabindex="0">', '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper'}


def setup(app):
    """Let each page pass through `make_reachable`."""
    app.connect("html-page-context", make_reachable)
    return {"parallel_write_safe": True}


def make_reachable(app, pagename, templatename, context, doctree):
    """Let code and tables, which scroll sideways on a phone, take the focus."""
    for plain, focusable in WIDE.items():
        context["body"] = context.get("body", "").replace(plain, focusable)
