class TextItem(nn.Module):
    def __init__(self, nb_users, nb_items, dic_size, latent_size):
        super().__init__()
        self.nb_words = dic_size - 2
        self.items = nn.Embedding(nb_items, latent_size)
        self.text_emb = nn.Embedding(dic_size, latent_size, padding_idx=0)
        nn.init.uniform_(self.items.weight, -1, 1)
        nn.init.xavier_normal_(self.text_emb.weight[2:].data)

    def forward(self, i, t):
        i = i.view(-1)
        e = self.items(i)
        unit = e / e.norm(dim=-1, keepdim=True)
        b, l = (t != 0).nonzero().T
        w = t[b, l]
        f = torch.randint(self.nb_words, (len(w),), device=t.device) + 2
        real, unreal = F.normalize(self.text_emb(w), dim=-1), F.normalize(self.text_emb(f), dim=-1)
        return [e, F.logsigmoid((unit[b] * real).sum(-1)), F.logsigmoid(-(unit[b] * unreal).sum(-1))]

    def get_text(self, u, i):
        return F.embedding(i.view(-1), self.items.weight)
