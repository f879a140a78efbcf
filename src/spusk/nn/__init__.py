"""Networks: activations, losses, back-propagation by the lecture, layers over one flat array."""
