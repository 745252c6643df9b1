"""JupyterLab as a student needs it: it opens on the notebooks, without the instructor's panels and without news."""

from pathlib import Path

HERE = Path(__file__).resolve().parent

c = get_config()  # noqa: F821 - Jupyter puts it here

c.ServerApp.root_dir = str(HERE.parent / "notebooks" / "recommenders2")
c.LabApp.app_settings_dir = str(HERE)  # overrides.json: no news; page_config.json: no panels for instructors
