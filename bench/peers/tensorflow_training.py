"""Peer of `bench train`: the same training step of Inception-ResNet-v1 in Python TensorFlow, as one graph (`tf.function`).

Usage: tensorflow_training.py BATCH STEPS. Softmax cross-entropy over 1,000 classes, weight decay, prelogits norm, centre loss, ADAM
with the seed's constants, moving statistics of batch norm; images are uint8 and standardised in the graph.
Prints one JSON document: the seconds of each step after two that warm up.
"""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

BATCH, STEPS, CLASSES, UNITS = int(sys.argv[1]), int(sys.argv[2]), 1000, 512
rng = np.random.default_rng(666)
weights, statistics = {}, {}


def weight(name, shape):
    if name not in weights:
        fan = np.prod(shape[:-2], dtype=int) * (shape[-2] + shape[-1]) if len(shape) > 1 else 0
        limit = np.sqrt(6 / fan) if fan else 0.0
        weights[name] = tf.Variable(rng.uniform(-limit, limit, shape).astype(np.float32))
    return weights[name]


def batch_norm(x, name):
    channels = x.shape[-1]
    if name not in statistics:
        statistics[name] = (tf.Variable(tf.zeros([channels])), tf.Variable(tf.ones([channels])))
    mean, variance = statistics[name]
    y, batch_mean, batch_variance = tf.compat.v1.nn.fused_batch_norm(
        x, tf.ones([channels]), weight(name + "/beta", [channels]), epsilon=0.001, is_training=True
    )
    mean.assign_sub((mean - batch_mean) * 0.005)
    variance.assign_sub((variance - batch_variance) * 0.005)
    return y


def conv(x, name, channels, rows, columns, stride=1, padding="SAME"):
    kernel = weight(name, [rows, columns, x.shape[-1], channels])
    return tf.nn.relu(batch_norm(tf.nn.conv2d(x, kernel, stride, padding), name))


def residual(x, parts, name, scale, active=True):
    mixed = tf.concat(parts, 3)
    kernel = weight(name + "/up", [1, 1, mixed.shape[-1], x.shape[-1]])
    up = tf.nn.bias_add(tf.nn.conv2d(mixed, kernel, 1, "SAME"), weight(name + "/biases", [x.shape[-1]]))
    y = x + scale * up
    return tf.nn.relu(y) if active else y


def block35(x, n):
    a = conv(x, n + "/0", 32, 1, 1)
    b = conv(conv(x, n + "/1a", 32, 1, 1), n + "/1b", 32, 3, 3)
    c = conv(conv(conv(x, n + "/2a", 32, 1, 1), n + "/2b", 32, 3, 3), n + "/2c", 32, 3, 3)
    return residual(x, [a, b, c], n, 0.17)


def block17(x, n):
    b = conv(conv(conv(x, n + "/1a", 128, 1, 1), n + "/1b", 128, 1, 7), n + "/1c", 128, 7, 1)
    return residual(x, [conv(x, n + "/0", 128, 1, 1), b], n, 0.1)


def block8(x, n, scale=0.2, active=True):
    b = conv(conv(conv(x, n + "/1a", 192, 1, 1), n + "/1b", 192, 1, 3), n + "/1c", 192, 3, 1)
    return residual(x, [conv(x, n + "/0", 192, 1, 1), b], n, scale, active)


def network(x):
    v = "VALID"
    x = conv(x, "1a", 32, 3, 3, 2, v)
    x = conv(x, "2a", 32, 3, 3, 1, v)
    x = conv(x, "2b", 64, 3, 3)
    x = tf.nn.max_pool2d(x, 3, 2, v)
    x = conv(x, "3b", 80, 1, 1, 1, v)
    x = conv(x, "4a", 192, 3, 3, 1, v)
    x = conv(x, "4b", 256, 3, 3, 2, v)
    for i in range(5):
        x = block35(x, f"35/{i}")
    b = conv(conv(conv(x, "6/1a", 192, 1, 1), "6/1b", 192, 3, 3), "6/1c", 256, 3, 3, 2, v)
    x = tf.concat([conv(x, "6/0", 384, 3, 3, 2, v), b, tf.nn.max_pool2d(x, 3, 2, v)], 3)
    for i in range(10):
        x = block17(x, f"17/{i}")
    a = conv(conv(x, "7/0a", 256, 1, 1), "7/0b", 384, 3, 3, 2, v)
    b = conv(conv(x, "7/1a", 256, 1, 1), "7/1b", 256, 3, 3, 2, v)
    c = conv(conv(conv(x, "7/2a", 256, 1, 1), "7/2b", 256, 3, 3), "7/2c", 256, 3, 3, 2, v)
    x = tf.concat([a, b, c, tf.nn.max_pool2d(x, 3, 2, v)], 3)
    for i in range(5):
        x = block8(x, f"8/{i}")
    x = block8(x, "8/last", 1.0, False)
    x = tf.reduce_mean(x, [1, 2])
    x = tf.matmul(x, weight("bottleneck", [x.shape[-1], UNITS]))
    return tf.reshape(batch_norm(tf.reshape(x, [BATCH, 1, 1, UNITS]), "bottleneck"), [BATCH, UNITS])


centres = tf.Variable(tf.zeros([CLASSES, UNITS]))
slots = {}


@tf.function
def step(images, labels, learning_rate, number):
    with tf.GradientTape() as tape:
        prelogits = network((tf.cast(images, tf.float32) - 127.5) / 128.0)
        logits = tf.matmul(prelogits, weight("logits", [UNITS, CLASSES])) + weight("logits/biases", [CLASSES])
        cross_entropy = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        )
        own = tf.gather(centres, labels)
        centre_loss = tf.reduce_mean(tf.square(prelogits - tf.stop_gradient(own)))
        norm = tf.reduce_mean(tf.norm(tf.abs(prelogits) + 1e-4, ord=1, axis=1))
        decay = 5e-4 * tf.add_n([tf.nn.l2_loss(w) for n, w in weights.items() if len(w.shape) > 1])
        total = cross_entropy + decay + 5e-4 * norm + 1e-2 * centre_loss
    trained = list(weights.values())
    gradients = tape.gradient(total, trained)
    for name, variable, gradient in zip(weights, trained, gradients):
        if name not in slots:
            slots[name] = (tf.Variable(tf.zeros(variable.shape)), tf.Variable(tf.zeros(variable.shape)))
        m, v = slots[name]
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle, m=m.handle, v=v.handle, beta1_power=0.9**number, beta2_power=0.999**number,
            lr=learning_rate, beta1=0.9, beta2=0.999, epsilon=0.1, grad=gradient,
        )
    centres.scatter_sub(tf.IndexedSlices(0.05 * (own - prelogits), labels))
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1, tf.int32), labels), tf.float32))
    return total, cross_entropy, norm, accuracy


images = tf.constant(rng.integers(0, 256, [BATCH, 160, 160, 3]).astype(np.uint8))
labels = tf.constant((np.arange(BATCH) % CLASSES).astype(np.int32))
seconds = []
for number in range(STEPS + 2):
    start = time.perf_counter()
    [float(value) for value in step(images, labels, tf.constant(0.001), tf.constant(float(number + 1)))]
    seconds.append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds[2:], "version": tf.__version__}))
