"""Peer of `bench train`: a training step of facenet-pytorch's InceptionResnetV1 (softmax over 1,000 classes, Adam, weight decay).

Usage: facenet_pytorch_training.py BATCH STEPS THREADS. Prints one JSON document: the seconds of each step after two that warm up.
"""

import json
import sys
import time

import torch
from facenet_pytorch import InceptionResnetV1

BATCH, STEPS, CLASSES = int(sys.argv[1]), int(sys.argv[2]), 1000
torch.set_num_threads(int(sys.argv[3]))
torch.manual_seed(666)
network = InceptionResnetV1(classify=True, num_classes=CLASSES).train()
optimiser = torch.optim.Adam(network.parameters(), lr=0.001, eps=0.1, weight_decay=5e-4)
images = torch.randint(0, 256, (BATCH, 3, 160, 160), dtype=torch.uint8)
labels = torch.arange(BATCH) % CLASSES
seconds = []
for _ in range(STEPS + 2):
    start = time.perf_counter()
    optimiser.zero_grad()
    loss = torch.nn.functional.cross_entropy(network((images.float() - 127.5) / 128), labels)
    loss.backward()
    optimiser.step()
    loss.item()
    seconds.append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds[2:], "version": torch.__version__}))
