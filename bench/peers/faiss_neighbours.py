"""Peer of `bench neighbours`: FAISS's exact index over float32 vectors from a file, a part of them as queries.

Arguments: file, vectors, dimensions, neighbours, queries, threads. Writes the neighbours of the first queries to <file>.peer (int32) and prints
one JSON document with the seconds that the search took.
"""

import json
import sys
import time

import faiss
import numpy

file, count, dimensions, k, queries, threads = sys.argv[1], *map(int, sys.argv[2:7])
vectors = numpy.fromfile(file, numpy.float32).reshape(count, dimensions)
faiss.omp_set_num_threads(threads)
index = faiss.IndexFlatL2(dimensions)
index.add(vectors)
start = time.perf_counter()
_, found = index.search(vectors[:queries], k + 1)
seconds = time.perf_counter() - start
found.astype(numpy.int32).tofile(file + ".peer")
print(json.dumps({"seconds": seconds, "version": faiss.__version__}))
