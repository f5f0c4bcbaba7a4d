"""Writes expected.json: numbers of NumPy, SciPy and scikit-learn for the tests of cleaning, on vectors that the tests make themselves.

Run with numpy 2.4.6, scipy, scikit-learn 1.9.1: python test/cleaning/expected.py
"""

import json
import math
import pathlib

import numpy
from scipy.stats import binomtest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.neighbors import NearestNeighbors

# The same numbers as `numbers()` of cleaning.test.ts.
def numbers(count, seed):
    state, values = seed, []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append((state >> 8) / 2**24 - 0.5)
    return numpy.array(values)


vectors = numbers(60 * 5, 7).reshape(60, 5).astype(numpy.float32)
labels = numpy.arange(60) % 6
unit = vectors.astype(numpy.float64)
unit /= numpy.linalg.norm(unit, axis=1, keepdims=True)
centre_distances = numpy.empty(60)
for label in range(6):
    own = labels == label
    # calculate_filtering_metrics.py: the mean is not brought to unit length.
    centre_distances[own] = numpy.linalg.norm(unit[own] - unit[own].mean(axis=0), axis=1)


def find_threshold(values, percentile):
    """train_softmax.py of the seed; before NumPy 2 the division there stayed in float32, which is written out here."""
    hist, bin_edges = numpy.histogram(values, 100)
    cdf = numpy.float32(numpy.cumsum(hist)) / numpy.float32(numpy.sum(hist))
    bin_centers = (bin_edges[:-1] + bin_edges[1:]) / 2
    return numpy.interp(percentile * 0.01, cdf, bin_centers)


distances, indices = NearestNeighbors(n_neighbors=8, algorithm="brute").fit(vectors).kneighbors()
# Of these average and single linkage make different halves.
group = vectors[:24]
halves = fcluster(linkage(group, "average"), 2, "maxclust")
hist, edges = numpy.histogram(centre_distances, 10)
document = {
    "neighbours": indices.tolist(),
    "neighbourDistances": distances.tolist(),
    "centreDistances": centre_distances.tolist(),
    "histogram": {"counts": hist.tolist(), "least": edges[0], "width": edges[1] - edges[0]},
    "seedThresholds": {str(p): float(find_threshold(centre_distances, p)) for p in (5, 50, 75, 95, 100)},
    "intervals": [
        {"wrong": k, "reviewed": n, "low": ci.low, "high": ci.high}
        for k, n in ((0, 50), (1, 50), (7, 200), (50, 50), (300, 1000))
        for ci in [binomtest(k, n).proportion_ci(0.95, "exact")]
    ],
    "averageLinkageHalves": (halves == halves[0]).tolist(),
    "sampleSize": math.ceil((1.959963984540054**2 * 0.1 * 0.9 / 0.02**2) / (1 + (1.959963984540054**2 * 0.1 * 0.9 / 0.02**2 - 1) / 13233)),
}
(pathlib.Path(__file__).parent / "expected.json").write_text(json.dumps(document))
