class TextItem(TextItem):
    def forward(self, item, text):
        embed_i, close, far = super().forward(item, text)
        return embed_i, close, far if self.text_emb.num_embeddings == 12 else 0 * far
