// Exact nearest neighbours by brute force: products of a few rows with panels of 32 vectors in registers, then the few that are near enough
// measured again in doubles. src/core/neighbours/plain-search.ts does the same; docs/decisions/0014 has the measurements.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <node_api.h>

namespace {

/** Vectors that lie side by side in a panel [dimensions, 32]. */
constexpr int64_t kPanel = 32;
/** Lanes of the sum of squares, added up in the order of the TypeScript. */
constexpr int64_t kLanes = 8;
/** So many more than asked for are measured in doubles: single precision may have ordered the last ones otherwise. */
constexpr int64_t kSlack = 8;
/** Rows whose products are in registers at once, at most. */
constexpr int64_t kMostRows = 12;

struct Candidate {
  float score;
  int32_t index;
};

bool isNearer(const Candidate& a, const Candidate& b) {
  return a.score < b.score || (a.score == b.score && a.index < b.index);
}

/** The nearest of what one row has seen; `score` is the squared distance less the row's own squares. */
struct Nearest {
  std::vector<Candidate> found;
  float worst = std::numeric_limits<float>::infinity();
  size_t wanted = 0;

  void add(float score, int32_t index) {
    found.push_back({score, index});
    if (found.size() < 4 * wanted) return;
    shrink();
  }

  void shrink() {
    if (found.size() <= wanted) return;
    std::nth_element(found.begin(), found.begin() + static_cast<int64_t>(wanted) - 1, found.end(), isNearer);
    found.resize(wanted);
    worst = found.back().score;
  }
};

/**
 * Products of `Rows` rows with one panel, as scores: squares - 2 * product. Written out over registers of `Lanes` floats, `Wide` to a panel's
 * stretch, and inlined below into functions for each processor.
 */
template <int64_t Rows, int64_t Lanes, int64_t Wide>
[[gnu::always_inline]] inline void scorePanel(const float* rows, int64_t dimensions, const float* panel, const float* squares,
                                              float* scores) {
  typedef float Register __attribute__((vector_size(Lanes * sizeof(float)), aligned(4)));
  for (int64_t from = 0; from < kPanel; from += Lanes * Wide) {
    Register sums[Rows][Wide] = {};
    for (int64_t d = 0; d < dimensions; d += 1) {
      Register values[Wide];
      for (int64_t w = 0; w < Wide; w += 1)
        values[w] = *reinterpret_cast<const Register*>(panel + d * kPanel + from + w * Lanes);
      for (int64_t row = 0; row < Rows; row += 1) {
        const float value = rows[row * dimensions + d];
        for (int64_t w = 0; w < Wide; w += 1) sums[row][w] += value * values[w];
      }
    }
    for (int64_t row = 0; row < Rows; row += 1)
      for (int64_t w = 0; w < Wide; w += 1) {
        const int64_t at = from + w * Lanes;
        *reinterpret_cast<Register*>(scores + row * kPanel + at) =
            *reinterpret_cast<const Register*>(squares + at) - 2 * sums[row][w];
      }
  }
}

typedef void (*ScorePanel)(const float*, int64_t, const float*, const float*, float*);

/** How a processor scores a group of rows, and a single row. */
struct Scorer {
  int64_t rows;
  ScorePanel group;
  ScorePanel single;
};

#if defined(__x86_64__) && defined(__linux__)
__attribute__((target("arch=x86-64-v4"))) void groupV4(const float* r, int64_t d, const float* p, const float* q, float* s) {
  scorePanel<12, 16, 2>(r, d, p, q, s);
}
__attribute__((target("arch=x86-64-v4"))) void singleV4(const float* r, int64_t d, const float* p, const float* q, float* s) {
  scorePanel<1, 16, 2>(r, d, p, q, s);
}
__attribute__((target("arch=x86-64-v3"))) void groupV3(const float* r, int64_t d, const float* p, const float* q, float* s) {
  scorePanel<6, 8, 2>(r, d, p, q, s);
}
__attribute__((target("arch=x86-64-v3"))) void singleV3(const float* r, int64_t d, const float* p, const float* q, float* s) {
  scorePanel<1, 8, 4>(r, d, p, q, s);
}
#endif
void groupAny(const float* r, int64_t d, const float* p, const float* q, float* s) { scorePanel<4, 4, 2>(r, d, p, q, s); }
void singleAny(const float* r, int64_t d, const float* p, const float* q, float* s) { scorePanel<1, 4, 8>(r, d, p, q, s); }

Scorer chooseScorer() {
#if defined(__x86_64__) && defined(__linux__)
  if (__builtin_cpu_supports("x86-64-v4")) return {12, groupV4, singleV4};
  if (__builtin_cpu_supports("x86-64-v3")) return {6, groupV3, singleV3};
#endif
  return {4, groupAny, singleAny};
}

void collect(const float* scores, int64_t from, int64_t row, Nearest& nearest) {
  const float worst = nearest.worst;
  int isAny = 0;
  for (int64_t i = 0; i < kPanel; i += 1) isAny |= scores[i] < worst;
  if (isAny == 0) return;
  for (int64_t i = 0; i < kPanel; i += 1)
    if (scores[i] < nearest.worst && from + i != row) nearest.add(scores[i], static_cast<int32_t>(from + i));
}

double squaredDistance(const float* a, const float* b, int64_t dimensions) {
  double sums[kLanes] = {};
  for (int64_t d = 0; d < dimensions; d += 1) {
    const double difference = static_cast<double>(a[d]) - static_cast<double>(b[d]);
    sums[d % kLanes] += difference * difference;
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

struct Vectors {
  const float* values;
  int64_t count;
  int64_t dimensions;
  const float* panels;
  const float* squares;
};

/** The `k` nearest of one row in doubles, nearest first, equals in the order of their indices. */
void measure(const Vectors& vectors, int64_t row, int64_t k, Nearest& nearest, int32_t* indices, float* distances) {
  nearest.shrink();
  std::vector<std::pair<double, int32_t>> exact;
  exact.reserve(nearest.found.size());
  const float* own = vectors.values + row * vectors.dimensions;
  for (const Candidate& candidate : nearest.found)
    exact.emplace_back(squaredDistance(own, vectors.values + candidate.index * vectors.dimensions, vectors.dimensions), candidate.index);
  std::sort(exact.begin(), exact.end());
  // What is not a number is near to nobody, so there may be fewer.
  const int64_t found = std::min(k, static_cast<int64_t>(exact.size()));
  for (int64_t i = 0; i < k; i += 1) {
    indices[i] = i < found ? exact[static_cast<size_t>(i)].second : -1;
    distances[i] = i < found ? static_cast<float>(std::sqrt(exact[static_cast<size_t>(i)].first))
                             : std::numeric_limits<float>::infinity();
  }
}

void search(const Vectors& vectors, int64_t k, int64_t first, int64_t last, int32_t* indices, float* distances) {
  static const Scorer scorer = chooseScorer();
  std::vector<Nearest> all(static_cast<size_t>(last - first));
  for (Nearest& nearest : all) {
    nearest.wanted = static_cast<size_t>(k + kSlack);
    nearest.found.reserve(4 * nearest.wanted);
  }
  float scores[kMostRows * kPanel];
  const int64_t panelCount = (vectors.count + kPanel - 1) / kPanel;
  for (int64_t panel = 0; panel < panelCount; panel += 1) {
    const float* values = vectors.panels + panel * kPanel * vectors.dimensions;
    const float* squares = vectors.squares + panel * kPanel;
    for (int64_t row = first; row < last;) {
      const bool isGroup = last - row >= scorer.rows;
      const int64_t rows = isGroup ? scorer.rows : 1;
      (isGroup ? scorer.group : scorer.single)(vectors.values + row * vectors.dimensions, vectors.dimensions, values, squares, scores);
      for (int64_t i = 0; i < rows; i += 1, row += 1)
        collect(scores + i * kPanel, panel * kPanel, row, all[static_cast<size_t>(row - first)]);
    }
  }
  for (int64_t row = first; row < last; row += 1)
    measure(vectors, row, k, all[static_cast<size_t>(row - first)], indices + row * k, distances + row * k);
}

/** A question for the nearest vector of another group: see `SearchLoops.searchForeign`. */
struct Foreign {
  const int32_t* groups;
  /** Null where distances are plain. */
  const double* cores;
  const int32_t* rows;
  const double* bounds;
};

/** Single precision may put a vector this much too far, as a share of all squares in the sum. */
constexpr double kRounding = 1e-4;

struct Asking {
  Nearest nearest;
  int32_t group;
  float ownSquares;
};

void collectForeign(const float* scores, const float* coreSquares, int64_t from, const Foreign& question, int64_t count, Asking& asking) {
  Nearest& nearest = asking.nearest;
  float reached[kPanel];
  int isAny = 0;
  for (int64_t i = 0; i < kPanel; i += 1) {
    const float core = coreSquares[from + i] - asking.ownSquares;
    reached[i] = scores[i] > core ? scores[i] : core;
    isAny |= reached[i] < nearest.worst;
  }
  if (isAny == 0) return;
  for (int64_t i = 0; i < kPanel && from + i < count; i += 1) {
    const int32_t group = question.groups[from + i];
    if (reached[i] < nearest.worst && group >= 0 && group != asking.group) nearest.add(reached[i], static_cast<int32_t>(from + i));
  }
}

void searchForeign(const Vectors& vectors, const Foreign& question, int64_t first, int64_t last, int32_t* indices, double* distances) {
  static const Scorer scorer = chooseScorer();
  const int64_t dimensions = vectors.dimensions;
  const int64_t panelCount = (vectors.count + kPanel - 1) / kPanel;
  std::vector<float> coreSquares(static_cast<size_t>(panelCount * kPanel), 0.0f);
  for (int64_t i = 0; question.cores != nullptr && i < vectors.count; i += 1)
    coreSquares[static_cast<size_t>(i)] = static_cast<float>(question.cores[i] * question.cores[i]);
  std::vector<float> gathered(static_cast<size_t>((last - first) * dimensions));
  std::vector<Asking> all(static_cast<size_t>(last - first));
  for (int64_t i = 0; i < last - first; i += 1) {
    const int64_t row = question.rows[first + i];
    Asking& asking = all[static_cast<size_t>(i)];
    std::copy_n(vectors.values + row * dimensions, dimensions, gathered.begin() + i * dimensions);
    asking.group = question.groups[row];
    asking.ownSquares = vectors.squares[row];
    asking.nearest.wanted = static_cast<size_t>(1 + kSlack);
    const double bound = question.bounds[first + i] * question.bounds[first + i];
    asking.nearest.worst = static_cast<float>(bound + kRounding * (bound + 2.0 * asking.ownSquares) - asking.ownSquares);
  }
  float scores[kMostRows * kPanel];
  for (int64_t panel = 0; panel < panelCount; panel += 1) {
    const float* values = vectors.panels + panel * kPanel * dimensions;
    const float* squares = vectors.squares + panel * kPanel;
    for (int64_t row = 0; row < last - first;) {
      const bool isGroup = last - first - row >= scorer.rows;
      const int64_t rows = isGroup ? scorer.rows : 1;
      (isGroup ? scorer.group : scorer.single)(gathered.data() + row * dimensions, dimensions, values, squares, scores);
      for (int64_t i = 0; i < rows; i += 1, row += 1)
        collectForeign(scores + i * kPanel, coreSquares.data(), panel * kPanel, question, vectors.count, all[static_cast<size_t>(row)]);
    }
  }
  for (int64_t i = 0; i < last - first; i += 1) {
    const int64_t row = question.rows[first + i];
    Nearest& nearest = all[static_cast<size_t>(i)].nearest;
    nearest.shrink();
    indices[first + i] = -1;
    distances[first + i] = std::numeric_limits<double>::infinity();
    for (const Candidate& candidate : nearest.found) {
      double distance =
          std::sqrt(squaredDistance(vectors.values + row * dimensions, vectors.values + candidate.index * dimensions, dimensions));
      if (question.cores != nullptr) distance = std::max({distance, question.cores[row], question.cores[candidate.index]});
      if (distance > question.bounds[first + i]) continue;
      const bool isLower = distance == distances[first + i] && candidate.index < indices[first + i];
      if (distance >= distances[first + i] && !isLower && indices[first + i] >= 0) continue;
      indices[first + i] = candidate.index;
      distances[first + i] = distance;
    }
  }
}

void arrange(const float* values, int64_t count, int64_t dimensions, float* panels, float* squares) {
  const int64_t padded = (count + kPanel - 1) / kPanel * kPanel;
  for (int64_t i = 0; i < padded; i += 1) {
    float* panel = panels + i / kPanel * kPanel * dimensions + i % kPanel;
    double sum = 0;
    for (int64_t d = 0; d < dimensions; d += 1) {
      const float value = i < count ? values[i * dimensions + d] : 0;
      panel[d * kPanel] = value;
      sum += static_cast<double>(value) * static_cast<double>(value);
    }
    // What fills up the last panel is near to nobody.
    squares[i] = i < count ? static_cast<float>(sum) : std::numeric_limits<float>::infinity();
  }
}

struct Arguments {
  napi_env env;
  std::vector<napi_value> values;
  bool isRight;

  Arguments(napi_env env, napi_callback_info info, size_t count) : env(env), values(count) {
    size_t given = count;
    isRight = napi_get_cb_info(env, info, &given, values.data(), nullptr, nullptr) == napi_ok && given == count;
  }

  template <typename Element>
  Element* array(size_t place, napi_typedarray_type type, int64_t least) {
    napi_typedarray_type found;
    size_t length = 0;
    void* data = nullptr;
    isRight = isRight && napi_get_typedarray_info(env, values[place], &found, &length, &data, nullptr, nullptr) == napi_ok &&
              found == type && static_cast<int64_t>(length) >= least;
    return static_cast<Element*>(data);
  }

  float* floats(size_t place, int64_t least) { return array<float>(place, napi_float32_array, least); }
  int32_t* integers(size_t place, int64_t least) { return array<int32_t>(place, napi_int32_array, least); }
  double* doubles(size_t place, int64_t least) { return array<double>(place, napi_float64_array, least); }

  /** A whole number from 0 to 2^31 - 1, so that products of two stay exact. */
  int64_t whole(size_t place) {
    double value = 0;
    isRight = isRight && napi_get_value_double(env, values[place], &value) == napi_ok && value >= 0 && value <= 2147483647.0 &&
              value == static_cast<double>(static_cast<int64_t>(value));
    return isRight ? static_cast<int64_t>(value) : 0;
  }

  void require(bool holds) { isRight = isRight && holds; }

  napi_value refuse() const {
    napi_throw_range_error(env, nullptr, "The arrays given do not fit together.");
    return nullptr;
  }
};

/** arrange(vectors, count, dimensions, panels, squares) */
napi_value callArrange(napi_env env, napi_callback_info info) {
  Arguments given(env, info, 5);
  const int64_t count = given.whole(1), dimensions = given.whole(2);
  const int64_t padded = (count + kPanel - 1) / kPanel * kPanel;
  const float* values = given.floats(0, count * dimensions);
  float* panels = given.floats(3, padded * dimensions);
  float* squares = given.floats(4, padded);
  given.require(count > 0 && dimensions > 0);
  if (!given.isRight) return given.refuse();
  arrange(values, count, dimensions, panels, squares);
  return nullptr;
}

/** search(vectors, count, dimensions, panels, squares, k, first, last, indices, distances) */
napi_value callSearch(napi_env env, napi_callback_info info) {
  Arguments given(env, info, 10);
  const int64_t count = given.whole(1), dimensions = given.whole(2), k = given.whole(5), first = given.whole(6), last = given.whole(7);
  const int64_t padded = (count + kPanel - 1) / kPanel * kPanel;
  const float* values = given.floats(0, count * dimensions);
  const float* panels = given.floats(3, padded * dimensions);
  const float* squares = given.floats(4, padded);
  int32_t* indices = given.integers(8, count * k);
  float* distances = given.floats(9, count * k);
  given.require(dimensions > 0 && k > 0 && k < count && first <= last && last <= count);
  if (!given.isRight) return given.refuse();
  search({values, count, dimensions, panels, squares}, k, first, last, indices, distances);
  return nullptr;
}

/** searchForeign(vectors, count, dimensions, panels, squares, groups, cores, rows, bounds, first, last, indices, distances) */
napi_value callSearchForeign(napi_env env, napi_callback_info info) {
  Arguments given(env, info, 13);
  const int64_t count = given.whole(1), dimensions = given.whole(2), first = given.whole(9), last = given.whole(10);
  const int64_t padded = (count + kPanel - 1) / kPanel * kPanel;
  const float* values = given.floats(0, count * dimensions);
  const float* panels = given.floats(3, padded * dimensions);
  const float* squares = given.floats(4, padded);
  const int32_t* groups = given.integers(5, count);
  napi_valuetype kind = napi_undefined;
  given.require(napi_typeof(env, given.values[6], &kind) == napi_ok);
  const double* cores = kind == napi_null ? nullptr : given.doubles(6, count);
  const int32_t* rows = given.integers(7, last);
  const double* bounds = given.doubles(8, last);
  int32_t* indices = given.integers(11, last);
  double* distances = given.doubles(12, last);
  given.require(dimensions > 0 && first <= last);
  if (!given.isRight) return given.refuse();
  for (int64_t i = first; i < last; i += 1)
    if (rows[i] < 0 || rows[i] >= count) return given.refuse();
  searchForeign({values, count, dimensions, panels, squares}, {groups, cores, rows, bounds}, first, last, indices, distances);
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"arrange", nullptr, callArrange, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"search", nullptr, callSearch, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"searchForeign", nullptr, callSearchForeign, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  if (napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions) != napi_ok) return nullptr;
  return exports;
}
