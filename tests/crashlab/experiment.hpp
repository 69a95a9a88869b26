// One experiment: a store, a short piece of work, a fault at one moment of it, and what the next start finds. All
// chance comes from one seed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "platform/os/clock.hpp"
#include "platform/os/entropy.hpp"
#include "platform/os/secret.hpp"
#include "sync/base/result.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/support/generator.hpp"
#include "tests/support/test_clock.hpp"

namespace holdline::crashlab {

using generator::Random;

enum class Store : std::uint8_t { outbox, replica, ledger };
enum class Fault : std::uint8_t {
  power_cut,     // at a random change, also while a start recovers from the one before
  kill,          // the process ends there; what it wrote stays
  failed_sync,   // once or for ever; then going on, a restart, or a power cut
  read_only,     // from a random change on nothing can be changed
  read_error,    // a page, or one read
  bit_flip,      // anywhere in any file, at rest
  misdirected,   // a page written onto another one
  stale_page,    // a page that kept its older bytes
  swapped_file,  // missing, empty, cut off, older, or another one's
};
inline constexpr std::size_t store_count = 3, fault_count = 9;
std::string_view name_of(Store store);
std::string_view name_of(Fault fault);

enum class Verdict : std::uint8_t {
  kept,        // everything acknowledged is there, and work goes on
  harmless,    // damage that changed nothing: everything reads as before
  detected,    // the damage was told, and nothing wrong was shown
  lost,        // something acknowledged is not there
  undetected,  // something else than what was written is shown as if it were good
};

// How often what happened, as the disk counted it.
struct Injected {
  std::uint64_t power_cuts = 0, failed_syncs = 0, refused_changes = 0, read_errors = 0, bit_flips = 0, misdirected = 0,
                stale_pages = 0, swapped_files = 0;
  Injected& operator+=(const Injected& other);
  bool operator==(const Injected&) const = default;
};

struct Outcome {
  Verdict verdict = Verdict::kept;
  std::string what;  // detected: by what; lost and undetected: what is wrong
  std::uint64_t acked_checked = 0;
  Injected injected;
};

// A promise that did not hold.
class Broken : public std::runtime_error {
 public:
  Broken(Verdict verdict, const std::string& what) : std::runtime_error(what), verdict_(verdict) {}
  Verdict verdict() const { return verdict_; }

 private:
  Verdict verdict_;
};
[[noreturn]] inline void lost(const std::string& what) { throw Broken(Verdict::lost, what); }
[[noreturn]] inline void undetected(const std::string& what) { throw Broken(Verdict::undetected, what); }

// Where a run tells what it does, when somebody looks at one.
using Tell = std::function<void(const std::string&)>;

// The experiments on one store. Keeps prepared disks, so that a run begins with a copy instead of a creation. One
// thread each.
class Lab {
 public:
  virtual ~Lab() = default;
  // Throws Broken.
  virtual Outcome run(Fault fault, std::uint64_t seed, const Tell& tell) = 0;
};

// --- what labs share ---

inline platform::SecretKey disk_key() {
  std::array<std::uint8_t, platform::SecretKey::size> bytes{};
  bytes.fill(7);
  return platform::SecretKey(bytes);
}

inline constexpr std::int64_t began_ms = support::TestClock::begins_ms;

// The length of a note whose entry goes on over a second page.
inline constexpr std::size_t long_note = 3'950;
// A disk name that nobody in this process has.
std::string new_disk_name();
support::PowerLoss any_power_loss(Random& random);
inline bool one_in(Random& random, std::uint32_t n) { return random.below(n) == 0; }
// What happened on a disk between two readings of its counts.
Injected between(const support::FaultCounts& before, const support::FaultCounts& after);

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error("preparing: " + result.error().code + ": " + result.error().message);
  return *std::move(result);
}
inline void must(Result<void> result) {
  if (!result) throw std::runtime_error("preparing: " + result.error().code + ": " + result.error().message);
}

}  // namespace holdline::crashlab
