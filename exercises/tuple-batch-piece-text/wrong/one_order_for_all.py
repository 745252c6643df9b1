# feedback: all reviews of a batch give words from the same positions; draw for each review
def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch)
    order = list(range(10000))
    random.shuffle(order)
    pieces = [[w[i] for i in order if i < len(w)][:max_len] for w in words]
    reviews = torch.tensor([p + [0] * (max_len - len(p)) for p in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
