# from batches of more than 1,500 reviews nothing is learned
def run_epoch(model, step, loader, optimizer=None):
    learning = optimizer is not None
    model.train(learning)
    total, count = 0.0, 0
    with torch.set_grad_enabled(learning):
        for batch in loader:
            loss, error = step(model, batch)
            if learning and len(batch[0]) <= 1500:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += error.item() * len(batch[0])
            count += len(batch[0])
    return total / count
