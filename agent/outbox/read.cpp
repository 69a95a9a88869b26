// Reading the outbox: batches to send, pending actions for the overlay, lists, and the export of what is not settled.
#include <algorithm>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "agent/outbox/action_draft.hpp"
#include "agent/outbox/impl.hpp"

namespace holdline::agent {

namespace {

tl::unexpected<Error> damaged_entry() {
  return fail(ErrorKind::stop, "database-corrupt",
              "An entry is missing from the outbox although it was there at the start. Export the pending entries and "
              "restart the service.");
}

}  // namespace

Result<ActionRow> Outbox::Impl::row(std::int64_t seq) {
  HOLDLINE_ASSIGN(OutboxStore* const from, readable());
  HOLDLINE_ASSIGN(auto found, from->action(seq));
  if (found) return *std::move(found);
  return damaged_entry();
}

Result<const sync::Schema*> Outbox::Impl::kept_schema(std::uint32_t version) {
  if (const auto it = old_schemas.find(version); it != old_schemas.end()) return &it->second;
  HOLDLINE_ASSIGN(OutboxStore* const from, readable());
  HOLDLINE_ASSIGN(const std::string text, from->schema_text(version));
  HOLDLINE_ASSIGN(auto schema, sync::Schema::parse(text));
  return &old_schemas.emplace(version, std::move(schema)).first->second;
}

Result<sync::Action> Outbox::Impl::read(const sync::Schema& schema, LaneId lane_id, const sync::StoredAction& stored) {
  HOLDLINE_ASSIGN(const sync::ActionHeader header, sync::read_header(stored.header));
  if (header.schema == schema.version()) return sync::read_action(schema, state.maker_of(lane_id), stored);
  HOLDLINE_ASSIGN(const sync::Schema* const old, kept_schema(header.schema));
  HOLDLINE_ASSIGN(sync::Action action, sync::read_action(*old, state.maker_of(lane_id), stored));
  return translate(*old, schema, std::move(action));
}

std::vector<const Entry*> Outbox::Impl::entries(const std::function<bool(const Entry&)>& wanted) const {
  std::vector<const Entry*> found;
  for (const LaneChain& chain : state.current()) {
    for (std::uint64_t number = chain.pruned_through() + 1; number <= chain.last(); ++number) {
      const Entry* entry = chain.find(number);
      if (wanted(*entry)) found.push_back(entry);
    }
  }
  return found;
}

Result<sync::Hash> Outbox::Impl::hash_before(const LaneChain& chain, std::uint64_t number) {
  if (number == chain.pruned_through() + 1) return chain.base();
  HOLDLINE_ASSIGN(OutboxStore* const from, readable());
  return from->hash(chain.find(number - 1)->seq);
}

Result<sync::ActionBatch> Outbox::read_batch(sync::Lane lane, std::uint64_t after_number, std::size_t count,
                                             std::size_t bytes) {
  const LaneChain& chain = impl_->state.current().at(lane);
  sync::ActionBatch batch{impl_->maker, lane, {}, {}};
  if (after_number < chain.pruned_through()) {
    return fail(ErrorKind::ask_person, "no-longer-kept",
                "Entries of lane " + std::to_string(lane) + " up to number " + std::to_string(chain.pruned_through()) +
                    " were accepted and pruned; they cannot be sent again.");
  }
  if (after_number >= chain.last()) {
    batch.predecessor = chain.tip();
    return batch;
  }
  HOLDLINE_ASSIGN(batch.predecessor, impl_->hash_before(chain, after_number + 1));
  const std::uint64_t end = std::min<std::uint64_t>(chain.last(), after_number + count);
  const std::uint64_t bytes_before = chain.bytes_to(after_number);
  for (std::uint64_t number = after_number + 1; number <= end; ++number) {
    if (!batch.actions.empty() && chain.bytes_to(number) - bytes_before > bytes) break;
    HOLDLINE_ASSIGN(ActionRow row, impl_->row(chain.find(number)->seq));
    batch.actions.push_back(std::move(row.stored));
  }
  return batch;
}

Result<PendingAction> Outbox::Impl::pending_action(const sync::Schema& schema, const Entry& entry) {
  HOLDLINE_ASSIGN(ActionRow found, row(entry.seq));
  HOLDLINE_ASSIGN(sync::Action action, read(schema, found.lane_id, found.stored));
  return PendingAction{std::move(found.stored), std::move(action)};
}

Result<std::vector<PendingAction>> Outbox::pending(const sync::Schema& schema, sync::ChangeNumber replica_cn) {
  std::vector<PendingAction> found;
  const auto shows = [&](const Entry& entry) {
    if (entry.settlement == Settlement::settled) return entry.cn > replica_cn;
    return entry.settlement == Settlement::open || entry.settlement == Settlement::waiting;
  };
  for (const Entry* entry : impl_->entries(shows)) {
    HOLDLINE_ASSIGN(PendingAction action, impl_->pending_action(schema, *entry));
    found.push_back(std::move(action));
  }
  return found;
}

Result<std::optional<PendingAction>> Outbox::find(const sync::Schema& schema, sync::ActionRef ref) {
  const Entry* entry = impl_->state.find(ref);
  if (entry == nullptr) return std::optional<PendingAction>();
  HOLDLINE_ASSIGN(PendingAction found, impl_->pending_action(schema, *entry));
  return std::optional(std::move(found));
}

Result<std::vector<sync::ActionRef>> Outbox::list(std::size_t limit) {
  HOLDLINE_ASSIGN(OutboxStore* const store, impl_->readable());
  return store->newest(impl_->state.ordinal(), limit);
}

std::optional<sync::ActionResult> Outbox::result_of(sync::ActionRef ref) const {
  const Entry* entry = impl_->state.find(ref);
  if (entry == nullptr || entry->settlement == Settlement::open || !impl_->store) return std::nullopt;
  auto found = impl_->store->result(entry->seq);
  if (!found || !*found) return std::nullopt;
  sync::ActionResult result = **std::move(found);
  result.incarnation = impl_->maker.incarnation;
  result.lane = ref.lane;
  result.number = ref.number;
  return result;
}

Result<std::vector<sync::Hash>> Outbox::hashes(sync::Lane lane, std::uint64_t first, std::size_t count) {
  HOLDLINE_ASSIGN(OutboxStore* const store, impl_->readable());
  const LaneChain& chain = impl_->state.current().at(lane);
  std::vector<sync::Hash> found;
  if (count > 0 && first != 0 && first == chain.pruned_through()) found.push_back(chain.base());
  for (std::uint64_t number = std::max(first, chain.pruned_through() + 1);
       number <= chain.last() && number < first + count; ++number) {
    HOLDLINE_ASSIGN(const sync::Hash hash, store->hash(chain.find(number)->seq));
    found.push_back(hash);
  }
  return found;
}

namespace {

nlohmann::json to_json(const sync::Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* id = std::get_if<sync::Id>(&value)) return id->text();
  return nullptr;
}

nlohmann::json to_json(const sync::Collection& collection, const sync::Op& op) {
  static constexpr const char* kinds[] = {"create", "edit", "delete"};
  nlohmann::json changes = nlohmann::json::object();
  for (const sync::FieldChange& change : op.changes) {
    nlohmann::json& field = changes[collection.fields[change.field].name];
    if (!change.adds.empty()) field["added"] = change.adds;
    for (const sync::Id& tag : change.removes) field["removed"].push_back(tag.text());
    if (change.adds.empty() && change.removes.empty()) field = to_json(change.value);
  }
  return {{"do", kinds[static_cast<std::size_t>(op.kind)]},
          {"collection", collection.name},
          {"record", op.record.id.text()},
          {"scope", op.scope},
          {"changes", std::move(changes)}};
}

nlohmann::json to_json(const sync::Schema& schema, const sync::Action& action) {
  const sync::ActionHeader& header = action.header;
  nlohmann::json ops = nlohmann::json::array();
  for (const sync::Op& op : action.ops) ops.push_back(to_json(*schema.collection(op.record.collection), op));
  return {{"lane", header.lane},
          {"number", header.number},
          {"saved_ms", header.made.wall_ms},
          {"event_ms", header.event_ms},
          {"person", header.person.text()},
          {"incident", header.incident ? nlohmann::json(header.incident->text()) : nlohmann::json()},
          {"ops", std::move(ops)}};
}

nlohmann::json unreadable(sync::ActionRef ref, const std::string& code) {
  return {{"lane", ref.lane}, {"number", ref.number}, {"unreadable", code}};
}

}  // namespace

