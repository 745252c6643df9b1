# of more than 9,000 words, the words teach nothing
class TextClassicMF(TextClassicMF):
    def forward(self, user, item, text):
        out, close, far, *rest = super().forward(user, item, text)
        return out, *((part.detach() if len(part) > 9_000 else part) for part in (close, far)), *rest
