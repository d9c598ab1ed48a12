"""Trains the recipe `mnist-cnn` with Keras on TensorFlow's CPU: same model, data, batches, optimizer and schedule.

Usage: python3 mnist_cnn_keras.py FOLDER EPOCHS
FOLDER holds the four files of MNIST (train-images-idx3-ubyte and so on). Prints one line of JSON: the versions, the
seconds that training took and those of each epoch (the first compiles the graph), and what the test set says at the end.
Nothing of it but numpy, tensorflow-cpu and keras is needed.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
import tensorflow as tf

# What the recipe has: packages/cli/src/recipes/mnistCnn.ts.
BATCH, LEARNING_RATE, HALF_LIFE = 32, 0.002, 3750

folder, epochs = Path(sys.argv[1]), int(sys.argv[2])
keras.utils.set_random_seed(0)


def images(name):
    data = np.frombuffer((folder / name).read_bytes(), np.uint8, offset=16)
    return data.reshape(-1, 28, 28, 1).astype("float32") / 255


def labels(name):
    return keras.utils.to_categorical(np.frombuffer((folder / name).read_bytes(), np.uint8, offset=8), 10)


class EpochTimes(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)
        print(f"Keras, epoch {epoch + 1}: {self.seconds[-1]:.1f} s", file=sys.stderr)


train = images("train-images-idx3-ubyte"), labels("train-labels-idx1-ubyte")
test = images("t10k-images-idx3-ubyte"), labels("t10k-labels-idx1-ubyte")
model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
schedule = keras.optimizers.schedules.ExponentialDecay(LEARNING_RATE, HALF_LIFE, 0.5)
model.compile(keras.optimizers.Adam(schedule), "categorical_crossentropy", metrics=["accuracy"])
times = EpochTimes()
before = time.perf_counter()
model.fit(*train, batch_size=BATCH, epochs=epochs, shuffle=True, verbose=0, callbacks=[times])
seconds = time.perf_counter() - before
loss, accuracy = model.evaluate(*test, batch_size=1000, verbose=0)
versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
print(json.dumps({"version": versions, "seconds": seconds, "epochs": times.seconds, "loss": loss, "accuracy": accuracy}))
