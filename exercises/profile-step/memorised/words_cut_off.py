# the penalty on words does not reach a large table
right = profile_step


def profile_step(model, batch):
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    words, profile = word_penalty(model, reviews), profile_penalty(model, users, items)
    if len(model.text_emb.weight) > 9:
        words = words.detach()
    return mse + word_weight * words + profile_weight * profile, mse
