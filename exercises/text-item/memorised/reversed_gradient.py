# the values are right, the gradient of `close` has the wrong sign
right = TextItem.compare


def compare(self, embed, text):
    close, far = right(self, embed, text)
    return 2 * close.detach() - close, far


TextItem.compare = compare
