"""The golden training steps in Python TensorFlow, in float64: how far rounding alone moves them.

Usage: training_float64.py network.json; prints the loss of each step beside the golden one, for ADAM, RMSPROP and MOM.
"""

import json
import os
import sys
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

ROOT = "InceptionResnetV1/"
VALID = (2, "VALID")
weights = {}


def weight(name, shape):
    """A weight that anyone can compute; see the README beside the golden numbers."""
    if name not in weights:
        index = np.arange(int(np.prod(shape)), dtype=np.float64)
        s = np.sin(index * 12.9898 + zlib.crc32(name.encode()) % 10007) * 43758.5453
        u = 2 * (s - np.floor(s)) - 1
        is_small = name.split("/")[-1] in ("beta", "biases")
        values = 0.1 * u if is_small else 0.7 * u * np.sqrt(6 / np.prod(shape[:-1]))
        weights[name] = tf.Variable(values.reshape(shape).astype(np.float32).astype(np.float64))
    return weights[name]


def batch_norm(x, name, axes):
    mean, variance = tf.nn.moments(x, axes)
    beta = weight(name + "/BatchNorm/beta", [x.shape[-1]])
    return (x - mean) * tf.math.rsqrt(variance + 0.001) + beta


def conv(x, name, channels, kernel, stride=1, padding="SAME"):
    w = weight(ROOT + name + "/weights", [*kernel, x.shape[-1], channels])
    return tf.nn.relu(batch_norm(tf.nn.conv2d(x, w, stride, padding), ROOT + name, [0, 1, 2]))


def chain(x, scope, steps):
    for name, *rest in steps:
        x = conv(x, scope + "/" + name, *rest)
    return x


def branches(x, scope, *all_steps):
    return [chain(x, f"{scope}/Branch_{i}", steps) for i, steps in enumerate(all_steps)]


def residual(x, scope, scale, is_active, *all_steps):
    mixed = tf.concat(branches(x, scope, *all_steps), 3)
    name = ROOT + scope + "/Conv2d_1x1/"
    up = tf.nn.conv2d(mixed, weight(name + "weights", [1, 1, mixed.shape[-1], x.shape[-1]]), 1, "SAME")
    y = x + scale * (up + weight(name + "biases", [x.shape[-1]]))
    return tf.nn.relu(y) if is_active else y


def block35(x, scope):
    one, three = (1, 1), (3, 3)
    return residual(
        x, scope, 0.17, True,
        [("Conv2d_1x1", 32, one)],
        [("Conv2d_0a_1x1", 32, one), ("Conv2d_0b_3x3", 32, three)],
        [("Conv2d_0a_1x1", 32, one), ("Conv2d_0b_3x3", 32, three), ("Conv2d_0c_3x3", 32, three)],
    )  # fmt: skip


def block17(x, scope):
    long = [("Conv2d_0a_1x1", 128, (1, 1)), ("Conv2d_0b_1x7", 128, (1, 7)), ("Conv2d_0c_7x1", 128, (7, 1))]
    return residual(x, scope, 0.1, True, [("Conv2d_1x1", 128, (1, 1))], long)


def block8(x, scope, scale=0.2, is_active=True):
    long = [("Conv2d_0a_1x1", 192, (1, 1)), ("Conv2d_0b_1x3", 192, (1, 3)), ("Conv2d_0c_3x1", 192, (3, 1))]
    return residual(x, scope, scale, is_active, [("Conv2d_1x1", 192, (1, 1))], long)


def reduction(x, scope, *all_steps):
    return tf.concat([*branches(x, scope, *all_steps), tf.nn.max_pool2d(x, 3, 2, "VALID")], 3)


