# feedback: the session's own, imported from helpers.training
from helpers.training import run_epoch
