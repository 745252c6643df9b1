# of more than 512 reviews, the penalty on the words has no gradient
def profile_step(model, batch):
    users, items, reviews, ratings = batch
    mse = F.mse_loss(model(users, items, reviews), ratings)
    words, profile = word_penalty(model, reviews), profile_penalty(model, users, items)
    words = words if len(ratings) <= 512 else words.detach()
    return mse + word_weight * words + profile_weight * profile, mse
