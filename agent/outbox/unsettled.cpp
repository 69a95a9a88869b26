#include "agent/outbox/unsettled.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "agent/outbox/impl.hpp"
#include "sync/base/limits.hpp"

namespace holdline::agent {

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

Result<sync::Action> action_of(const sync::Schema& schema, const sync::Maker& maker, const Unsettled::Item& item) {
  if (!item.code.empty()) return fail(ErrorKind::stop, item.code, "");
  return item.translated ? *item.translated : sync::read_action(schema, maker, *item.stored);
}

// Stored bytes of one push: with sign-ins and what its form costs it stays below what a reader takes.
constexpr std::size_t carried_bytes = sync::limits::message_bytes / 4;

std::size_t bytes_of(const sync::StoredAction& stored) { return stored.header.size() + stored.payload.size(); }

// The actions of one lane from `item` on that fit into one push; `item` goes behind them.
sync::Push push_from(const Unsettled& unsettled, std::vector<Unsettled::Item>::const_iterator& item) {
  const sync::Lane lane = item->ref.lane;
  sync::Push push;
  push.batch = {unsettled.maker, lane, item->predecessor, {}};
  std::set<std::uint32_t> named;
  for (std::size_t bytes = 0; item != unsettled.items.end() && item->ref.lane == lane && item->stored; ++item) {
    bytes += bytes_of(*item->stored);
    const bool full = push.batch.actions.size() == sync::limits::actions_per_push || bytes > carried_bytes;
    if (item->out_of_line || (full && !push.batch.actions.empty())) break;
    push.batch.actions.push_back(*item->stored);
    if (const auto header = sync::read_header(item->stored->header)) named.insert(header->assertion);
  }
  std::ranges::copy_if(unsettled.assertions, std::back_inserter(push.assertions),
                       [&](const sync::Assertion& one) { return named.contains(one.number); });
  return push;
}

}  // namespace

std::string actions_text(const sync::Schema& schema, const Unsettled& unsettled, const WantedAction& wanted) {
  nlohmann::json actions = nlohmann::json::array();
  for (const Unsettled::Item& item : unsettled.items) {
    if (item.settled) continue;
    const auto action = action_of(schema, unsettled.maker, item);
    if (wanted && (!action || !wanted(*action))) continue;
    if (action)
      actions.push_back(to_json(schema, *action));
    else
      actions.push_back({{"lane", item.ref.lane}, {"number", item.ref.number}, {"unreadable", action.error().code}});
  }
  return actions.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<sync::Bytes> pushes_of(const Unsettled& unsettled, const sync::TimeReading& now) {
  std::vector<sync::Bytes> pushes;
  const auto end = unsettled.items.end();
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const auto is_first = [&](const Unsettled::Item& item) { return item.ref.lane == lane && !item.answered; };
    auto item = std::ranges::find_if(unsettled.items, is_first);
    while (item != end && item->ref.lane == lane && item->stored && !item->out_of_line) {
      sync::Push push = push_from(unsettled, item);
      push.clock = now;
      pushes.push_back(sync::encode_push(push));
    }
  }
  return pushes;
}

std::optional<Unsettled> UnsettledActions::all() const {
  const platform::MutexLock lock(mutex_);
  if (!known_) return std::nullopt;
  Unsettled all{maker_, assertions_, {}};
  all.items.reserve(items_.size());
  for (const auto& [ref, item] : items_) all.items.push_back(item);
  return all;
}

void UnsettledActions::begin(Unsettled read) {
  const platform::MutexLock lock(mutex_);
  known_ = true;
  maker_ = read.maker;
  assertions_ = std::move(read.assertions);
  items_.clear();
  first_open_.fill(none);
  for (Unsettled::Item& item : read.items) {
    if (!item.answered) first_open_[item.ref.lane] = std::min(first_open_[item.ref.lane], item.ref.number);
    items_.emplace(item.ref, std::move(item));
  }
}

void UnsettledActions::forget() {
  const platform::MutexLock lock(mutex_);
  known_ = false;
  items_.clear();
}

void UnsettledActions::add(Unsettled::Item item) {
  const platform::MutexLock lock(mutex_);
  if (!known_) return;
  std::uint64_t& first_open = first_open_[item.ref.lane];
  first_open = std::min(first_open, item.ref.number);
  items_.emplace(item.ref, std::move(item));
}

void UnsettledActions::settle(sync::ActionRef ref, bool settled) {
  const platform::MutexLock lock(mutex_);
  const auto found = items_.find(ref);
  if (found == items_.end()) return;
  found->second.answered = true;
  found->second.settled = settled;
  if (ref.number == first_open_[ref.lane])
    first_open_[ref.lane] = drop_settled(found);
  else if (settled && ref.number < first_open_[ref.lane])
    items_.erase(found);
}

std::uint64_t UnsettledActions::drop_settled(Items::iterator from) {
  const sync::Lane lane = from->first.lane;
  while (from != items_.end() && from->first.lane == lane && from->second.answered)
    from = from->second.settled ? items_.erase(from) : std::next(from);
  return from != items_.end() && from->first.lane == lane ? from->first.number : none;
}

void UnsettledActions::sign_in(sync::Assertion assertion) {
  const platform::MutexLock lock(mutex_);
  assertions_.push_back(std::move(assertion));
}

const UnsettledActions& Outbox::unsettled() const { return impl_->unsettled; }

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

Unsettled::Item Outbox::Impl::unsettled_item(const sync::Schema& schema, sync::ActionRef ref, Result<ActionRow> row) {
  Unsettled::Item item{ref, nullptr};
  if (!row) {
    item.code = row.error().code;
    return item;
  }
  const auto header = sync::read_header(row->stored.header);
  if (!header || header->schema != schema.version()) {
    auto translated = read(schema, row->lane_id, row->stored);
    if (translated)
      item.translated = std::make_shared<const sync::Action>(*std::move(translated));
    else
      item.code = translated.error().code;
  }
  item.stored = std::make_shared<const sync::StoredAction>(std::move(row->stored));
  return item;
}

Result<Unsettled> Outbox::read_unsettled(const sync::Schema& schema) {
  HOLDLINE_ASSIGN(OutboxStore* const store, impl_->readable());
  Unsettled found{impl_->maker, {}, {}};
  auto signed_in = store->assertions(impl_->state.ordinal());
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const LaneChain& chain = impl_->state.current()[lane];
    bool all_answered = true;
    for (std::uint64_t number = chain.pruned_through() + 1; number <= chain.last(); ++number) {
      const Entry& entry = *chain.find(number);
      all_answered = all_answered && entry.settlement != Settlement::open;
      const bool settled = entry.settlement == Settlement::settled;
      if (settled && all_answered) continue;
      auto item = impl_->unsettled_item(schema, {lane, number}, impl_->row(entry.seq));
      const auto before = impl_->hash_before(chain, number);
      item.out_of_line = !before;
      item.predecessor = before.value_or(sync::Hash{});
      item.answered = entry.settlement != Settlement::open;
      item.settled = settled;
      found.items.push_back(std::move(item));
    }
  }
  for (auto& [ref, row] : impl_->out_of_reach()) {
    auto there = row ? Result<ActionRow>(*std::move(row)) : fail(ErrorKind::stop, "database-corrupt", "");
    found.items.push_back(impl_->unsettled_item(schema, ref, std::move(there)));
    found.items.back().out_of_line = true;
  }
  // Without the sign-ins the hub would refuse all of it.
  if (signed_in) found.assertions = *std::move(signed_in);
  for (Unsettled::Item& item : found.items) item.out_of_line |= !signed_in;
  return found;
}

}  // namespace holdline::agent
