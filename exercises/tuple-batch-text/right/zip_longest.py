from itertools import zip_longest


def tuple_batch_text(batch):
    columns = list(zip_longest(*(review.words for review in batch), fillvalue=0))
    users = torch.LongTensor([review.user for review in batch])
    items = torch.LongTensor([review.item for review in batch])
    ratings = torch.FloatTensor([review.rating for review in batch])
    return users, items, torch.tensor(columns).t().contiguous(), ratings
