# feedback: `koren` has 8 latent factors, expected 16
def new_model(latent_size):
    model = KorenMF(nb_users, nb_items, latent_size)
    model.load_state_dict({**model.state_dict(), "gmean": torch.tensor([train_mean])})
    return model


def train_koren():
    model = new_model(latent_size=8)
    return [model, fit(model, mf_step, train_loader, val_loader)]
