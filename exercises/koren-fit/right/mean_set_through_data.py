def train_koren():
    model = KorenMF(data.nb_users, data.nb_items, 16)
    model.gmean.data = torch.tensor([data.mean])
    return model, fit(model, step=mf_step, train=train_loader, val=val_loader)
