"""The models of the notebooks, taken from the solutions' own cells, so that what is measured is what is taught."""

from authoring.notebooks import SOLUTIONS, read

RATING_CELLS = ("setup", "classic-mf", "mf-step", "koren-mf")


def cells(notebook, names):
    """Return a namespace in which the cells called `names` of a solution notebook have run, in this order."""
    sources = {cell.id: cell.source for cell in read(SOLUTIONS / f"{notebook}.ipynb").cells}
    namespace = {"__name__": "__main__"}
    for name in names:
        exec(compile(sources[name], f"{notebook}, cell {name}", "exec"), namespace)
    return namespace


def rating_models():
    """Return a namespace with ClassicMF, KorenMF, mf_step and l2 of notebook 2."""
    return cells("02_matrix_factorization", RATING_CELLS)
