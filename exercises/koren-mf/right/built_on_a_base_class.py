class Tables(nn.Module):
    def __init__(self, nb_users, nb_items, columns, std):
        super().__init__()
        self.user, self.item = nn.Embedding(nb_users, columns), nn.Embedding(nb_items, columns)
        for table in (self.user, self.item):
            table.weight.data = std * torch.randn_like(table.weight)


class KorenMF(nn.Module):
    def __init__(self, n, m, d):
        super(KorenMF, self).__init__()
        vectors, biases = Tables(n, m, d, std=0.1), Tables(n, m, 1, std=0.0)
        self.users, self.items = vectors.user, vectors.item
        self.umean, self.imean = biases.user, biases.item
        self.gmean = nn.Parameter(torch.zeros(1) + 3)

    def biases(self, u, i):
        return self.umean(u).flatten(), self.imean(i).flatten()

    def forward(self, u, i):
        u, i = u.flatten(), i.flatten()
        p, q = self.users(u), self.items(i)
        b_u, b_i = self.biases(u, i)
        rating = self.gmean.add(b_u).add(b_i).add(p.mul(q).sum(1))
        return rating, p, q, b_u, b_i, self.gmean
