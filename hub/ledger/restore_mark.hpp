// How far the ledger was, kept in a file beside it: an older copy put back in its place is recognised when it is
// opened, by the hub itself. What one workstation says is never enough for that: it would let each of them end the
// epoch of all.
#pragma once

#include <cstdint>
#include <optional>

#include "hub/ledger/ledger.hpp"
#include "platform/os/entropy.hpp"
#include "platform/os/files.hpp"

namespace holdline::hub {

// One thread.
class RestoreMark {
 public:
  // Between two writes of the mark. A copy younger than the mark is not recognised by it.
  static constexpr std::int64_t interval_ms = 10'000;

  explicit RestoreMark(platform::Path file) : file_(std::move(file)) {}

  // Nothing: none was written yet. stop "damaged-mark" when the file is not one.
  Result<std::optional<Cursor>> read() const;
  // Success: durable. The ledger has to have committed `head` durably before: a mark ahead of it ends the epoch.
  Result<void> write(const Cursor& head);
  // The same for the ledger's head, when the last was an interval ago; `now_ms` is boot time, nothing: at once. On the
  // thread that writes the ledger, outside a transaction.
  Result<void> keep_up(Ledger& ledger, std::optional<std::int64_t> now_ms);

 private:
  platform::Path file_;
  std::optional<std::int64_t> written_ms_;
};

// True when the ledger never stood at the mark, or no longer does: it is an older copy, and has begun a new epoch now.
Result<bool> recognise_restore(Ledger& ledger, const Cursor& mark, platform::Entropy& entropy);

}  // namespace holdline::hub
