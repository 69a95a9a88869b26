// Conflict records: what lost, beside what stands, with who, when and from which base. Ordinary records of a built-in
// collection, so they are fed, searched and resolved like any other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/merge.hpp"
#include "sync/schema.hpp"

namespace holdline::hub {

// The same losing action and unit always give the same record, so a replay cannot make a second one.
sync::RecordKey conflict_key(const sync::Schema& schema, const sync::RecordKey& record, const sync::Maker& maker,
                             const sync::ActionHeader& header, std::uint32_t index, const sync::Loser& loser);

// The conflict record of one losing value.
sync::Record conflict_record(const sync::Schema& schema, const sync::Incoming& incoming, const sync::Loser& loser,
                             const std::string& scope);

// Whether `conflict` is open and about this unit of this record.
bool is_open_about(const sync::Schema& schema, const sync::Record& conflict, const sync::RecordKey& record,
                   std::uint8_t unit);

// A later change of the same person joins: the conflict's other value becomes the new one; the earlier stays in
// `joined`.
void join(const sync::Schema& schema, sync::Record& conflict, const sync::Incoming& incoming,
          const sync::Joined& joined);

// The values a conflict offers, exactly as they were: `current` is what stood, `other` what lost.
struct ConflictValues {
  sync::RecordKey record;
  std::uint8_t unit = 0;
  bool about_deletion = false;
  std::vector<sync::Value> current, other;
};
Result<ConflictValues> conflict_values(const sync::Schema& schema, const sync::Record& conflict);

// A value for a person to read.
std::string display(const sync::Value& value);

}  // namespace holdline::hub
