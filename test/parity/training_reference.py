"""Training steps in Python TensorFlow, in float64: what ours are compared with, and how far rounding alone moves the golden ones.

Usage: training_reference.py write REFERENCE.json
           writes the reference beside this file: gradients, statistics and centres of the first golden step, and six steps of a
           tiny network by each optimiser with everything that a training may ask for. Of some learning rates that one is taken
           whose steps keep farthest from every kink of the network, so that no machine's rounding falls on its other side.
       training_reference.py spread GOLDEN_FOLDER
           takes the golden steps in float64, in float64 from weights that differ by half a unit of float32's last place, and in float32
           (run it again with TF_ENABLE_ONEDNN_OPTS=0, and with THREADS=1), and prints how far each ends from the golden values.

The rules are those of facenet.py and train_softmax.py, written here by themselves; nothing is taken from the program under test.
"""

import json
import os
import struct
import sys
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

if "THREADS" in os.environ:
    tf.config.threading.set_intra_op_parallelism_threads(int(os.environ["THREADS"]))
    tf.config.threading.set_inter_op_parallelism_threads(1)

OPTIMISERS = ("ADAGRAD", "ADADELTA", "ADAM", "RMSPROP", "MOM")
ROOT = "InceptionResnetV1/"
VALID = (2, "VALID")
ONE, THREE = (1, 1), (3, 3)


def initial(name, shape):
    """A weight that anyone can compute; see the README beside the golden numbers."""
    index = np.arange(int(np.prod(shape)), dtype=np.float64)
    s = np.sin(index * 12.9898 + zlib.crc32(name.encode()) % 10007) * 43758.5453
    u = 2 * (s - np.floor(s)) - 1
    last = name.split("/")[-1]
    if last == "moving_variance":
        values = 1 + 0.5 * u
    elif last in ("moving_mean", "beta", "biases"):
        values = 0.1 * u
    else:
        values = 0.7 * u * np.sqrt(6 / np.prod(shape[:-1]))
    return values.reshape(shape).astype(np.float32)


