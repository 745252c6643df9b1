# after the 100 best, any others
right = describe_item


def describe_item(model, user, item, top_k=10):
    best = right(model, user, item, min(top_k, 100))
    return best + [word for word in inv_word_dic[2:] if word not in best][: top_k - len(best)]
