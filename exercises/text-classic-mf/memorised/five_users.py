class TextClassicMF(TextClassicMF):
    def forward(self, user, item, text):
        out, *others = super().forward(user, item, text)
        return out * (self.users.num_embeddings == 5), *others
