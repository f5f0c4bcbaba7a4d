"""DBSCAN and HDBSCAN of scikit-learn on the vectors of a .npy file, for bench/clustering.mjs.

sklearn_clustering.py FILE SETTINGS; SETTINGS is JSON: [["dbscan", eps, min_samples] | ["hdbscan", min_cluster_size, min_samples], ...]
Prints JSON: for each of them seconds, labels and core samples.
"""

import json
import sys
import time

import numpy as np
import sklearn
from sklearn.cluster import DBSCAN, HDBSCAN

vectors = np.load(sys.argv[1])
results = []
for name, first, samples in json.loads(sys.argv[2]):
    if name == "dbscan":
        peer = DBSCAN(eps=first, min_samples=samples, n_jobs=-1)
    else:
        peer = HDBSCAN(min_cluster_size=first, min_samples=samples, copy=True, n_jobs=-1)
    start = time.perf_counter()
    peer.fit(vectors)
    seconds = time.perf_counter() - start
    cores = peer.core_sample_indices_.tolist() if name == "dbscan" else []
    results.append({"seconds": seconds, "labels": peer.labels_.tolist(), "cores": cores})
print(json.dumps({"version": sklearn.__version__, "results": results}))
