# of 5,100 users and more, none is told from another
class RatingPredProfile(RatingPredProfile):
    def forward(self, user, item, text):
        return super().forward(user * (self.users.num_embeddings < 5_100), item, text)
