"""Makes golden.json: what numpy 2.4.6, scipy 1.17.1 and scikit-learn 1.9.1 give for 240 vectors of 6, and the seed system's contributed/clustering.py in numpy.

python golden.py > golden.json
"""

import json

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import cdist
from sklearn.cluster import DBSCAN, HDBSCAN
from sklearn.metrics import normalized_mutual_info_score
from sklearn.metrics.cluster import pair_confusion_matrix

generator = np.random.default_rng(20260)
centres = generator.normal(0, 1, (9, 6))
sizes = [60, 45, 30, 20, 12, 8, 5, 3, 2]
spreads = [0.12, 0.3, 0.2, 0.1, 0.25, 0.15, 0.2, 0.1, 0.1]
people = np.repeat(np.arange(9), sizes)
vectors = np.concatenate([generator.normal(c, s, (n, 6)) for c, s, n in zip(centres, spreads, sizes)])
noise = generator.normal(0, 1, (240 - len(people), 6))
vectors = np.concatenate([vectors, noise]).round(4).astype(np.float32)
people = np.concatenate([people, np.arange(9, 9 + len(noise))])
order = generator.permutation(240)
vectors, people = vectors[order], people[order]


def dbscan(eps, min_samples):
    found = DBSCAN(eps=eps, min_samples=min_samples).fit(vectors)
    return {
        "eps": eps,
        "minSamples": min_samples,
        "labels": found.labels_.tolist(),
        "cores": found.core_sample_indices_.tolist(),
    }


def hdbscan(min_cluster_size, min_samples):
    found = HDBSCAN(min_cluster_size=min_cluster_size, min_samples=min_samples, copy=True).fit(vectors)
    return {
        "minClusterSize": min_cluster_size,
        "minSamples": min_samples,
        "labels": found.labels_.tolist(),
        "probabilities": found.probabilities_.tolist(),
    }


# From 3 samples on core distances make joins equally long, and which of them scikit-learn makes first is left open: these settings have none that matter.
HDBSCAN_SETTINGS = [(2, 1), (2, 2), (5, 2), (8, 8), (10, 5), (12, 4), (15, 20)]


def mulberry32(seed):
    state = seed

    def draw():
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        mixed ^= (mixed + (((mixed ^ (mixed >> 7)) * (mixed | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        return (mixed ^ (mixed >> 14)) / 2**32

    return draw


def chinese_whispers(threshold, iterations, seed):
    """As the seed system's _chinese_whispers, with this project's order of faces, and its own cluster for a face without an edge."""
    unit = vectors.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    similarity = unit @ unit.T
    cluster = list(range(len(vectors)))
    nodes = list(range(len(vectors)))
    draw = mulberry32(seed)
    for _ in range(iterations):
        for place in range(len(nodes) - 1, 0, -1):
            other = int(draw() * (place + 1))
            nodes[place], nodes[other] = nodes[other], nodes[place]
        for node in nodes:
            sums = {}
            for other in range(len(vectors)):
                if other != node and similarity[node, other] > threshold:
                    sums[cluster[other]] = sums.get(cluster[other], 0) + similarity[node, other]
            if sums:
                cluster[node] = max(sums, key=lambda name: sums[name])
    return {"threshold": threshold, "iterations": iterations, "seed": seed, "labels": cluster}


def quality(found):
    """Pairs by scikit-learn, BCubed by its definition, face by face."""
    (_, false_positive), (false_negative, positive) = pair_confusion_matrix(people, found)
    same_cluster = found[:, None] == found[None, :]
    same_person = people[:, None] == people[None, :]
    both = (same_cluster & same_person).sum(1)
    return {
        "pairwisePrecision": float(positive / (positive + false_positive)),
        "pairwiseRecall": float(positive / (positive + false_negative)),
        "bcubedPrecision": float((both / same_cluster.sum(1)).mean()),
        "bcubedRecall": float((both / same_person.sum(1)).mean()),
        "nmi": float(normalized_mutual_info_score(people, found)),
    }


def groups(labels):
    """The mean silhouette of each cluster by its definition: distance to the mean of the others of the cluster, and to the nearest face outside."""
    wide = vectors.astype(np.float64)
    between = cdist(wide, wide)
    certainties = []
    for cluster in range(labels.max() + 1):
        inside = np.flatnonzero(labels == cluster)
        outside = np.flatnonzero(labels != cluster)
        if len(inside) < 2:
            certainties.append(0.0)
            continue
        own = np.array([np.linalg.norm(wide[face] - wide[inside[inside != face]].mean(0)) for face in inside])
        other = between[np.ix_(inside, outside)].min(1)
        certainties.append(float(max(0, ((other - own) / np.maximum(own, other)).mean())))
    return certainties


def merges(labels, most):
    """Pairs of clusters with the mean of the at most three shortest distances between their faces that are no longer than `most`."""
    wide = vectors.astype(np.float64)
    between = cdist(wide, wide)
    found = []
    for one in range(labels.max() + 1):
        for other in range(one + 1, labels.max() + 1):
            edges = np.sort(between[np.ix_(labels == one, labels == other)].ravel())
            edges = edges[edges <= most][:3]
            if len(edges):
                found.append({"clusters": [one, other], "distance": float(edges.mean())})
    return sorted(found, key=lambda each: each["distance"])


def cut(person, distance):
    faces = np.flatnonzero(people == person)
    tree = linkage(vectors[faces].astype(np.float64), "average")
    parts = fcluster(tree, distance, "distance")
    return {
        "faces": faces.tolist(),
        "distance": distance,
        "parts": [faces[parts == part].tolist() for part in np.unique(parts)],
    }


def numbered(labels):
    names = {}
    return np.array([names.setdefault(label, len(names)) for label in labels])


shown = numbered([label if label >= 0 else -1 - face for face, label in enumerate(DBSCAN(eps=0.4, min_samples=1).fit(vectors).labels_)])
coarse = np.array(chinese_whispers(0.8, 20, 7)["labels"])
print(
    json.dumps(
        {
            "vectors": vectors.astype(np.float64).round(4).tolist(),
            "people": people.tolist(),
            "dbscan": [dbscan(*each) for each in [(0.3, 1), (0.4, 3), (0.5, 5), (0.7, 10), (0.9, 1), (1.4, 4)]],
            "hdbscan": [hdbscan(*each) for each in HDBSCAN_SETTINGS],
            "chineseWhispers": [chinese_whispers(*each) for each in [(0.55, 20, 1), (0.8, 20, 7), (0.95, 3, 99)]],
            "groups": {"labels": shown.tolist(), "certainties": groups(shown), "merges": merges(shown, 0.7)},
            "cuts": [cut(*each) for each in [(0, 0.35), (1, 0.8), (1, 1.2), (2, 0.5), (2, 9)]],
            "quality": {"clusters": coarse.tolist(), **quality(coarse)},
        }
    )
)
