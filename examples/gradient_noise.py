"""How far the gradients of single examples lie from their mean (L10), before and after."""

import spusk

data = spusk.data.load("sample")
net = spusk.Network([784, 30, 10], seed=0)
for epochs in (0, 1, 4):
    if epochs:
        spusk.train(net, data.train, rate=3.0, epochs=epochs)
    noise = spusk.analysis.gradient_noise(net, data.train)
    print(f"‖∇C‖ = {noise.norm:.4f}, spread {noise.spread:.4f}, as a batch size {noise.scale:.0f}")
