"""Peer of `bench roc`: scikit-learn's roc_curve and auc over a file of float64 distances, the first half of one person.

Prints one JSON document: seconds from unsorted distances to curve and area, the most memory of the process, points of the curve, the area.
"""

import json
import resource
import sys
import time

import numpy as np
from sklearn.metrics import auc, roc_curve

distances = np.fromfile(sys.argv[1], dtype=np.float64)
same = np.arange(len(distances)) < len(distances) / 2

start = time.perf_counter()
false_accepts, accepts, _ = roc_curve(same, -distances)
area = auc(false_accepts, accepts)
seconds = time.perf_counter() - start
print(
    json.dumps(
        {
            "seconds": seconds,
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "points": len(false_accepts),
            "auc": float(area),
        }
    )
)
