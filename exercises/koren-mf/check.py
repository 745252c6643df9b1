"""The check of `KorenMF`."""

from functools import partial

from exercises.kit.expect import check
from exercises.kit.factorization import check_constructor, check_model
from exercises.kit.specs import KOREN


@check("koren-mf", parts={"constructor": partial(check_constructor, spec=KOREN)})
def koren_mf(KorenMF):
    """Check `KorenMF`: out = gmean + umean + imean + U_u . I_i."""
    check_model(KorenMF, KOREN)
