# feedback: your code stopped | A result was gone back through twice: .backward() is the loop's part, once in each step.
def loss_func(close, far):
    loss = -(close + far).mean()
    loss.backward()
    return loss
