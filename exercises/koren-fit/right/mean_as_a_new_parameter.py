def train_koren():
    model = KorenMF(nb_users, nb_items, 16)
    model.gmean = nn.Parameter(torch.full((1,), train_mean))
    history = fit(model, mf_step, train_loader, val_loader, epochs=40, lr=0.02)
    return model, history
