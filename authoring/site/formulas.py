"""A Sphinx extension: formulas become MathML while the pages are made, set in a font that comes with them.

So the browser needs no script to show them, and a formula that cannot be set is a warning, which ends the build.
"""

import logging
import re
from html import unescape
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from fontTools import subset
from fontTools.ttLib import TTFont
from math_core import LatexError, LatexToMathML
from sphinx.util.logging import getLogger

FONT = Path(find_spec("ziamath").origin).with_name("fonts") / "STIXTwoMath-Regular.ttf"
FILE = "formulas.woff"
logger = getLogger(__name__)
logging.getLogger("fontTools").setLevel(logging.WARNING)  # else it tells each glyph


def setup(app):
    """Let Sphinx write formulas in this manner."""
    app.add_html_math_renderer("mathml", inline_renderers=(inline, None), block_renderers=(displayed, None))
    app.connect("builder-inited", lambda app: setattr(app.builder, "letters", set()))
    app.connect("build-finished", write_font)
    return {"parallel_write_safe": False}


def inline(writer, node):
    """Write a formula that stands in a line of text."""
    writer.body.append(mathml(writer, node, displaystyle=False))
    raise nodes.SkipNode


def displayed(writer, node):
    """Write a formula that stands on a line of its own, where it can be moved sideways if it is wider."""
    writer.body.append(f'<div class="formula" tabindex="0">{mathml(writer, node, displaystyle=True)}</div>\n')
    raise nodes.SkipNode


def mathml(writer, node, displaystyle):
    """Return a formula as MathML, and note its letters."""
    try:
        markup = LatexToMathML(fancy_error=False).convert_with_local_state(node.astext(), displaystyle=displaystyle)
    except LatexError as error:
        logger.warning("The formula %s cannot be set: %s", node.astext(), error, location=node)
        return ""
    writer.builder.letters.update(unescape(re.sub("<[^>]*>", "", markup)))
    return markup


def write_font(app, error):
    """Write the font of the formulas, with the letters that the pages need, and with its licence."""
    if error:
        return
    options = subset.Options(flavor="woff", layout_features=["*"], name_IDs=["*"])
    font = TTFont(FONT, recalcTimestamp=False)
    cut = subset.Subsetter(options)
    cut.populate(text="".join(sorted(app.builder.letters)))
    cut.subset(font)
    subset.save_font(font, app.outdir / "_static" / FILE, options)
