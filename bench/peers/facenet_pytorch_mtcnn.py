"""Peer of `bench align`: facenet-pytorch's MTCNN.detect over the photos named on stdin, decoded by Pillow, nothing written.

Equal sizes go in batches of 64, as the library asks for; photos of different sizes can only go one by one.
Prints one JSON document: seconds for decode and detection, photos, faces.
"""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import torch  # noqa: E402
from facenet_pytorch import MTCNN  # noqa: E402
from PIL import Image  # noqa: E402

BATCH = 64
files = [line.rstrip("\n") for line in sys.stdin if line.strip()]
torch.set_num_threads(int(sys.argv[1]))
mtcnn = MTCNN(keep_all=True, min_face_size=20, thresholds=[0.6, 0.7, 0.7], factor=0.709, device="cpu")
mtcnn.detect(Image.open(files[0]).convert("RGB"))

start = time.perf_counter()
decode_seconds = 0.0
faces = 0
for first in range(0, len(files), BATCH):
    decode_start = time.perf_counter()
    images = [Image.open(file).convert("RGB") for file in files[first : first + BATCH]]
    decode_seconds += time.perf_counter() - decode_start
    if len({image.size for image in images}) == 1:
        boxes, _ = mtcnn.detect(images)
        faces += sum(len(found) for found in boxes if found is not None)
    else:
        for image in images:
            found, _ = mtcnn.detect(image)
            faces += 0 if found is None else len(found)
seconds = time.perf_counter() - start
print(json.dumps({"photos": len(files), "faces": faces, "seconds": seconds, "decodeSeconds": decode_seconds}))
