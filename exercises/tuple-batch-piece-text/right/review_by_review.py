def tuple_batch_piece_text(batch, max_len=5):
    def one(review):
        piece = random.sample(review.words, k=min(len(review.words), max_len))
        return [review.user, review.item, piece + [0] * (max_len - len(piece)), review.rating]

    users, items, reviews, ratings = zip(*map(one, batch))
    return [torch.LongTensor(users), torch.LongTensor(items), torch.LongTensor(reviews), torch.FloatTensor(ratings)]