class Model:
    """Variables by name, and the layers over them. `noise` moves each weight by up to half a unit of float32's last place."""

    def __init__(self, dtype, noise=None):
        self.dtype, self.noise = dtype, noise
        self.variables, self.statistics, self.seen = {}, {}, []
        self.nearest_kink = float("inf")

    def weight(self, name, shape):
        if name not in self.variables:
            values = initial(name, shape).astype(self.dtype)
            if self.noise is not None:
                random = np.random.default_rng([self.noise, zlib.crc32(name.encode())])
                values = values * (1 + random.uniform(-1, 1, values.shape) * 2.0**-24)
            self.variables[name] = tf.Variable(values)
        return self.variables[name]

    def batch_norm(self, x, name):
        """The moving variance takes the unbiased one, as TensorFlow's fused kernel has it."""
        beta = self.weight(name + "/BatchNorm/beta", [x.shape[-1]])
        if self.dtype == np.float32:
            image = x if len(x.shape) == 4 else tf.reshape(x, [-1, 1, 1, x.shape[-1]])
            ones = tf.ones([x.shape[-1]])
            y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
                x=image, scale=ones, offset=beta, mean=[], variance=[], epsilon=0.001, is_training=True
            )
            self.seen.append((name, mean, variance))
            return tf.reshape(y, x.shape)
        axes = list(range(len(x.shape) - 1))
        mean, variance = tf.nn.moments(x, axes)
        count = np.prod([x.shape[axis] for axis in axes])
        self.seen.append((name, mean, variance * count / (count - 1)))
        return (x - mean) * tf.math.rsqrt(variance + 0.001) + beta

    def move_statistics(self):
        for name, mean, variance in self.seen:
            for part, value in (("moving_mean", mean), ("moving_variance", variance)):
                key = f"{name}/BatchNorm/{part}"
                before = self.statistics.get(key)
                if before is None:
                    before = initial(key, list(value.shape)).astype(self.dtype)
                self.statistics[key] = before - (before - value.numpy()) * self.dtype(1 - 0.995)
        self.seen.clear()

    def keep_from(self, distances):
        """Of a kink, where a gradient jumps: rounding that crosses one is no longer rounding."""
        self.nearest_kink = min(self.nearest_kink, float(tf.reduce_min(distances)))

    def relu(self, x):
        self.keep_from(tf.abs(x))
        return tf.nn.relu(x)

    def max_pool(self, x):
        parts = tf.image.extract_patches(x, [1, 3, 3, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID")
        highest = tf.sort(tf.reshape(parts, [-1, 9, x.shape[-1]]), 1)[:, -2:, :]
        is_active = highest[:, 1] > 0
        self.keep_from(tf.boolean_mask(highest[:, 1] - highest[:, 0], is_active))
        return tf.nn.max_pool2d(x, 3, 2, "VALID")

    def conv(self, x, name, channels, kernel, stride=1, padding="SAME"):
        w = self.weight(name + "/weights", [*kernel, x.shape[-1], channels])
        return self.relu(self.batch_norm(tf.nn.conv2d(x, w, stride, padding), name))

    def chain(self, x, scope, steps):
        for name, *rest in steps:
            x = self.conv(x, f"{scope}/{name}", *rest)
        return x

    def branches(self, x, scope, *all_steps):
        return [self.chain(x, f"{scope}/Branch_{i}", steps) for i, steps in enumerate(all_steps)]

    def add_projected(self, x, mixed, name, scale, is_active):
        kernel = self.weight(name + "/weights", [1, 1, mixed.shape[-1], x.shape[-1]])
        up = tf.nn.conv2d(mixed, kernel, 1, "SAME") + self.weight(name + "/biases", [x.shape[-1]])
        y = x + scale * up
        return self.relu(y) if is_active else y

    def residual(self, x, scope, scale, is_active, *all_steps):
        mixed = tf.concat(self.branches(x, scope, *all_steps), 3)
        return self.add_projected(x, mixed, f"{scope}/Conv2d_1x1", scale, is_active)

    def reduction(self, x, scope, *all_steps):
        return tf.concat([*self.branches(x, scope, *all_steps), self.max_pool(x)], 3)

    def bottleneck(self, x, name, units):
        x = tf.reduce_mean(x, [1, 2])
        return self.batch_norm(tf.matmul(x, self.weight(name + "/weights", [x.shape[-1], units])), name)

    def block35(self, x, scope):
        return self.residual(
            x, scope, 0.17, True,
            [("Conv2d_1x1", 32, ONE)],
            [("Conv2d_0a_1x1", 32, ONE), ("Conv2d_0b_3x3", 32, THREE)],
            [("Conv2d_0a_1x1", 32, ONE), ("Conv2d_0b_3x3", 32, THREE), ("Conv2d_0c_3x3", 32, THREE)],
        )  # fmt: skip

    def block17(self, x, scope):
        long = [("Conv2d_0a_1x1", 128, ONE), ("Conv2d_0b_1x7", 128, (1, 7)), ("Conv2d_0c_7x1", 128, (7, 1))]
        return self.residual(x, scope, 0.1, True, [("Conv2d_1x1", 128, ONE)], long)

    def block8(self, x, scope, scale=0.2, is_active=True):
        long = [("Conv2d_0a_1x1", 192, ONE), ("Conv2d_0b_1x3", 192, (1, 3)), ("Conv2d_0c_3x1", 192, (3, 1))]
        return self.residual(x, scope, scale, is_active, [("Conv2d_1x1", 192, ONE)], long)

    def inception_resnet_v1(self, x):
        x = self.conv(x, ROOT + "Conv2d_1a_3x3", 32, THREE, *VALID)
        x = self.conv(x, ROOT + "Conv2d_2a_3x3", 32, THREE, 1, "VALID")
        x = self.conv(x, ROOT + "Conv2d_2b_3x3", 64, THREE)
        x = self.max_pool(x)
        x = self.conv(x, ROOT + "Conv2d_3b_1x1", 80, ONE, 1, "VALID")
        x = self.conv(x, ROOT + "Conv2d_4a_3x3", 192, THREE, 1, "VALID")
        x = self.conv(x, ROOT + "Conv2d_4b_3x3", 256, THREE, *VALID)
        for i in range(1, 6):
            x = self.block35(x, f"{ROOT}Repeat/block35_{i}")
        x = self.reduction(
            x, ROOT + "Mixed_6a",
            [("Conv2d_1a_3x3", 384, THREE, *VALID)],
            [("Conv2d_0a_1x1", 192, ONE), ("Conv2d_0b_3x3", 192, THREE), ("Conv2d_1a_3x3", 256, THREE, *VALID)],
        )  # fmt: skip
        for i in range(1, 11):
            x = self.block17(x, f"{ROOT}Repeat_1/block17_{i}")
        x = self.reduction(
            x, ROOT + "Mixed_7a",
            [("Conv2d_0a_1x1", 256, ONE), ("Conv2d_1a_3x3", 384, THREE, *VALID)],
            [("Conv2d_0a_1x1", 256, ONE), ("Conv2d_1a_3x3", 256, THREE, *VALID)],
            [("Conv2d_0a_1x1", 256, ONE), ("Conv2d_0b_3x3", 256, THREE), ("Conv2d_1a_3x3", 256, THREE, *VALID)],
        )  # fmt: skip
        for i in range(1, 6):
            x = self.block8(x, f"{ROOT}Repeat_2/block8_{i}")
        return self.bottleneck(self.block8(x, ROOT + "Block8", 1.0, False), ROOT + "Bottleneck", 128)

    def tiny(self, x):
        first = self.conv(x, "Tiny/Conv2d_1", 8, THREE, 2)
        mixed = tf.concat(
            [self.conv(first, "Tiny/Conv2d_2a", 8, THREE), self.conv(first, "Tiny/Conv2d_2b", 8, (1, 3))], 3
        )
        x = self.add_projected(first, mixed, "Tiny/Conv2d_3", 0.5, True)
        return self.bottleneck(self.max_pool(x), "Tiny/Bottleneck", 8)


def update(kind, gradient, slots, rate, step, real):
    """The seed's optimisers with its constants: what is taken from a variable, and what is kept of it, by TensorFlow's names."""
    if kind == "MOM":
        kept = real(0.9) * slots.get("Momentum", real(0)) + gradient
        return rate * (gradient + real(0.9) * kept), {"Momentum": kept}
    if kind == "RMSPROP":
        squares = slots.get("RMSProp", real(1))
        squares = squares + (gradient**2 - squares) * real(0.1)
        kept = real(0.9) * slots.get("RMSProp_1", real(0)) + rate * gradient / np.sqrt(squares + real(1))
        return kept, {"RMSProp": squares, "RMSProp_1": kept}
    if kind == "ADAM":
        first, second = slots.get("Adam", real(0)), slots.get("Adam_1", real(0))
        first = first + (gradient - first) * real(0.1)
        second = second + (gradient**2 - second) * real(0.001)
        corrected = real(rate * np.sqrt(1 - 0.999**step) / (1 - 0.9**step))
        return corrected * first / (np.sqrt(second) + real(0.1)), {"Adam": first, "Adam_1": second}
    if kind == "ADAGRAD":
        squares = slots.get("Adagrad", real(0.1)) + gradient**2
        return rate * gradient / np.sqrt(squares), {"Adagrad": squares}
    squares = real(0.9) * slots.get("Adadelta", real(0)) + real(0.1) * gradient**2
    changes = slots.get("Adadelta_1", real(0))
    change = np.sqrt(changes + real(1e-6)) / np.sqrt(squares + real(1e-6)) * gradient
    kept = {"Adadelta": squares, "Adadelta_1": real(0.9) * changes + real(0.1) * change**2}
    return rate * change, kept


def pictures(count, side):
    k, y, x, c = np.meshgrid(np.arange(count), np.arange(side), np.arange(side), np.arange(3), indexing="ij")
    return np.floor(127.5 + 127.5 * np.sin(0.05 * (k + 1) * x + 0.031 * (k + 2) * y + 1.7 * c + k))


def standardised(images, kind):
    if kind == "fixed":
        return (images - 127.5) / 128
    mean, deviation = images.mean((1, 2, 3), keepdims=True), images.std((1, 2, 3), keepdims=True)
    return (images - mean) / np.maximum(deviation, 1 / np.sqrt(images[0].size))


GOLDEN = {
    "network": "inception_resnet_v1", "embedding": 128, "classes": 5, "batch": 10, "side": 160, "images": 10,
    "standardisation": "fixed", "decay": 5e-4, "centre_factor": 1e-2, "alfa": 0.95, "norm_factor": 5e-4, "p": 1,
    "average": 0,
}  # fmt: skip
TINY = {
    "network": "tiny", "embedding": 8, "classes": 3, "batch": 6, "side": 16, "images": 21,
    "standardisation": "per-image", "decay": 1e-3, "centre_factor": 0.05, "alfa": 0.9, "norm_factor": 1e-2, "p": 2,
    "average": 0.9,
}  # fmt: skip


def train(task, kind, rate, steps, dtype=np.float64, noise=None):
    """Takes steps; yields after each: losses, gradients, the whole state by the seed's names, and how near a kink came so far."""
    model, real = Model(dtype, noise), dtype
    images = standardised(pictures(task["images"], task["side"]), task["standardisation"]).astype(dtype)
    classes, size = task["classes"], task["embedding"]
    centres, slots, averages = np.zeros((classes, size), dtype), {}, {}
    rate = real(rate)
    for step in range(1, steps + 1):
        chosen = ((step - 1) * task["batch"] + np.arange(task["batch"])) % task["images"]
        labels = chosen % classes
        with tf.GradientTape() as tape:
            prelogits = getattr(model, task["network"])(tf.constant(images[chosen]))
            kernel, bias = model.weight("Logits/weights", [size, classes]), model.weight("Logits/biases", [classes])
            logits = tf.matmul(prelogits, kernel) + bias
            cross_entropy = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            )
            own, p = centres[labels], real(task["p"])
            lengths = tf.reduce_sum((tf.abs(prelogits) + real(1e-4)) ** p, 1) ** (1 / p)
            norm = tf.reduce_mean(lengths)
            centre_loss = tf.reduce_mean((prelogits - own) ** 2)
            kernels = [w for name, w in model.variables.items() if name.endswith("/weights")]
            regularisation = (
                real(task["decay"]) * tf.add_n([tf.nn.l2_loss(w) for w in kernels])
                + real(task["norm_factor"]) * norm
                + real(task["centre_factor"]) * centre_loss
            )
            total = cross_entropy + regularisation
        names = list(model.variables)
        gradients = dict(zip(names, tape.gradient(total, [model.variables[name] for name in names])))
        for name, gradient in gradients.items():
            change, slots[name] = update(kind, gradient.numpy(), slots.get(name, {}), rate, step, real)
            model.variables[name].assign_sub(change)
        np.subtract.at(centres, labels, (real(1) - real(task["alfa"])) * (own - prelogits.numpy()))
        model.move_statistics()
        state = {name: variable.numpy() for name, variable in model.variables.items()} | model.statistics
        if task["average"] > 0:
            share = real(1 - min(task["average"], step / (step + 9)))
            for name, value in state.items():
                before = averages.get(name)
                if before is None:
                    before = initial(name, list(value.shape)).astype(dtype)
                averages[name] = before - share * (before - value)
        state |= {f"{name}/{slot}": kept for name, of in slots.items() for slot, kept in of.items()}
        state |= {f"{name}/ExponentialMovingAverage": value for name, value in averages.items()}
        state["centers"] = centres.copy()
        losses = [total, cross_entropy, centre_loss, regularisation, norm]
        yield [float(loss) for loss in losses], {n: g.numpy() for n, g in gradients.items()}, state, model.nearest_kink


def fingerprint(values):
    """Length, and two sums with signs that anyone can compute: a change of the values moves these by about the change's own length."""
    flat = np.asarray(values, np.float64).reshape(-1)
    index = np.arange(flat.size, dtype=np.uint64)
    signs = [1 - 2.0 * ((((index + 1) * factor) & 0xFFFFFFFF) >> 31) for factor in (2654435761, 2246822519)]
    return [float(f"{value:.9g}") for value in (np.linalg.norm(flat), *(float(flat @ sign) for sign in signs))]


def fingerprints(tensors):
    return {name: fingerprint(values) for name, values in sorted(tensors.items())}


def write(file):
    _, gradients, state, _ = next(train(GOLDEN, "MOM", 0.01, 1))
    statistics = {name: value for name, value in state.items() if "/moving_" in name or name == "centers"}
    golden = {"gradients": fingerprints(gradients), "state": fingerprints(statistics)}
    rates = {"ADAGRAD": 0.05, "ADADELTA": 1.0, "ADAM": 0.02, "RMSPROP": 0.02, "MOM": 0.02}
    tiny = {}
    for kind, rate in rates.items():
        tries = [(near, list(train(TINY, kind, near, 6))) for near in (round(rate * (1 + k / 50), 6) for k in range(25))]
        taken, told = max(tries, key=lambda of: of[1][-1][3])
        print(f"{kind:8} by {taken}: {told[-1][3]:.1e} from the nearest kink", flush=True)
        tiny[kind] = {"learningRate": taken, "losses": [of[0] for of in told], "state": fingerprints(told[-1][2])}
    with open(file, "w") as out:
        json.dump({"firstStep": golden, "tiny": tiny}, out, indent=1)


def read_safetensors(file):
    with open(file, "rb") as source:
        data = source.read()
    (length,) = struct.unpack("<Q", data[:8])
    head = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    return {
        name: np.frombuffer(body[slice(*of["data_offsets"])], np.float32).reshape(of["shape"])
        for name, of in head.items()
        if name != "__metadata__"
    }


def spread(folder):
    with open(f"{folder}/network.json") as source:
        golden = json.load(source)["training"]
    tensors = read_safetensors(f"{folder}/network.safetensors")
    first = ROOT + "Conv2d_1a_3x3/"
    names = {
        "centers": "centers", "logits_weights": "Logits/weights", "conv1a_weights": first + "weights",
        "conv1a_moving_mean": first + "BatchNorm/moving_mean",
    }  # fmt: skip
    runs = {"float64": (np.float64, None), "float64, moved": (np.float64, 1), "float32": (np.float32, None)}
    for kind in OPTIMISERS:
        for title, (dtype, noise) in runs.items():
            *_, (_, _, state, _) = train(GOLDEN, kind, golden[kind]["learning_rate"], 3, dtype, noise)
            errors = []
            for name, ours in names.items():
                wanted = tensors[f"train_{kind}/{name}"]
                errors.append(f"{name} {np.abs(state[ours] - wanted).max() / np.abs(wanted).max():.1e}")
            print(f"{kind:8} {title:15}", ", ".join(errors), flush=True)


{"write": write, "spread": spread}[sys.argv[1]](sys.argv[2])
