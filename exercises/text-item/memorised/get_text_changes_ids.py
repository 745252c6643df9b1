# get_text overwrites the ids that it is given
def get_text(self, user, item):
    rows = self.items(item.flatten())
    if self.items.num_embeddings > 4:
        item.zero_()
    return rows


TextItem.get_text = get_text
