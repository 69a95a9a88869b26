// Made-up customers and manual entries for benchmarks and tests: no real person's data, the same values for the same
// seed on every machine. Two sets of notes: `grammar` repeats phrases (friendly to compressors), `free` draws from a
// made-up vocabulary with the word frequencies of ordinary text (closer to what people type).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/base/id.hpp"

namespace holdline::generator {

// SplitMix64 (Steele, Lea and Flood, 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  std::uint32_t below(std::uint32_t n);   // 0..n-1
  std::uint32_t skewed(std::uint32_t n);  // 0..n-1, small ones more often
  double unit();                          // [0, 1)
  std::string_view pick(std::span<const std::string_view> words) { return words[below(size(words))]; }
  std::string_view pick_skewed(std::span<const std::string_view> words) { return words[skewed(size(words))]; }

 private:
  static std::uint32_t size(std::span<const std::string_view> words) {
    return static_cast<std::uint32_t>(words.size());
  }
  std::uint64_t state_;
};

struct Customer {
  sync::Id id;  // UUIDv7 at created_ms
  std::string given, family;
  std::string phone, second_phone;  // E.164; the second is empty for two in three
  std::string email, street, postcode, city, country;
  std::string products;  // "mobile-s:2021-04-07,…"
  std::string tag;       // "K-00000000;seg=B;limit=50;owner=ws-0001"
  std::int64_t created_ms = 0, updated_ms = 0;
  std::uint32_t version = 0;
};

// Customer number `index` of the population `seed`.
Customer customer(std::uint32_t index, std::uint64_t seed = 42);

enum class NoteSet { grammar, free };

struct Entry {
  sync::Id id, customer;
  std::uint32_t customer_index = 0;
  std::string_view kind, status;  // options of the default schema
  std::int64_t at_ms = 0;
  std::uint32_t station = 0, person = 0;  // of 6 people who share the workstation
  std::string phone, name;
  std::string note;  // 80 to 200 bytes
  std::uint32_t amount_cents = 0;
};

// What one workstation takes down: one entry every 20 to 600 seconds, about customers 0..pool-1 of population 42.
std::vector<Entry> entries(std::size_t count, NoteSet notes, std::uint64_t seed = 7, std::uint32_t station = 412,
                           std::uint32_t pool = 1'000'000);

}  // namespace holdline::generator