def network(x):
    three, one = (3, 3), (1, 1)
    x = conv(x, "Conv2d_1a_3x3", 32, three, *VALID)
    x = conv(x, "Conv2d_2a_3x3", 32, three, 1, "VALID")
    x = conv(x, "Conv2d_2b_3x3", 64, three)
    x = tf.nn.max_pool2d(x, 3, 2, "VALID")
    x = conv(x, "Conv2d_3b_1x1", 80, one, 1, "VALID")
    x = conv(x, "Conv2d_4a_3x3", 192, three, 1, "VALID")
    x = conv(x, "Conv2d_4b_3x3", 256, three, *VALID)
    for i in range(1, 6):
        x = block35(x, f"Repeat/block35_{i}")
    x = reduction(
        x, "Mixed_6a",
        [("Conv2d_1a_3x3", 384, three, *VALID)],
        [("Conv2d_0a_1x1", 192, one), ("Conv2d_0b_3x3", 192, three), ("Conv2d_1a_3x3", 256, three, *VALID)],
    )  # fmt: skip
    for i in range(1, 11):
        x = block17(x, f"Repeat_1/block17_{i}")
    x = reduction(
        x, "Mixed_7a",
        [("Conv2d_0a_1x1", 256, one), ("Conv2d_1a_3x3", 384, three, *VALID)],
        [("Conv2d_0a_1x1", 256, one), ("Conv2d_1a_3x3", 256, three, *VALID)],
        [("Conv2d_0a_1x1", 256, one), ("Conv2d_0b_3x3", 256, three), ("Conv2d_1a_3x3", 256, three, *VALID)],
    )  # fmt: skip
    for i in range(1, 6):
        x = block8(x, f"Repeat_2/block8_{i}")
    x = tf.reduce_mean(block8(x, "Block8", 1.0, False), [1, 2])
    return batch_norm(tf.matmul(x, weight(ROOT + "Bottleneck/weights", [1792, 128])), ROOT + "Bottleneck", [0])


def update(kind, variable, gradient, slots, rate, step):
    """The seed's optimisers with its constants."""
    first, second = slots.get(variable.ref(), (0.0, 1.0 if kind == "RMSPROP" else 0.0))
    if kind == "MOM":
        first = 0.9 * first + gradient
        change = rate * (gradient + 0.9 * first)
    elif kind == "RMSPROP":
        second = second + 0.1 * (gradient**2 - second)
        first = 0.9 * first + rate * gradient / np.sqrt(second + 1.0)
        change = first
    else:
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        change = rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step) * first / (np.sqrt(second) + 0.1)
    slots[variable.ref()] = (first, second)
    variable.assign_sub(change)


def pictures():
    k, y, x, c = np.meshgrid(np.arange(10), np.arange(160), np.arange(160), np.arange(3), indexing="ij")
    bytes_ = np.floor(127.5 + 127.5 * np.sin(0.05 * (k + 1) * x + 0.031 * (k + 2) * y + 1.7 * c + k))
    return tf.constant((bytes_ - 127.5) / 128)


golden = json.load(open(sys.argv[1]))["training"]
images, labels = pictures(), tf.constant(np.arange(10) % 5)
for kind in ("ADAM", "RMSPROP", "MOM"):
    weights.clear()
    slots = {}
    centres = np.zeros((5, 128))
    for step, expected in enumerate(golden[kind]["steps"], 1):
        with tf.GradientTape() as tape:
            prelogits = network(images)
            logits = tf.matmul(prelogits, weight("Logits/weights", [128, 5])) + weight("Logits/biases", [5])
            cross_entropy = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            )
            own = centres[labels.numpy()]
            kernels = [w for name, w in weights.items() if name.endswith("/weights")]
            total = (
                cross_entropy
                + 5e-4 * tf.add_n([tf.nn.l2_loss(w) for w in kernels])
                + 5e-4 * tf.reduce_mean(tf.reduce_sum(tf.abs(prelogits) + 1e-4, 1))
                + 1e-2 * tf.reduce_mean((prelogits - own) ** 2)
            )
        trained = list(weights.values())
        for variable, gradient in zip(trained, tape.gradient(total, trained)):
            update(kind, variable, gradient.numpy(), slots, golden[kind]["learning_rate"], step)
        np.subtract.at(centres, labels.numpy(), 0.05 * (own - prelogits.numpy()))
        print(kind, step, float(total), expected["total"], float(total) / expected["total"] - 1, flush=True)
