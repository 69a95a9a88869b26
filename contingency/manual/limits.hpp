// How far a desk may go on its own while the centre is away, as a till in a shop that sells without a line: by the age
// of its lease, by how much one person took in one shift, and by money. A limit never refuses an entry: it marks it for
// somebody's approval. Reading is what gets narrower with time. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sync/base/result.hpp"

namespace holdline::contingency {

struct ManualLimits {
  std::int64_t lease_ms = 72LL * 3'600'000;       // without contact: then customers are only read
  std::uint32_t warn_percent = 75;                // of each limit: say so
  std::int64_t locked_ms = 120LL * 3'600'000;     // then customer data is closed
  std::int64_t destroyed_ms = 168LL * 3'600'000;  // then the key of the copy is destroyed; the outbox stays
  std::size_t entries = 300;                      // of one person in one shift
  std::size_t disclosures = 60;                   // customers shown by one person in one hour
  std::size_t queued = 500;                       // entries that wait at this desk: warn only
  std::map<std::string, std::int64_t> item_money{{"GBP", 5'000}};    // by currency, in minor units: one commitment
  std::map<std::string, std::int64_t> shift_money{{"GBP", 50'000}};  // and those of one person in one shift
};

// What the desk lets people do with customer data, by the time since the hub last renewed its lease.
enum class LeaseAccess : std::uint8_t { full, full_warned, read_only, locked, destroyed };
std::string_view name_of(LeaseAccess access);
LeaseAccess lease_access(const ManualLimits& limits, std::int64_t without_contact_ms);
// Until the next step down; 0 when there is none.
std::int64_t next_step_ms(const ManualLimits& limits, std::int64_t without_contact_ms);

enum class Verdict : std::uint8_t {
  take,      // as any other
  warn,      // taken; say how near the limit is
  approval,  // taken and marked: somebody approves it before it has its effect
};

struct ManualEntry {
  std::string person;    // sign-in name
  std::string shift;     // of the roster, or a date
  std::string currency;  // ISO 4217; empty: it promises no money
  std::int64_t minor_units = 0;
};

struct Judged {
  Verdict verdict = Verdict::take;
  std::vector<std::string> why;  // codes: "entries-near", "entries-over", "item-over", "shift-near", "shift-over",
                                 // "currency-unknown", "amount-negative", "lease-over", "queue-long"
};

// Counts what was taken by hand, per person and shift. Not thread-safe. Rebuilt from the outbox at a start.
class ManualTally {
 public:
  explicit ManualTally(ManualLimits limits = {}) : limits_(std::move(limits)) {}

  // Counts the entry, whatever the verdict, and judges it.
  Judged take(const ManualEntry& entry, std::int64_t without_contact_ms, std::size_t queued);
  // May this person look at one more customer? take, warn or approval (an emergency view with a reason).
  Judged look(const std::string& person, std::int64_t now_ms);
  // A shift ended, or its entries arrived.
  void forget(const std::string& shift);
  std::size_t entries(const std::string& person, const std::string& shift) const;

 private:
  struct Taken {
    std::size_t entries = 0;
    std::map<std::string, std::int64_t> money;
  };
  void judge_money(const ManualEntry& entry, Taken& taken, Judged& judged) const;

  ManualLimits limits_;
  std::map<std::pair<std::string, std::string>, Taken> taken_;  // shift, person
  std::map<std::string, std::vector<std::int64_t>> looks_;      // of the last hour
};

}  // namespace holdline::contingency
