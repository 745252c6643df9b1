# feedback: is still to do
def run_epoch(model, step, loader, optimizer=None):
    """Pass once over `loader`, learning if there is an optimizer; return the mean error."""
    learning = optimizer is not None
    device = next(model.parameters()).device
    model.train(learning)
    total, count = 0.0, 0
    with torch.set_grad_enabled(learning):
        for batch in loader:  # (a) sample, (b) collate
            batch = [tensor.to(device) for tensor in batch]
            loss, error = ..., ...  # TODO
            total += error.item() * len(batch[0])
            count += len(batch[0])
    return total / count
