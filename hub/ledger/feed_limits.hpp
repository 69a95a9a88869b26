// How much the feed tells at once, and so how large a record and a list of the ledger may grow. A workstation refuses a
// message above sync::limits::message_bytes, and would refuse it again for ever; so whatever is told together is kept
// well below that where it is made.
#pragma once

#include <cstddef>

#include "sync/action/record.hpp"
#include "sync/base/limits.hpp"

namespace holdline::hub {

// A cut ends with the cn that brings it here; what is left of the message is for that cn, for results and digests.
inline constexpr std::size_t cut_bytes = sync::limits::message_bytes / 2;
// One cn: no cut may split it. What an action or an import does beyond this goes on in the next cn.
inline constexpr std::size_t change_bytes = sync::limits::message_bytes / 8;
// One record: its lists and sets grow up to this. (All its other values together are half of it at most: 64 fields, the
// texts of which the schema limits.)
inline constexpr std::size_t record_bytes = change_bytes;
// The results of one pull.
inline constexpr std::size_t results_bytes = sync::limits::message_bytes / 8;
// What the hub says about one refused action; it reaches the workstation as the text of a result.
inline constexpr std::size_t refusal_bytes = 1'000;

static_assert(cut_bytes + change_bytes + record_bytes + results_bytes < sync::limits::message_bytes);

// Key, scope and flags, which stand before the fields; a scope has 128 bytes at most.
inline constexpr std::size_t told_head_bytes = 160;

// At most this many bytes tell these fields of a record, before compression.
std::size_t encoded_size(const sync::Record& record, sync::FieldMask fields);
std::size_t encoded_size(const sync::Value& value);

}  // namespace holdline::hub
