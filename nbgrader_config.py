"""Configuration of nbgrader: the solutions are the source, the student notebooks the release, and marks are ours."""

import os
import sys
import warnings
from pathlib import Path

import nbgrader
from sqlalchemy.exc import SAWarning

import grading
from authoring.registry import CODE_STUB, TEXT_STUB
from authoring.release import ExpectedPictures, StudentVersion
from grading.publishing.autograde import take_over
from grading.publishing.totals import Totals

c = get_config()  # noqa: F821 - nbgrader puts it here

c.CourseDirectory.course_id = "recommenders2"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# a file of that name inside a submission would be imported instead of ours
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "helpers", "*.py", ".DS_Store"]

c.ClearSolutions.code_stub = {"python": CODE_STUB}
c.ClearSolutions.text_stub = TEXT_STUB
c.GenerateAssignment.preprocessors.insert(0, ExpectedPictures)
c.GenerateAssignment.preprocessors.append(StudentVersion)

# `nbgrader autograde` and formgrader's button Autograde run nothing: `python -m grading` marks in its sandbox
c.Autograde.exporter_class = "grading.publishing.autograde.MarkedOutside"
take_over()
# for `nbgrader validate`, which runs a notebook as you
c.ExecutePreprocessor.timeout = 120
c.Execute.extra_arguments = ["--IPKernelApp.log_level=40"]

# `nbgrader export` would write over grades.csv, where `python -m grading` says why
c.ExportPlugin.to = "gradebook.csv"
c.ExportApp.plugin_class = Totals

# Pages show what students wrote: no script of theirs runs there, and what `nbgrader generate_feedback` writes loads
# nothing. It always writes anew, and brings our own page up to date with what a person marked meanwhile.
c.HTMLExporter.filters = {
    "markdown2html": "grading.publishing.cleaning.markdown2html",
    "clean_html": "grading.publishing.cleaning.clean_html",
}
c.HTMLExporter.sanitize_html = True
c.GenerateFeedback.exporter_class = "grading.publishing.cleaning.Page"
c.GenerateFeedback.force = True
c.GenerateFeedback.post_convert_hook = "grading.publishing.feedback.renew"
c.ExchangeFactory.release_feedback = "grading.publishing.exchange.ReleaseFeedback"

# formgrader needs no internet for its formulas, nor for its keys: a template of ours goes before nbgrader's
ours = Path(grading.__file__).parent / "publishing" / "templates"
theirs = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
c.HTMLExporter.extra_template_basedirs = [str(ours), str(theirs)]

# SQLAlchemy warns three times about each new student; nothing is wrong
warnings.filterwarnings("ignore", category=SAWarning)

# nbgrader looks for its tool `alembic` on the PATH, where it is only if the environment was activated
tools = str(Path(sys.executable).parent)
if not os.environ["PATH"].startswith(tools):  # this file may be read many times
    os.environ["PATH"] = os.pathsep.join([tools, os.environ["PATH"]])
