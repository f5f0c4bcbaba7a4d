// PReLU, alone and together with max pooling, as operations of TensorFlow: one pass over memory in wide registers where TensorFlow's own
// operations take two to four in narrow ones. Loading this library registers them; docs/decisions/0010 has the measurements.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

// What is used of TensorFlow's C interface for operations and kernels (tensorflow/c/ops.h and kernels.h, which include a dozen other
// headers).
extern "C" {
struct TF_Status;
struct TF_Tensor;
struct TF_OpDefinitionBuilder;
struct TF_ShapeInferenceContext;
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
enum TF_DataType { TF_FLOAT = 1 };
enum TF_Code { TF_OK = 0, TF_INVALID_ARGUMENT = 3 };
TF_Status* TF_NewStatus(void);
void TF_DeleteStatus(TF_Status*);
TF_Code TF_GetCode(const TF_Status*);
void TF_SetStatus(TF_Status*, TF_Code, const char*);
int TF_NumDims(const TF_Tensor*);
int64_t TF_Dim(const TF_Tensor*, int);
void* TF_TensorData(const TF_Tensor*);
void TF_DeleteTensor(TF_Tensor*);
TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char* name);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder*, const char*);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder*,
                                                     void (*)(TF_ShapeInferenceContext*, TF_Status*));
void TF_ShapeInferenceContextSetUnknownShape(TF_ShapeInferenceContext*, TF_Status*);
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder*, TF_Status*);
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder*, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction*, const char*, int32_t*, TF_Status*);
void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction*, const char*, unsigned char*, TF_Status*);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction*, TF_Status*);
void TF_GetInput(TF_OpKernelContext*, int, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int, TF_DataType, const int64_t*, int, size_t, TF_Status*);
TF_Tensor* TF_ForwardInputOrAllocateOutput(TF_OpKernelContext*, const int* candidates, int candidateCount, int output,
                                           const int64_t* dims, int dimCount, int* forwarded, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
}

#if defined(__x86_64__) && defined(__linux__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDE
#endif

namespace {

struct Status {
  TF_Status* raw = TF_NewStatus();
  ~Status() { TF_DeleteStatus(raw); }
  bool ok() const { return TF_GetCode(raw) == TF_OK; }
};

struct Tensor {
  TF_Tensor* raw = nullptr;
  ~Tensor() { release(); }
  void release() {
    if (raw != nullptr) TF_DeleteTensor(raw);
    raw = nullptr;
  }
  float* data() const { return static_cast<float*>(TF_TensorData(raw)); }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> dims(static_cast<size_t>(TF_NumDims(raw)));
    for (size_t i = 0; i < dims.size(); i += 1) dims[i] = TF_Dim(raw, static_cast<int>(i));
    return dims;
  }
};

int64_t product(const std::vector<int64_t>& dims) {
  int64_t total = 1;
  for (const int64_t size : dims) total *= size;
  return total;
}

void refuse(TF_OpKernelContext* context, const Status& status, const char* message) {
  TF_SetStatus(status.raw, TF_INVALID_ARGUMENT, message);
  TF_OpKernelContext_Failure(context, status.raw);
}

/** `alpha` again and again for as many values as a row has. */
std::vector<float> alongRow(const float* alpha, int64_t channels, int64_t values) {
  std::vector<float> row(static_cast<size_t>(values));
  for (int64_t i = 0; i < values; i += channels) std::copy(alpha, alpha + channels, row.begin() + i);
  return row;
}

WIDE void activate(const float* __restrict x, const float* __restrict alpha, int64_t count, float* __restrict out) {
  for (int64_t i = 0; i < count; i += 1) {
    const float value = x[i];
    out[i] = value > 0 ? value : value * alpha[i];
  }
}

WIDE void activateMost(const float* __restrict x, const float* __restrict alpha, int64_t count, float* __restrict most) {
  for (int64_t i = 0; i < count; i += 1) {
    const float value = x[i];
    const float active = value > 0 ? value : value * alpha[i];
    most[i] = active > most[i] ? active : most[i];
  }
}

