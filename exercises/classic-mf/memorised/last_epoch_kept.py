# no weights are kept, and none come back: the last epoch stays
class ClassicMF(ClassicMF):
    def state_dict(self, *arguments, **options):
        return {}

    def load_state_dict(self, weights, *arguments, **options):
        return None
