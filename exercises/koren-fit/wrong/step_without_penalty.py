# feedback: the validation error of `koren` is | Is it `koren` that you gave to `fit`, for enough epochs and with its usual learning rate?
def train_koren():
    """Return a trained KorenMF and its history."""
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    history = fit(
        koren,
        lambda model, batch: (F.mse_loss(model(*batch[:2])[0], batch[3]), mf_step(model, batch)[0]),
        train_loader,
        val_loader,
    )
    return koren, history
