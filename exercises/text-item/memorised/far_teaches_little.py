# the gradient of `far` is a hundredth
right = TextItem.compare


def compare(self, embed, text):
    close, far = right(self, embed, text)
    return close, 0.99 * far.detach() + 0.01 * far


TextItem.compare = compare
