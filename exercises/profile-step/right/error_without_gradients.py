def profile_step(model, batch):
    """Return the loss to minimise and the mean squared error to report, two scalars."""
    *inputs, ratings = batch
    out = model(*inputs)
    with torch.no_grad():
        error = (out - ratings).pow(2).mean()
    loss = torch.mean((ratings - out) ** 2)
    loss += profile_weight * profile_penalty(model, *inputs[:2])
    loss += word_weight * word_penalty(model, inputs[2])
    return loss, error
