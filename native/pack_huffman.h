// Packs bytes by Huffman codes alone: the same stream as src/node/images/pack-huffman.ts, which says what is done and why.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace packing {

constexpr int64_t kBlockBytes = 32 * 1024;
constexpr int kLiterals = 257, kEndOfBlock = 256;
constexpr int kTableCodes = 16;
constexpr int kLongestCodeBits = 15, kLongestTableCodeBits = 7;
constexpr std::array<int, 19> kTableOrder = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
constexpr int64_t kBlockTableBytes = 3 + 2 + (19 * 3 + (kLiterals + 1) * 7 + 7) / 8;

inline int64_t bound(int64_t bytes) {
  return 2 + (bytes * kLongestCodeBits + 7) / 8 + (bytes / kBlockBytes + 1) * kBlockTableBytes + 4;
}

template <int Symbols>
struct Codes {
  std::array<uint8_t, Symbols> lengths{};
  std::array<uint16_t, Symbols> codes{};
};

inline uint16_t reversed(int code, int bits) {
  int result = 0;
  for (int i = 0; i < bits; i += 1) result |= ((code >> i) & 1) << (bits - 1 - i);
  return static_cast<uint16_t>(result);
}

/** Canonical codes, none longer than `longest`, for two or more symbols that occur; at most 2^15 + 1 occurrences in all. */
template <int Symbols>
Codes<Symbols> codesOf(const std::array<uint32_t, Symbols>& occurrences, int longest) {
  // Occurrences above, symbols below: sorted by the first, then the second.
  std::array<uint32_t, Symbols> leaves;
  int count = 0;
  for (int symbol = 0; symbol < Symbols; symbol += 1)
    if (occurrences[symbol] > 0) leaves[count++] = occurrences[symbol] << 9 | symbol;
  std::sort(leaves.begin(), leaves.begin() + count);

  std::array<uint32_t, 2 * Symbols> weights;
  std::array<int, 2 * Symbols> parent, depth;
  for (int i = 0; i < count; i += 1) weights[i] = leaves[i] >> 9;
  int leaf = 0, node = count, nodes = count;
  const auto lightest = [&] {
    return leaf < count && (node >= nodes || weights[leaf] <= weights[node]) ? leaf++ : node++;
  };
  while (nodes < 2 * count - 1) {
    const int first = lightest(), second = lightest();
    parent[first] = parent[second] = nodes;
    weights[nodes] = weights[first] + weights[second];
    nodes += 1;
  }
  depth[nodes - 1] = 0;
  for (int i = nodes - 2; i >= 0; i -= 1) depth[i] = depth[parent[i]] + 1;

  std::array<int, kLongestCodeBits + 1> counts{};
  int taken = 0;
  for (int i = 0; i < count; i += 1) {
    const int bits = std::min(depth[i], longest);
    counts[bits] += 1;
    taken += 1 << (longest - bits);
  }
  for (; taken > 1 << longest; taken -= 1) {
    int bits = longest - 1;
    while (counts[bits] == 0) bits -= 1;
    counts[bits] -= 1;
    counts[bits + 1] += 2;
    counts[longest] -= 1;
  }

  Codes<Symbols> result;
  int next = 0;
  for (int bits = longest; bits > 0; bits -= 1)
    for (int i = 0; i < counts[bits]; i += 1) result.lengths[leaves[next++] & 511] = static_cast<uint8_t>(bits);
  std::array<int, kLongestCodeBits + 1> code{};
  for (int bits = 1, first = 0; bits <= longest; bits += 1) {
    first <<= 1;
    code[bits] = first;
    first += counts[bits];
  }
  for (int symbol = 0; symbol < Symbols; symbol += 1) {
    const int bits = result.lengths[symbol];
    if (bits > 0) result.codes[symbol] = reversed(code[bits]++, bits);
  }
  return result;
}

struct Writer {
  uint8_t* out;
  uint64_t held = 0;
  int bits = 0;

  void put(uint32_t value, int count) {
    held |= static_cast<uint64_t>(value) << bits;
    bits += count;
    if (bits < 32) return;
    const uint32_t whole = static_cast<uint32_t>(held);
    std::memcpy(out, &whole, sizeof whole);
    out += sizeof whole;
    held >>= 32;
    bits -= 32;
  }

  /** Whole bytes; up to seven bits stay. */
  void flush() {
    for (; bits >= 8; bits -= 8) {
      *out++ = static_cast<uint8_t>(held);
      held >>= 8;
    }
  }
};

inline uint32_t adler32(const uint8_t* bytes, int64_t length) {
  // The most bytes whose sums stay within 32 bits (RFC 1950).
  constexpr int64_t kRun = 5552;
  uint32_t a = 1, b = 0;
  for (int64_t start = 0; start < length; start += kRun) {
    const int64_t end = std::min(length, start + kRun);
    for (int64_t i = start; i < end; i += 1) {
      a += bytes[i];
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b << 16 | a;
}

/** `out` has room for `bound(length)` bytes. */
inline int64_t pack(const uint8_t* bytes, int64_t length, uint8_t* out) {
  Writer writer{out};
  writer.put(0x78, 8);
  writer.put(0x01, 8);
  for (int64_t start = 0; start == 0 || start < length; start += kBlockBytes) {
    const int64_t end = std::min(length, start + kBlockBytes);
    // Four counts, since equal bytes in a row would wait for each other's.
    std::array<std::array<uint32_t, kLiterals>, 4> partial{};
    for (int64_t i = start; i < end; i += 1) partial[i & 3][bytes[i]] += 1;
    std::array<uint32_t, kLiterals> occurrences;
    for (int i = 0; i < kLiterals; i += 1)
      occurrences[i] = partial[0][i] + partial[1][i] + partial[2][i] + partial[3][i];
    occurrences[kEndOfBlock] = 1;
    if (start == end) occurrences[0] = 1;
    const Codes<kLiterals> literals = codesOf<kLiterals>(occurrences, kLongestCodeBits);
    std::array<uint32_t, kTableCodes> table_occurrences{};
    for (const uint8_t bits : literals.lengths) table_occurrences[bits] += 1;
    table_occurrences[0] += 1;
    const Codes<kTableCodes> table = codesOf<kTableCodes>(table_occurrences, kLongestTableCodeBits);

    writer.put(end == length ? 1 : 0, 1);
    writer.put(2, 2);
    writer.put(kLiterals - 257, 5);
    writer.put(0, 5);
    writer.put(static_cast<uint32_t>(kTableOrder.size()) - 4, 4);
    for (const int bits : kTableOrder) writer.put(bits < kTableCodes ? table.lengths[bits] : 0, 3);
    for (const uint8_t bits : literals.lengths) writer.put(table.codes[bits], table.lengths[bits]);
    writer.put(table.codes[0], table.lengths[0]);
    // Codes and their lengths in one word.
    std::array<uint32_t, 256> words;
    for (int i = 0; i < 256; i += 1) words[i] = static_cast<uint32_t>(literals.codes[i]) << 8 | literals.lengths[i];
    for (int64_t i = start; i < end; i += 1) writer.put(words[bytes[i]] >> 8, static_cast<int>(words[bytes[i]] & 255));
    writer.put(literals.codes[kEndOfBlock], literals.lengths[kEndOfBlock]);
  }
  writer.flush();
  if (writer.bits > 0) *writer.out++ = static_cast<uint8_t>(writer.held);
  const uint32_t sum = adler32(bytes, length);
  for (int shift = 24; shift >= 0; shift -= 8) *writer.out++ = static_cast<uint8_t>(sum >> shift);
  return writer.out - out;
}

}  // namespace packing
