// The inner loops of resampling and of PNG, for image processes: the same bytes as the loops in TypeScript
// (src/core/images, src/node/images), which run where this library was not built. Compiled with -ffp-contract=off: no step may be rounded otherwise.
//
// What TypeScript hands in is checked here, index by index: nothing is read or written outside its arrays.

#include <cstdint>
#include <cstring>
#include <vector>

#include <node_api.h>

#include "pack_huffman.h"

#if defined(__x86_64__) && defined(__linux__)
#define WIDE __attribute__((target_clones("arch=x86-64-v3", "default")))
#define INLINE inline __attribute__((always_inline))
#else
#define WIDE
#define INLINE inline
#endif

namespace {

constexpr int64_t kChannels = 3;
/** Values in a register: three channels and one that is not used. */
constexpr int64_t kLanes = 4;

typedef double Four __attribute__((vector_size(32)));
typedef int32_t FourIntegers __attribute__((vector_size(16)));
typedef float FourFloats __attribute__((vector_size(16)));

template <typename Element>
struct Array {
  Element* data = nullptr;
  int64_t length = 0;
};

INLINE void load(const int32_t* from, Four* to) {
  FourIntegers values;
  std::memcpy(&values, from, sizeof values);
  *to = __builtin_convertvector(values, Four);
}

/** To whole numbers, half to even, between 0 and 255. Adding this leaves a double's last binary digit worth 1. */
constexpr double kToWhole = 6755399441055744.0;

struct Bytes {
  uint8_t* to;
  INLINE void write(Four value) {
    for (int i = 0; i < kChannels; i += 1) {
      double clamped = value[i] < 255 ? value[i] : 255;
      clamped = (clamped > 0 ? clamped : 0) + kToWhole;
      int64_t bits;
      std::memcpy(&bits, &clamped, sizeof bits);
      to[i] = static_cast<uint8_t>(bits);
    }
    to += kChannels;
  }
};

struct Floats {
  float* to;
  INLINE void write(Four value) {
    const FourFloats floats = __builtin_convertvector(value, FourFloats);
    std::memcpy(to, &floats, kChannels * sizeof(float));
    to += kChannels;
  }
};

struct Edges {
  Array<int32_t> index;
  Array<double> fraction;
};

struct Shrink {
  const int32_t* sums;
  int64_t stride;
  Edges columns;
  Edges rows;
  double scale;
  double shift;
};

/** `shrinkByIntegral` of src/core/images/area.ts, three channels at a time. */
template <typename Out>
INLINE void shrinkTo(const Shrink& shrink, Out out) {
  const Four scale = {shrink.scale, shrink.scale, shrink.scale, shrink.scale};
  const Four shift = {shrink.shift, shrink.shift, shrink.shift, shrink.shift};
  // Doubles, since memory from Node's allocator is not aligned for a register of four.
  std::vector<double> line(static_cast<size_t>(shrink.columns.index.length * kLanes));
  for (int64_t y = 0; y < shrink.rows.index.length; y += 1) {
    const int32_t* base = shrink.sums + shrink.rows.index.data[y] * shrink.stride;
    const double fy = shrink.rows.fraction.data[y];
    Four left = {0, 0, 0, 0};
    for (int64_t x = 0; x < shrink.columns.index.length; x += 1) {
      const double fx = shrink.columns.fraction.data[x];
      const int32_t* top = base + shrink.columns.index.data[x] * kChannels;
      const int32_t* bottom = top + shrink.stride;
      Four topLeft, topRight, bottomLeft, bottomRight;
      load(top, &topLeft);
      load(top + kChannels, &topRight);
      load(bottom, &bottomLeft);
      load(bottom + kChannels, &bottomRight);
      const Four upper = topLeft + (topRight - topLeft) * fx;
      const Four here = upper + (bottomLeft + (bottomRight - bottomLeft) * fx - upper) * fy;
      double* above = line.data() + x * kLanes;
      Four before;
      std::memcpy(&before, above, sizeof before);
      std::memcpy(above, &here, sizeof here);
      const Four band = here - before;
      if (x > 0 && y > 0) out.write((band - left) * scale + shift);
      left = band;
    }
  }
}

WIDE void shrinkToBytes(const Shrink& shrink, uint8_t* out) { shrinkTo(shrink, Bytes{out}); }
WIDE void shrinkToFloats(const Shrink& shrink, float* out) { shrinkTo(shrink, Floats{out}); }

/** `integrate` of src/core/images/integral.ts. */
WIDE void integrate(const uint8_t* pixels, int64_t width, int64_t height, int32_t* sums) {
  const int64_t stride = (width + 1) * kChannels;
  std::vector<int32_t> row(static_cast<size_t>(width * kChannels));
  for (int64_t y = 0; y < height; y += 1) {
    const uint8_t* from = pixels + y * width * kChannels;
    int32_t red = 0, green = 0, blue = 0;
    for (int64_t at = 0; at < width * kChannels; at += kChannels) {
      row[static_cast<size_t>(at)] = red += from[at];
      row[static_cast<size_t>(at + 1)] = green += from[at + 1];
      row[static_cast<size_t>(at + 2)] = blue += from[at + 2];
    }
    const int32_t* above = sums + y * stride + kChannels;
    int32_t* to = sums + (y + 1) * stride + kChannels;
    for (int64_t at = 0; at < width * kChannels; at += 1) to[at] = above[at] + row[static_cast<size_t>(at)];
  }
}

struct Taps {
  Array<int32_t> first;
  Array<int32_t> count;
  Array<int32_t> weights;
  int64_t perOutput;
};

constexpr int kWeightBits = 22;
constexpr int32_t kWeightHalf = 1 << (kWeightBits - 1);

INLINE uint8_t toByte(int32_t sum) {
  const int32_t value = sum >> kWeightBits;
  return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

/** `resampleBilinear` of src/core/images/bilinear.ts: `narrowed` is [rows of the photo, columns, 3]. */
WIDE void narrow(const uint8_t* pixels, int64_t rowBytes, const Taps& columns, int64_t rows, uint8_t* narrowed) {
  for (int64_t y = 0; y < rows; y += 1) {
    const uint8_t* row = pixels + y * rowBytes;
    for (int64_t i = 0; i < columns.first.length; i += 1, narrowed += kChannels) {
      const uint8_t* from = row + columns.first.data[i] * kChannels;
      const int32_t* weight = columns.weights.data + i * columns.perOutput;
      int32_t red = kWeightHalf, green = kWeightHalf, blue = kWeightHalf;
      for (int32_t k = 0; k < columns.count.data[i]; k += 1, from += kChannels) {
        red += weight[k] * from[0];
        green += weight[k] * from[1];
        blue += weight[k] * from[2];
      }
      narrowed[0] = toByte(red);
      narrowed[1] = toByte(green);
      narrowed[2] = toByte(blue);
    }
  }
}

WIDE void flatten(const uint8_t* narrowed, int64_t rowValues, const Taps& rows, int64_t firstRow, uint8_t* out) {
  std::vector<int32_t> total(static_cast<size_t>(rowValues));
  for (int64_t y = 0; y < rows.first.length; y += 1, out += rowValues) {
    for (int64_t i = 0; i < rowValues; i += 1) total[static_cast<size_t>(i)] = kWeightHalf;
    for (int32_t k = 0; k < rows.count.data[y]; k += 1) {
      const int32_t weight = rows.weights.data[y * rows.perOutput + k];
      const uint8_t* from = narrowed + (rows.first.data[y] + k - firstRow) * rowValues;
      for (int64_t i = 0; i < rowValues; i += 1) total[static_cast<size_t>(i)] += weight * from[i];
    }
    for (int64_t i = 0; i < rowValues; i += 1) out[i] = toByte(total[static_cast<size_t>(i)]);
  }
}

/** `filterRows` of src/node/images/png.ts. */
WIDE void filterRows(const uint8_t* pixels, int64_t rowBytes, int64_t rows, uint8_t* out) {
  constexpr uint8_t kSub = 1, kAverage = 3;
  for (int64_t y = 0; y < rows; y += 1, out += rowBytes + 1) {
    const uint8_t* row = pixels + y * rowBytes;
    const uint8_t* above = row - rowBytes;
    out[0] = y == 0 ? kSub : kAverage;
    for (int64_t i = 0; i < kChannels; i += 1) out[i + 1] = static_cast<uint8_t>(row[i] - (y == 0 ? 0 : above[i] >> 1));
    if (y == 0) {
      for (int64_t i = kChannels; i < rowBytes; i += 1) out[i + 1] = static_cast<uint8_t>(row[i] - row[i - kChannels]);
    } else {
      for (int64_t i = kChannels; i < rowBytes; i += 1)
        out[i + 1] = static_cast<uint8_t>(row[i] - ((row[i - kChannels] + above[i]) >> 1));
    }
  }
}

// What follows talks with JavaScript.

struct Arguments {
  napi_env env;
  std::vector<napi_value> values;
  bool isRight = true;

  Arguments(napi_env env, napi_callback_info info, size_t count) : env(env), values(count) {
    size_t given = count;
    isRight = napi_get_cb_info(env, info, &given, values.data(), nullptr, nullptr) == napi_ok && given == count;
  }

  template <typename Element>
  Array<Element> array(size_t place, napi_typedarray_type type, napi_typedarray_type or_type) {
    napi_typedarray_type found;
    size_t length = 0;
    void* data = nullptr;
    if (!isRight || napi_get_typedarray_info(env, values[place], &found, &length, &data, nullptr, nullptr) != napi_ok ||
        (found != type && found != or_type)) {
      isRight = false;
      return {};
    }
    return {static_cast<Element*>(data), static_cast<int64_t>(length)};
  }

  Array<uint8_t> bytes(size_t place) { return array<uint8_t>(place, napi_uint8_array, napi_uint8_clamped_array); }
  Array<int32_t> integers(size_t place) { return array<int32_t>(place, napi_int32_array, napi_int32_array); }
  Array<double> doubles(size_t place) { return array<double>(place, napi_float64_array, napi_float64_array); }
  Array<float> floats(size_t place) { return array<float>(place, napi_float32_array, napi_float32_array); }

  bool isFloats(size_t place) {
    napi_typedarray_type found;
    return isRight && napi_get_typedarray_info(env, values[place], &found, nullptr, nullptr, nullptr, nullptr) == napi_ok &&
           found == napi_float32_array;
  }

  double number(size_t place) {
    double value = 0;
    if (!isRight || napi_get_value_double(env, values[place], &value) != napi_ok) isRight = false;
    return value;
  }

  /** A whole number from 0 to 2^31 - 1, so that products of two stay exact. */
  int64_t whole(size_t place) {
    const double value = number(place);
    if (!(value >= 0 && value <= 2147483647.0 && value == static_cast<double>(static_cast<int64_t>(value)))) isRight = false;
    return isRight ? static_cast<int64_t>(value) : 0;
  }

  void require(bool holds) { isRight = isRight && holds; }

  napi_value refuse() const {
    napi_throw_range_error(env, nullptr, "The arrays given do not fit together.");
    return nullptr;
  }
};

/** True when every index lies from 0 to below `limit`. */
bool areBelow(const Array<int32_t>& indices, int64_t limit) {
  for (int64_t i = 0; i < indices.length; i += 1)
    if (indices.data[i] < 0 || indices.data[i] >= limit) return false;
  return true;
}

/** integrate(pixels, widthPx, heightPx, sums) */
napi_value callIntegrate(napi_env env, napi_callback_info info) {
  Arguments given(env, info, 4);
  const Array<uint8_t> pixels = given.bytes(0);
  const int64_t width = given.whole(1), height = given.whole(2);
  const Array<int32_t> sums = given.integers(3);
  given.require(width > 0 && height > 0 && width < (1 << 28) / height);
  given.require(pixels.length >= width * height * kChannels && sums.length >= (width + 1) * (height + 1) * kChannels);
  if (!given.isRight) return given.refuse();
  integrate(pixels.data, width, height, sums.data);
  return nullptr;
}

/** shrink(sums, stride, columnIndex, columnFraction, rowIndex, rowFraction, scale, shift, out, outStart) */
napi_value callShrink(napi_env env, napi_callback_info info) {
  Arguments given(env, info, 10);
  const Array<int32_t> sums = given.integers(0);
  const int64_t stride = given.whole(1);
  const Edges columns = {given.integers(2), given.doubles(3)}, rows = {given.integers(4), given.doubles(5)};
  const Shrink shrink = {sums.data, stride, columns, rows, given.number(6), given.number(7)};
  const int64_t start = given.whole(9);
  given.require(stride > 0 && columns.index.length > 0 && rows.index.length > 0);
  given.require(columns.fraction.length == columns.index.length && rows.fraction.length == rows.index.length);
  if (!given.isRight) return given.refuse();
  // A cell reads its own corner, the next on the right and both below, each with one value beyond its three.
  const int64_t lines = sums.length / stride;
  given.require(lines >= 2 && sums.length > lines * stride && areBelow(rows.index, lines - 1) &&
                areBelow(columns.index, stride / kChannels - 1));
  const int64_t values = (columns.index.length - 1) * (rows.index.length - 1) * kChannels;
  if (given.isFloats(8)) {
    const Array<float> out = given.floats(8);
    given.require(start + values <= out.length);
    if (!given.isRight) return given.refuse();
    shrinkToFloats(shrink, out.data + start);
  } else {
    const Array<uint8_t> out = given.bytes(8);
    given.require(start + values <= out.length);
    if (!given.isRight) return given.refuse();
    shrinkToBytes(shrink, out.data + start);
  }
  return nullptr;
}

/** True when a tap's weights are there and it reads from `least` to below `limit`. */
bool areWithin(const Taps& taps, int64_t least, int64_t limit) {
  if (taps.count.length != taps.first.length || taps.weights.length < taps.first.length * taps.perOutput) return false;
  for (int64_t i = 0; i < taps.first.length; i += 1) {
    const int64_t first = taps.first.data[i], count = taps.count.data[i];
    if (count < 0 || count > taps.perOutput || (count > 0 && (first < least || first + count > limit))) return false;
  }
  return true;
}

/**
 * resample(pixels, widthPx, firstRow, rowCount, columnFirst, columnCount, columnWeights, columnsPerOutput, rowFirst, rowCounts, rowWeights,
 * rowsPerOutput, out)
 */
napi_value callResample(napi_env env, napi_callback_info info) {
  Arguments given(env, info, 13);
  const Array<uint8_t> pixels = given.bytes(0);
  const int64_t width = given.whole(1), firstRow = given.whole(2), rowCount = given.whole(3);
  const Taps columns = {given.integers(4), given.integers(5), given.integers(6), given.whole(7)};
  const Taps rows = {given.integers(8), given.integers(9), given.integers(10), given.whole(11)};
  const Array<uint8_t> out = given.bytes(12);
  const int64_t rowBytes = width * kChannels, rowValues = columns.first.length * kChannels;
  if (!given.isRight) return given.refuse();
  given.require(rowBytes == 0 || firstRow + rowCount <= pixels.length / rowBytes);
  given.require(areWithin(columns, 0, width) && areWithin(rows, firstRow, firstRow + rowCount));
  given.require(out.length == rows.first.length * rowValues);
  if (!given.isRight) return given.refuse();
  // A tap without pixels points anywhere; its place is never read.
  std::vector<uint8_t> narrowed(static_cast<size_t>(rowCount * rowValues));
  narrow(pixels.data + firstRow * rowBytes, rowBytes, columns, rowCount, narrowed.data());
  flatten(narrowed.data(), rowValues, rows, firstRow, out.data);
  return nullptr;
}

/** filterRows(pixels, rowBytes, rows, out) */
napi_value callFilterRows(napi_env env, napi_callback_info info) {
  Arguments given(env, info, 4);
  const Array<uint8_t> pixels = given.bytes(0);
  const int64_t rowBytes = given.whole(1), rows = given.whole(2);
  const Array<uint8_t> out = given.bytes(3);
  if (!given.isRight) return given.refuse();
  given.require(rowBytes >= kChannels && pixels.length >= rowBytes * rows && out.length >= (rowBytes + 1) * rows);
  if (!given.isRight) return given.refuse();
  filterRows(pixels.data, rowBytes, rows, out.data);
  return nullptr;
}

/** packHuffman(bytes, out): the number of bytes written */
napi_value callPackHuffman(napi_env env, napi_callback_info info) {
  Arguments given(env, info, 2);
  const Array<uint8_t> bytes = given.bytes(0), out = given.bytes(1);
  given.require(out.length >= packing::bound(bytes.length));
  if (!given.isRight) return given.refuse();
  napi_value result;
  const int64_t written = packing::pack(bytes.data, bytes.length, out.data);
  return napi_create_int64(env, written, &result) == napi_ok ? result : nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"integrate", nullptr, callIntegrate, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"shrink", nullptr, callShrink, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"resample", nullptr, callResample, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"filterRows", nullptr, callFilterRows, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"packHuffman", nullptr, callPackHuffman, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  if (napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions) != napi_ok) return nullptr;
  return exports;
}
