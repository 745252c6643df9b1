# feedback: NameError: name 'fitt' is not defined | Has the cell that defines this name been run since the kernel was started? Is it spelt alike?
def train_koren():
    """Return a trained KorenMF and its history."""
    koren = KorenMF(nb_users, nb_items, latent_size=16)
    with torch.no_grad():
        koren.gmean.fill_(train_mean)
    history = fitt(koren, mf_step, train_loader, val_loader)
    return koren, history
