def run_epoch(model, step, loader, optimizer=None):
    learning = optimizer is not None
    device = next(model.parameters()).device
    model.train() if learning else model.eval()
    errors, sizes = [], []
    for batch in loader:
        batch = [tensor.to(device) for tensor in batch]
        with torch.set_grad_enabled(learning):
            loss, error = step(model, batch)
        if learning:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        errors.append(error.item())
        sizes.append(len(batch[0]))
    return sum(e * n for e, n in zip(errors, sizes)) / sum(sizes)
