"""How Sphinx makes the pages; it reads this file as its configuration."""

project = "Recommenders 2"
language = "en"

extensions = ["myst_parser", "authoring.site.formulas", "authoring.site.reachable"]
myst_enable_extensions = ["attrs_block", "dollarmath"]

html_theme = "furo"
html_title = project
html_math_renderer = "mathml"
html_static_path = ["static"]
html_css_files = ["reading.css"]
html_favicon = "static/star.svg"
html_copy_source = False  # no second version of each page
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False  # it is fetched, which a browser refuses to pages opened as files
html_permalinks = False
html_use_index = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
