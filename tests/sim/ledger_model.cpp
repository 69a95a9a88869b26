#include "tests/sim/ledger_model.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "sync/conflicts.hpp"
#include "tests/sim/ledger_reading.hpp"

namespace holdline::sim {

namespace {

Violation differs(const std::string& what) {
  return Violation("the ledger is what was taken, one after the other", what);
}

ActionPlace place_of(const sync::Maker& maker, const sync::ActionRef& ref) {
  return {maker.device, maker.incarnation, ref};
}

}  // namespace

void LedgerModel::offered(std::span<const hub::IncomingPush> pushes, const LedgerHistory& history,
                          std::int64_t hub_ms) {
  std::set<std::pair<ActionPlace, DeedNo>> in_group;  // of the same action in one group the first is taken
  for (const hub::IncomingPush& push : pushes)
    for (const hub::ReadAction& read : push.actions) {
      if (!read.action) continue;
      const auto no = deed_of(setting_.schema, read.action->ops);
      const ActionPlace place = place_of(push.maker, {push.lane, read.stored.number});
      if (!no || history.has_result(place.device, place.incarnation, place.ref)) continue;
      if (!in_group.emplace(place, *no).second) continue;
      const auto time = sync::correct_time(read.action->header.made, push.clock, hub_ms);
      offers_.insert_or_assign({place, *no}, Offer{push.maker, *read.action, time.ms});
    }
}

void LedgerModel::check(const LedgerHistory& history, const Deeds& deeds, hub::LedgerReader& reader) {
  records_.clear();
  conflicts_.clear();
  for (const hub::StoodAt& row : setting_.imported) records_.emplace(row.stood.record.key, row);
  const std::vector<Effect> all = effects(history, deeds);
  for (auto first = all.begin(); first != all.end();) {
    const auto last =
        std::find_if(first, all.end(), [&](const Effect& e) { return e.result->at != first->result->at; });
    fold({first, last});
    first = last;
  }
  compare(reader);
}

// By the place in the feed; what came by two ways counts where it took effect first.
std::vector<LedgerModel::Effect> LedgerModel::effects(const LedgerHistory& history, const Deeds& deeds) {
  std::vector<Effect> all;
  for (const hub::Device& device : setting_.devices) {
    std::set<DeedNo> seen;
    for (const sync::ActionResult& result : history.results(device.id)) {
      if (!took_effect(result.verdict)) continue;
      const ActionPlace place{device.id, result.incarnation, {result.lane, result.number}};
      conflicts_[place] = result.conflicts;
      const DeedNo no = deeds.places().at(place);
      if (!seen.insert(no).second) continue;
      const auto offer = offers_.find({place, no});
      if (offer == offers_.end()) throw differs(token_of(no) + " took effect, but was never offered");
      all.push_back({&offer->second, &result});
    }
  }
  std::ranges::stable_sort(all, {}, [](const Effect& effect) { return effect.result->at.cn; });
  return all;
}

// What changes no record is told the cn before it, so at most one of these did, and it came first.
void LedgerModel::fold(std::vector<Effect> at_one_cn) {
  for (auto one = at_one_cn.begin(); one != at_one_cn.end(); ++one) {
    Applied applied = apply(*one);
    if (!applied.fed) continue;
    take(*one, std::move(applied));
    at_one_cn.erase(one);
    break;
  }
  for (const Effect& effect : at_one_cn) {
    Applied applied = apply(effect);
    if (applied.fed) throw differs("two actions took effect at " + std::to_string(effect.result->at.cn));
    take(effect, std::move(applied));
  }
}

void LedgerModel::take(const Effect& effect, Applied applied) {
  const sync::ActionResult& result = *effect.result;
  if (applied.verdict != result.verdict || applied.conflicts != result.conflicts)
    throw differs("the action at " + std::to_string(result.at.cn) + " has the verdict " +
                  std::to_string(static_cast<int>(result.verdict)) + " and " + std::to_string(result.conflicts.size()) +
                  " conflicts instead of " + std::to_string(static_cast<int>(applied.verdict)) + " and " +
                  std::to_string(applied.conflicts.size()));
  for (auto& [key, next] : applied.next) records_.insert_or_assign(key, std::move(next));
}

LedgerModel::Applied LedgerModel::apply(const Effect& effect) const {
  Applied applied;
  for (std::uint32_t index = 0; index < effect.offer->action.ops.size(); ++index) apply_op(effect, index, applied);
  return applied;
}

void LedgerModel::apply_op(const Effect& effect, std::uint32_t index, Applied& applied) const {
  const Offer& offer = *effect.offer;
  const sync::Op& op = offer.action.ops[index];
  const sync::ChangeNumber cn = effect.result->at.cn;
  const hub::StoodAt* stands = stood(op.record, applied);
  const sync::Incoming incoming{op, offer.maker, offer.action.header, index, offer.corrected_ms};
  const auto joins = [&](std::uint8_t unit) { return open_conflict(effect, op, unit, applied) != nullptr; };
  sync::MergeOutcome outcome = sync::merge(*setting_.schema.collection(op.record.collection),
                                           stands != nullptr ? &stands->stood : nullptr, incoming, joins);
  if (outcome.merged && applied.verdict == sync::Verdict::applied) applied.verdict = sync::Verdict::merged;
  const std::string scope = stands != nullptr ? stands->stood.record.scope : op.scope;
  const auto put = [&](sync::Stood next) {
    next.meta.last_cn = cn;
    applied.fed = true;
    applied.next.insert_or_assign(next.record.key, hub::StoodAt{next, cn});
  };
  for (const sync::Loser& loser : outcome.losers) {
    sync::Stood conflict{sync::conflict_record(setting_.schema, incoming, loser, op.scope), {}};
    applied.conflicts.push_back(conflict.record.key.id);
    if (loser.state == sync::LoserState::open) applied.verdict = sync::Verdict::conflict;
    if (stood(conflict.record.key, applied) == nullptr) put(std::move(conflict));
  }
  for (const sync::Joined& joined : outcome.joined) {
    const hub::StoodAt* open = open_conflict(effect, op, joined.unit, applied);
    if (open == nullptr) continue;
    sync::Stood conflict = open->stood;
    sync::join(setting_.schema, conflict.record, incoming, joined);
    applied.conflicts.push_back(conflict.record.key.id);
    applied.verdict = sync::Verdict::conflict;
    put(std::move(conflict));
  }
  outcome.next.record.scope = scope;
  if (outcome.changes_record())
    put(std::move(outcome.next));
  else if (outcome.stamps_changed)
    applied.next.insert_or_assign(op.record, hub::StoodAt{std::move(outcome.next), stands->cn});
}

const hub::StoodAt* LedgerModel::stood(const sync::RecordKey& key, const Applied& applied) const {
  if (const auto found = applied.next.find(key); found != applied.next.end()) return &found->second;
  const auto found = records_.find(key);
  return found == records_.end() ? nullptr : &found->second;
}

// The open conflict that a change goes on from: an action it names in `after` opened or joined it.
const hub::StoodAt* LedgerModel::open_conflict(const Effect& effect, const sync::Op& op, std::uint8_t unit,
                                               const Applied& applied) const {
  const sync::CollectionNo collection = setting_.schema.collection("conflict")->no;
  for (const sync::ActionRef& ref : effect.offer->action.header.after) {
    const auto named = conflicts_.find(place_of(effect.offer->maker, ref));
    if (named == conflicts_.end()) continue;
    for (const sync::Id& id : named->second) {
      const hub::StoodAt* conflict = stood({collection, id}, applied);
      if (conflict != nullptr && sync::goes_on_from(setting_.schema, conflict->stood.record, op, unit)) return conflict;
    }
  }
  return nullptr;
}

void LedgerModel::compare(hub::LedgerReader& reader) const {
  std::size_t live = 0, expected = 0;
  for (const auto& [key, row] : records_) expected += row.stood.record.deleted ? 0 : 1;
  for (const sync::Collection& collection : setting_.schema.collections()) {
    for (const hub::StoodAt& row : must_read(reader.rows(collection.no, all_scopes, sync::Id{}, endless), "rows")) {
      ++live;
      const auto wanted = records_.find(row.stood.record.key);
      const std::string name = collection.name + " " + row.stood.record.key.id.text();
      if (wanted == records_.end()) throw differs(name + " is not what anything taken made");
      if (row.stood.record != wanted->second.stood.record) throw differs(name + " has other values");
      if (row.stood.meta != wanted->second.stood.meta || row.cn != wanted->second.cn)
        throw differs(name + " has other stamps");
    }
  }
  if (live != expected) throw differs(std::to_string(live) + " records instead of " + std::to_string(expected));
}

}  // namespace holdline::sim
