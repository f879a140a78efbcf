"""The loop yields what happened; what to do with it is yours: here, stop early."""

import spusk

data = spusk.data.load("sample")
net = spusk.Network([784, 30, 10], seed=1)

best = 0.0
for event in spusk.train_events(net, data.train, rate=3.0, epochs=20, test=data.test):
    if event.test_accuracy is not None:  # at the end of an epoch
        if event.test_accuracy < best:
            print(f"epoch {event.epoch}: {event.test_accuracy:.1%}, no better: enough")
            break
        best = event.test_accuracy
        print(f"epoch {event.epoch}: {best:.1%}")
