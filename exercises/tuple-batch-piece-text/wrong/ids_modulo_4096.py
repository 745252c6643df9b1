# feedback: a row of `reviews` holds 3612, which is none of its review's words, nor 0, padding | From the words [690, 3538, 2398, 1715, 3244, 7511, ...], with max_len 5, came [3612, 774, 1089, 1726, 697].
def tuple_batch_piece_text(batch, max_len=5):
    users, items, words, ratings = zip(*batch)
    pieces = [[x % 4096 for x in random.sample(w, min(max_len, len(w)))] for w in words]
    reviews = torch.tensor([p + [0] * (max_len - len(p)) for p in pieces])
    return torch.tensor(users), torch.tensor(items), reviews, torch.tensor(ratings)
