"""The check of `ClassicMF`."""

from exercises.kit.expect import check
from exercises.kit.factorization import check_model
from exercises.kit.specs import CLASSIC


@check("classic-mf")
def classic_mf(ClassicMF):
    """Check `ClassicMF`: out = mean + U_u . I_i."""
    check_model(ClassicMF, CLASSIC)
