// What both sides of the protocol must agree on: sizes and counts of actions, ops, batches, cuts, chunks and messages,
// and how long a pull waits. Value, unit, why; both sides check them before allocating. A limit of one side alone
// stands in the options of the class that keeps it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holdline::sync::limits {

// Actions of one push. More would hold the ledger's writer longer than an urgent lane should wait.
inline constexpr std::size_t actions_per_push = 2'000;
// Compressed body of one push. Small enough that a stalled link loses little, large enough for zstd to learn.
inline constexpr std::size_t push_bytes = 256 * 1024;
// Any body after decompression: one frame and one message.
inline constexpr std::size_t message_bytes = 8 * 1024 * 1024;
// A frame may not grow by more than this; honest bodies stay below 1:40.
inline constexpr std::size_t expansion_ratio = 200;
// zstd windows above this are refused (2^23 = 8 MiB); the library's own limit would be 128 MiB.
inline constexpr int window_log = 23;
inline constexpr std::size_t ops_per_action = 200;
// One action's header + payload; what one person types stays far below.
inline constexpr std::size_t action_bytes = 64 * 1024;
// What a new action leaves free of that, so that its header can grow when it is re-issued under another incarnation.
inline constexpr std::size_t header_growth = 128;
// Text of one field, whatever the schema says.
inline constexpr std::size_t text_bytes = 16 * 1024;
inline constexpr std::size_t elements_per_value = 1'000;
inline constexpr std::size_t dependencies_per_action = 64;
// Scopes that one workstation or one person may be given: what a welcome tells.
inline constexpr std::size_t scopes_per_grant = 64;
// Of a decision on earlier actions, or of an accepted hint: a sentence or two, which stands in the header and so
// outlives the payload.
inline constexpr std::size_t reason_bytes = 500;
// Questions that one action answers, and the code of one.
inline constexpr std::size_t hints_per_action = 16;
inline constexpr std::size_t hint_bytes = 40;
// Records of one cn, so that a cut never has to split one.
inline constexpr std::size_t records_per_change = 1'000;
// Records of one cut (it may run over by the last cn's records): bounds what one pull holds in memory.
inline constexpr std::size_t records_per_cut = 4'000;
// Changes encoded together, in a pull or a chunk: bounds what a few bytes of equal records can unfold to.
inline constexpr std::size_t changes_per_batch = 32'768;
inline constexpr std::size_t results_per_pull = 4'000;
// Raw size at which a snapshot chunk is closed.
inline constexpr std::size_t chunk_bytes = 4 * 1024 * 1024;
inline constexpr std::int64_t pull_wait_ms = 25'000;
inline constexpr std::size_t json_depth = 16;
inline constexpr std::size_t control_bytes = 64 * 1024;  // JSON control messages

}  // namespace holdline::sync::limits
