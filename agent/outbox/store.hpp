// All SQL of the outbox. Rows in, rows out; decides nothing. One thread; write verbs run inside the caller's
// transaction.
// Internal to agent/outbox.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/database/database.hpp"
#include "sync/action/action.hpp"
#include "sync/wire/message.hpp"

namespace holdline::agent {

// A lane of one incarnation; incarnations count from 1 in the file.
using LaneId = std::uint32_t;
constexpr LaneId lane_id_of(std::uint32_t incarnation, sync::Lane lane) {
  return incarnation * sync::lane_count + lane;
}
constexpr std::uint32_t incarnation_of(LaneId lane_id) { return lane_id / sync::lane_count; }
constexpr sync::Lane lane_of(LaneId lane_id) { return static_cast<sync::Lane>(lane_id % sync::lane_count); }
// Numbers that are stored as SQLite has them, with a sign.
constexpr std::uint64_t unsigned_of(std::int64_t v) { return static_cast<std::uint64_t>(v); }

// What is kept beside an action so that a repeated request gets its first answer.
struct Request {
  std::string key;
  sync::Bytes fingerprint;  // first 16 bytes of the request's hash
  sync::Bytes created;      // which ops created records: see action_draft.hpp
};

struct ActionRow {
  std::int64_t seq = 0;  // order of saving, over all lanes and incarnations
  LaneId lane_id = 0;
  sync::StoredAction stored;
  Request request;
};

// One row of the scan at open. Views live until the callback returns.
struct ScannedAction {
  std::int64_t seq = 0;
  LaneId lane_id = 0;
  std::uint64_t number = 0;
  sync::Hash hash;
  sync::Salt salt{};
  std::string_view header, payload, key;
  std::optional<std::uint8_t> verdict;  // of its latest result
  std::uint64_t entry = 0, cn = 0;
};

// Kept in place of a verdict: the action lives on under another incarnation.
inline constexpr std::uint8_t verdict_reissued = 255;

// Where a lane begins after its oldest actions were pruned.
struct LaneStart {
  LaneId lane_id = 0;
  std::uint64_t pruned_through = 0;  // last number that is no longer kept
  sync::Hash hash;                   // of that action
};

struct OutboxIdentity {
  sync::Id device;
  std::vector<sync::Id> incarnations;  // the last one is the current one
  sync::Id epoch;                      // whose results those are; nil: no hub has answered yet
  std::uint64_t results_to = 0;
  sync::LatestResult latest;
  std::uint64_t pruned = 0;
  std::uint64_t lost = 0;
  std::vector<LaneStart> starts;
  std::vector<std::uint32_t> schemas;  // versions whose text is kept
};

class OutboxStore {
 public:
  static Result<std::unique_ptr<OutboxStore>> create(const std::string& path, const platform::SecretKey& key,
                                                     const platform::DatabaseOptions& options,
                                                     const sync::Maker& maker);
  static Result<std::unique_ptr<OutboxStore>> open(const std::string& path, const platform::SecretKey& key,
                                                   const platform::DatabaseOptions& options);

  platform::Database& database() { return db_; }
  Result<OutboxIdentity> identity();
  // Every action in the order of saving.
  Result<void> scan(const std::function<void(const ScannedAction&)>& each);

  Result<void> insert(const ActionRow& row);
  Result<std::optional<ActionRow>> action(std::int64_t seq);
  Result<sync::Hash> hash(std::int64_t seq);
  Result<std::int64_t> last_seq();
  // (place, number) of the newest actions of one incarnation before `seq`, newest first.
  Result<std::vector<sync::ActionRef>> newest(std::uint32_t incarnation, std::size_t limit, std::int64_t seq);
  Result<void> remove(std::int64_t seq);

  Result<void> keep_schema(std::uint32_t version, std::string_view text);
  Result<std::string> schema_text(std::uint32_t version);

  // Replaces the entry of an action unless the kept one is newer.
  Result<void> put_result(std::int64_t seq, const sync::ActionResult& result);
  Result<void> put_reissued(std::int64_t seq, std::int64_t successor);
  Result<void> drop_result(std::int64_t seq);
  // Another stream of results begins: whatever it tells about an action replaces what is kept.
  Result<void> begin_epoch(const sync::Id& epoch);
  // Without incarnation, lane and number, which the caller asked by.
  Result<std::optional<sync::ActionResult>> result(std::int64_t seq);
  Result<void> set_results_to(std::uint64_t entry);
  Result<void> set_latest(const sync::LatestResult& latest);

  Result<void> add_incarnation(std::uint32_t ordinal, const sync::Id& id);
  Result<void> set_start(const LaneStart& start, std::uint64_t pruned);

  // Where the file was when it was written last (platform::file_place); nothing when it never said.
  Result<std::optional<sync::Hash>> place();
  Result<void> set_place(const sync::Hash& place);
  // These numbers of a lane were pruned, and the hub has lost them too.
  Result<void> add_lost(LaneId lane_id, std::uint64_t first, std::uint64_t last);

  Result<void> add_assertion(std::uint32_t incarnation, const sync::Assertion& assertion);
  // All of one incarnation, by number.
  Result<std::vector<sync::Assertion>> assertions(std::uint32_t incarnation);

 private:
  explicit OutboxStore(platform::Database&& db) : db_(std::move(db)) {}
  Result<sync::LatestResult> latest();
  Result<void> prepare();

  platform::Database db_;
  platform::Statement insert_, select_, select_hash_, remove_, put_result_, select_result_, drop_result_;
};

}  // namespace holdline::agent