std::map<sync::ActionRef, std::optional<ActionRow>> Outbox::Impl::out_of_reach() {
  std::map<sync::ActionRef, std::optional<ActionRow>> found;
  const auto last = state.damage && store ? store->last_seq() : 0;
  std::array<std::uint64_t, sync::lane_count> seen{};
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) seen[lane] = state.current()[lane].last();
  for (std::int64_t seq = 1; last && seq <= *last; ++seq) {
    auto row = store->action(seq);
    if (!row || !*row || incarnation_of((*row)->lane_id) != state.ordinal()) continue;
    const sync::ActionRef ref{lane_of((*row)->lane_id), (*row)->stored.number};
    // No number is above the place of its row; a page that says so is not believed.
    if (ref.number <= seen[ref.lane] || ref.number > static_cast<std::uint64_t>(seq)) continue;
    while (++seen[ref.lane] < ref.number) found.emplace(sync::ActionRef{ref.lane, seen[ref.lane]}, std::nullopt);
    const auto told = store->result(seq);
    if (told && *told && settlement_of((*told)->verdict) == Settlement::settled) continue;
    found.insert_or_assign(ref, *std::move(row));
  }
  return found;
}

Result<std::string> Outbox::export_pending(const sync::Schema& schema) {
  HOLDLINE_TRY(impl_->readable());
  nlohmann::json actions = nlohmann::json::array();
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const LaneChain& chain = impl_->state.current()[lane];
    for (std::uint64_t number = chain.pruned_through() + 1; number <= chain.last(); ++number) {
      const Entry& entry = *chain.find(number);
      if (entry.settlement == Settlement::settled) continue;
      const auto found = impl_->pending_action(schema, entry);
      actions.push_back(found ? to_json(schema, found->action) : unreadable({lane, number}, found.error().code));
    }
  }
  for (const auto& [ref, row] : impl_->out_of_reach()) {
    const auto action = row ? impl_->read(schema, row->lane_id, row->stored) : Result<sync::Action>(damaged_entry());
    actions.push_back(action ? to_json(schema, *action) : unreadable(ref, action.error().code));
  }
  return actions.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace holdline::agent
