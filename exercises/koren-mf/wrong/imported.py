# feedback: the session's own, imported from helpers.factorization
from helpers.factorization import KorenMF
