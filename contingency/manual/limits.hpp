// How far a desk may go on its own while the centre is away, as a till in a shop that sells without a line: by the age
// of its lease, by how much one person took in one shift, and by money. A limit never refuses an entry: it marks it for
// somebody's approval. Reading is what gets narrower with time. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace holdline::contingency {

struct ManualLimits {
  std::int64_t lease_ms = 72LL * 3'600'000;       // without contact: then customers are only read
  std::uint32_t warn_percent = 75;                // of each limit: say so
  std::int64_t locked_ms = 120LL * 3'600'000;     // then customer data is closed
  std::int64_t destroyed_ms = 168LL * 3'600'000;  // then the key of the copy is destroyed; the outbox stays
  std::int64_t shift_ms = 12LL * 3'600'000;       // what one person took in this time counts together
  std::size_t entries = 300;                      // of one person in one shift
  std::size_t disclosures = 60;                   // told by one person to somebody in one hour
  std::size_t queued = 500;                       // entries that wait at this desk: warn only
  std::map<std::string, std::int64_t> item_money{{"GBP", 5'000}};    // by currency, in minor units: one commitment
  std::map<std::string, std::int64_t> shift_money{{"GBP", 50'000}};  // and those of one person in one shift
  std::uint32_t second_person_percent = 0;  // of sheets of paper that are typed in: somebody else compares them
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
  std::string currency;  // ISO 4217; empty: it promises no money
  std::int64_t minor_units = 0;
};

// What one person took by hand in this shift before.
struct TakenByHand {
  std::size_t entries = 0;
  std::map<std::string, std::int64_t> money = {};  // by currency, in minor units
};

struct Judged {
  Verdict verdict = Verdict::take;
  std::vector<std::string> why = {};  // codes: "entries-near", "entries-over", "item-over", "shift-near", "shift-over",
                                      // "currency-unknown", "amount-negative", "lease-over", "queue-long"
};

// Of one entry more, whatever the limits say about those before.
Judged judge_by_hand(const ManualLimits& limits, const TakenByHand& before, const ManualEntry& entry,
                     std::int64_t without_contact_ms, std::size_t queued);
// Of one disclosure more in this hour: "disclosures-near" or "disclosures-over".
Judged judge_disclosure(const ManualLimits& limits, std::size_t before);
// Entries bear amounts without a currency: the one for which the limit is lowest. Empty: no limit of money is set.
std::string currency_of_amounts(const ManualLimits& limits);
// What a code of Judged says, for whoever saves; empty: none of them.
std::string_view words_of_limit(std::string_view code);

}  // namespace holdline::contingency
