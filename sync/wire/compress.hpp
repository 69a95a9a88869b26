// zstd frames with every bound checked before memory is taken.
#pragma once

#include <memory>
#include <string_view>

#include "sync/base/bytes.hpp"
#include "sync/base/hash.hpp"
#include "sync/base/result.hpp"

namespace holdline::sync {

// A trained dictionary, prepared for both directions. Immutable; may be shared between threads.
class Dictionary {
 public:
  // One that was made here; throws when zstd cannot use it, for that is a bug.
  explicit Dictionary(Bytes trained);
  // One that came from elsewhere. Errors: ask_person "malformed-dictionary".
  static Result<Dictionary> parse(Bytes received);
  ~Dictionary();
  Dictionary(Dictionary&&) noexcept;
  Dictionary& operator=(Dictionary&&) noexcept;
  const Hash& hash() const;
  const Bytes& bytes() const;

 private:
  friend class Compressor;
  struct State;
  explicit Dictionary(std::unique_ptr<State> state);
  static std::unique_ptr<State> prepare(Bytes bytes);
  std::unique_ptr<State> state_;
};

// Keeps its zstd contexts; one per thread.
class Compressor {
 public:
  Compressor();
  ~Compressor();
  // zstd-3. With a dictionary when the input is small (below 32 KiB) and one is given, plain otherwise; the first byte
  // of the result says which (0 plain, 1 dictionary).
  Bytes compress(std::string_view raw, const Dictionary* dictionary);
  // Refuses, before allocating: a declared size above `max_raw`, above limits::expansion_ratio × input, a missing size,
  // a window above limits::window_log, a dictionary frame without that dictionary ("unknown-dictionary", start_over),
  // more than one frame, trailing bytes. Errors are ask_person "malformed-frame" otherwise.
  Result<Bytes> decompress(std::string_view frame, const Dictionary* dictionary, std::size_t max_raw);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace holdline::sync
