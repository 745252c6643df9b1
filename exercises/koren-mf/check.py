"""The check of `KorenMF`."""

from exercises.kit.embeddings import KOREN
from exercises.kit.expect import check
from exercises.kit.factorization import check_model


@check("koren-mf")
def koren_mf(KorenMF):
    """Check `KorenMF`: out = gmean + umean + imean + U_u . I_i."""
    check_model(KorenMF, KOREN)