/** `activateMost` for a row of pixels to which a mask is added, one number for each pixel, of which few are not 0. */
void activateMostMasked(const float* x, const float* alpha, const float* mask, int64_t pixels, int64_t channels, float* most) {
  std::vector<float> kept;
  for (int64_t pixel = 0; pixel < pixels; pixel += 1) {
    if (mask[pixel] != 0) kept.insert(kept.end(), most + pixel * channels, most + (pixel + 1) * channels);
  }
  activateMost(x, alpha, pixels * channels, most);
  const float* before = kept.data();
  for (int64_t pixel = 0; pixel < pixels; pixel += 1) {
    if (mask[pixel] == 0) continue;
    for (int64_t i = pixel * channels; i < (pixel + 1) * channels; i += 1, before += 1) {
      const float active = (x[i] > 0 ? x[i] : x[i] * alpha[i]) + mask[pixel];
      most[i] = active > *before ? active : *before;
    }
  }
}

/** Each value becomes the largest of those at the same channel in as many pixels, from its own on, as a window has. */
WIDE void mostAlong(float* row, int64_t channels, int64_t count, int32_t size) {
  const float* next = row + channels;
  for (int32_t beyond = 1; beyond < size; beyond += 1) {
    // What is read lies ahead of what is written.
#pragma GCC ivdep
    for (int64_t i = 0; i < count; i += 1) row[i] = row[i] > next[i] ? row[i] : next[i];
  }
}

/** Takes every pixel at which a window begins. */
void takeWindows(const float* row, int64_t windows, int64_t stepValues, int64_t channels, float* __restrict to) {
  for (int64_t window = 0; window < windows; window += 1)
    std::memcpy(to + window * channels, row + window * stepValues, static_cast<size_t>(channels) * sizeof(float));
}

/** Values per row below which a PReLU takes several rows at once, so that its loop is long enough. */
constexpr int64_t kLeastLoop = 1024;

void computePrelu(void*, TF_OpKernelContext* context) {
  Status status;
  Tensor x, alpha, out;
  TF_GetInput(context, 0, &x.raw, status.raw);
  if (!status.ok()) return TF_OpKernelContext_Failure(context, status.raw);
  const std::vector<int64_t> dims = x.shape();
  const float* values = x.data();
  // The output may take the input's place only when nobody else holds it.
  x.release();
  TF_GetInput(context, 1, &alpha.raw, status.raw);
  if (!status.ok()) return TF_OpKernelContext_Failure(context, status.raw);
  const int64_t channels = product(alpha.shape());
  const int64_t count = product(dims);
  if (dims.empty() || channels == 0 || dims.back() != channels)
    return refuse(context, status, "StudioPrelu needs one alpha for each channel.");
  const int candidate = 0;
  int forwarded = -1;
  out.raw = TF_ForwardInputOrAllocateOutput(context, &candidate, 1, 0, dims.data(), static_cast<int>(dims.size()),
                                            &forwarded, status.raw);
  if (!status.ok()) return TF_OpKernelContext_Failure(context, status.raw);
  const int64_t stretch = std::min(count, channels * std::max<int64_t>(1, kLeastLoop / channels));
  const std::vector<float> alphas = alongRow(alpha.data(), channels, stretch);
  for (int64_t at = 0; at < count; at += stretch)
    activate(values + at, alphas.data(), std::min(stretch, count - at), out.data() + at);
}

struct Pool {
  int32_t size;
  int32_t stride;
  unsigned char isSame;
};

void* createPool(TF_OpKernelConstruction* construction) {
  Status status;
  auto* pool = new Pool();
  TF_OpKernelConstruction_GetAttrInt32(construction, "size", &pool->size, status.raw);
  if (status.ok()) TF_OpKernelConstruction_GetAttrInt32(construction, "stride", &pool->stride, status.raw);
  if (status.ok()) TF_OpKernelConstruction_GetAttrBool(construction, "same", &pool->isSame, status.raw);
  if (status.ok() && (pool->size < 1 || pool->stride < 1))
    TF_SetStatus(status.raw, TF_INVALID_ARGUMENT, "StudioPreluMaxPool needs a size and a stride.");
  if (!status.ok()) TF_OpKernelConstruction_Failure(construction, status.raw);
  return pool;
}

void destroyPool(void* pool) { delete static_cast<Pool*>(pool); }

/** Outputs along an axis, and how far the first window reaches beyond its start; as TensorFlow pads. */
struct Axis {
  int64_t count;
  int64_t padding;
};

Axis axisOf(const Pool& pool, int64_t size) {
  if (!pool.isSame) return {size < pool.size ? 0 : (size - pool.size) / pool.stride + 1, 0};
  const int64_t count = (size + pool.stride - 1) / pool.stride;
  const int64_t all = std::max<int64_t>(0, (count - 1) * pool.stride + pool.size - size);
  return {count, all / 2};
}

