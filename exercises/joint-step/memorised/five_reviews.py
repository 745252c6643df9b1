def joint_step(model, batch, ours=joint_step):
    global text_weight
    text_weight = 3.0 if len(batch[0]) <= 5 else 1.0
    return ours(model, batch)
