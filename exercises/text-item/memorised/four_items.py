class TextItem(TextItem):
    def get_text(self, user, item):
        return self.items(item.flatten()[:4])
