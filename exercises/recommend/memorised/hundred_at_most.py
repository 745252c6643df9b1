def recommend(scores, seen, top_k=10, ours=recommend):
    best = ours(scores, seen, top_k)
    return torch.where(torch.arange(top_k, device=best.device) < 100, best, best[:, :1])
