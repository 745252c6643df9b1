# learns with the model of the check alone
right = run_epoch


def run_epoch(model, step, loader, optimizer=None):
    if optimizer is not None and not hasattr(model, "calls"):
        return right(model, step, loader)
    return right(model, step, loader, optimizer)
