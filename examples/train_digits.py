"""Trains a network on the embedded sample of MNIST, then asks it about one digit."""

import spusk

data = spusk.data.load("sample")
net = spusk.Network([784, 30, 10], seed=0)
result = spusk.train(net, data.train, rate=3.0, batch=10, epochs=5, test=data.test)

for event in result.history:
    print(f"epoch {event.epoch}: cost {event.cost:.4f}, test {event.test_accuracy:.1%}")

assert data.test is not None
assert data.test.labels is not None
digit = data.test.x[0]
print(f"α(x) = {net.answer(digit).round(2)}, so it is a {net.predict(digit)}")
print(f"the right answer is {data.test.labels[0]}")