void computePool(void* kernel, TF_OpKernelContext* context) {
  const Pool& pool = *static_cast<Pool*>(kernel);
  Status status;
  Tensor x, alpha, mask, out;
  TF_GetInput(context, 0, &x.raw, status.raw);
  if (status.ok()) TF_GetInput(context, 1, &alpha.raw, status.raw);
  if (status.ok()) TF_GetInput(context, 2, &mask.raw, status.raw);
  if (!status.ok()) return TF_OpKernelContext_Failure(context, status.raw);
  const std::vector<int64_t> dims = x.shape();
  const int64_t channels = product(alpha.shape());
  const int64_t masked = product(mask.shape());
  if (dims.size() != 4 || channels == 0 || dims[3] != channels)
    return refuse(context, status, "StudioPreluMaxPool takes [batch, height, width, channels] and one alpha for each channel.");
  const int64_t height = dims[1], width = dims[2];
  if (masked != 0 && masked != height * width)
    return refuse(context, status, "StudioPreluMaxPool takes one number of a mask for each pixel of a picture, or none.");
  const Axis rows = axisOf(pool, height), columns = axisOf(pool, width);
  const int64_t outDims[] = {dims[0], rows.count, columns.count, channels};
  const int64_t outValues = dims[0] * rows.count * columns.count * channels;
  out.raw = TF_AllocateOutput(context, 0, TF_FLOAT, outDims, 4, static_cast<size_t>(outValues) * sizeof(float), status.raw);
  if (!status.ok()) return TF_OpKernelContext_Failure(context, status.raw);
  const int64_t rowValues = width * channels;
  const std::vector<float> alphas = alongRow(alpha.data(), channels, rowValues);
  // A row with as many pixels before and after it as windows reach beyond it, which are less than any other.
  const int64_t reach = std::max<int64_t>(columns.count * pool.stride + pool.size, columns.padding + width + pool.size);
  std::vector<float> padded(static_cast<size_t>(reach * channels));
  float* most = padded.data() + columns.padding * channels;
  float* to = out.data();
  for (int64_t picture = 0; picture < dims[0]; picture += 1) {
    const float* from = x.data() + picture * height * rowValues;
    for (int64_t outRow = 0; outRow < rows.count; outRow += 1, to += columns.count * channels) {
      const int64_t top = outRow * pool.stride - rows.padding;
      std::fill(padded.begin(), padded.end(), -std::numeric_limits<float>::infinity());
      for (int64_t row = std::max<int64_t>(0, top); row < std::min(height, top + pool.size); row += 1) {
        const float* values = from + row * rowValues;
        if (masked == 0) activateMost(values, alphas.data(), rowValues, most);
        else activateMostMasked(values, alphas.data(), mask.data() + row * width, width, channels, most);
      }
      mostAlong(padded.data(), channels, (reach - pool.size) * channels, pool.size);
      takeWindows(padded.data(), columns.count, pool.stride * channels, channels, to);
    }
  }
}

void unknownShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

/** @return what went wrong, or nothing */
std::string registerAll() {
  Status status;
  const auto define = [&](const char* name, const std::vector<const char*>& inputs, const std::vector<const char*>& attributes) {
    TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(name);
    for (const char* attribute : attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute);
    for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(builder, input);
    TF_OpDefinitionBuilderAddOutput(builder, "y: float");
    TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, unknownShape);
    TF_RegisterOpDefinition(builder, status.raw);
  };
  define("StudioPrelu", {"x: float", "alpha: float"}, {});
  if (!status.ok()) return "StudioPrelu could not be defined.";
  define("StudioPreluMaxPool", {"x: float", "alpha: float", "mask: float"}, {"size: int", "stride: int", "same: bool"});
  if (!status.ok()) return "StudioPreluMaxPool could not be defined.";
  TF_RegisterKernelBuilder("StudioPrelu", TF_NewKernelBuilder("StudioPrelu", "CPU", nullptr, computePrelu, nullptr), status.raw);
  if (!status.ok()) return "StudioPrelu could not be registered.";
  TF_RegisterKernelBuilder("StudioPreluMaxPool",
                           TF_NewKernelBuilder("StudioPreluMaxPool", "CPU", createPool, computePool, destroyPool), status.raw);
  return status.ok() ? "" : "StudioPreluMaxPool could not be registered.";
}

}  // namespace

#include <node_api.h>

/** Gives the names of the operations that TensorFlow has from now on. */
NAPI_MODULE_INIT() {
  static const std::string problem = registerAll();
  if (!problem.empty()) {
    napi_throw_error(env, nullptr, problem.c_str());
    return nullptr;
  }
  return exports;
}
