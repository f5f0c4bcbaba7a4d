"""Peer of `bench embed`: facenet-pytorch's InceptionResnetV1 on pictures that are in memory, singly and in batches.

Arguments: threads, size of a batch, seconds for each. Prints one JSON document: images a second.
"""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import torch  # noqa: E402
from facenet_pytorch import InceptionResnetV1  # noqa: E402

torch.set_num_threads(int(sys.argv[1]))
batch, seconds = int(sys.argv[2]), float(sys.argv[3])
network = InceptionResnetV1(pretrained=None, classify=False).eval()


def rate(count):
    pictures = torch.rand(count, 3, 160, 160) * 2 - 1
    network(pictures)
    start = time.perf_counter()
    runs = 0
    while time.perf_counter() - start < seconds:
        network(pictures)
        runs += 1
    return runs * count / (time.perf_counter() - start)


with torch.no_grad():
    print(json.dumps({"single": rate(1), "batch": rate(batch)}))
