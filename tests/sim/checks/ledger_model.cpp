#include "tests/sim/checks/ledger_model.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "sync/merge/conflicts.hpp"
#include "tests/sim/checks/ledger_reading.hpp"

namespace holdline::sim {

namespace {

Violation differs(const std::string& what) {
  return Violation("the ledger is what was taken, one after the other", what);
}

ActionPlace place_of(const sync::Maker& maker, const sync::ActionRef& ref) {
  return {maker.device, maker.incarnation, ref};
}

}  // namespace

void LedgerModel::check(const LedgerHistory& history, const AccessLog& access, const Deeds& deeds,
                        hub::LedgerReader& reader) {
  records_.clear();
  erased_.clear();
  conflicts_.clear();
  for (const hub::VersionedRecord& row : setting_.imported) records_.emplace(row.stored.record.key, row);
  for (const hub::Device& device : setting_.devices)
    for (const sync::ActionResult& result : history.results(device.id))
      if (took_effect(result.verdict))
        conflicts_[{device.id, result.incarnation, {result.lane, result.number}}] = result.conflicts;
  const std::vector<Turn> all = turns(setting_, offers_, history, access, deeds);
  for (auto first = all.begin(); first != all.end();) {
    const auto last = std::find_if(first, all.end(), [&](const Turn& t) { return t.result->at != first->result->at; });
    fold({first, last}, history, deeds);
    first = last;
  }
  compare(reader);
}

// What changes no record is told the cn before it, so at most one of these did, and it came first.
void LedgerModel::fold(std::vector<Turn> at_one_cn, const LedgerHistory& history, const Deeds& deeds) {
  for (auto one = at_one_cn.begin(); one != at_one_cn.end(); ++one) {
    if (!took_effect(one->result->verdict)) continue;
    Applied applied = apply(*one);
    if (!applied.fed) continue;
    take(*one, std::move(applied));
    at_one_cn.erase(one);
    break;
  }
  for (const Turn& turn : at_one_cn) {
    if (!took_effect(turn.result->verdict)) {
      refuse(turn, history, deeds);
      continue;
    }
    Applied applied = apply(turn);
    if (applied.fed) throw differs("two actions took effect at " + std::to_string(turn.result->at.cn));
    take(turn, std::move(applied));
  }
}

// Nobody changes what they have not seen, so the record was there once, in a history that a restored hub lost; if only
// for a moment, because the hub took its deletion together with what made it.
void LedgerModel::refuse(const Turn& turn, const LedgerHistory& history, const Deeds& deeds) const {
  const sync::RecordKey* record = stands_on_nothing(turn.offer->action);
  if (record != nullptr && turn.result->code == "unknown-record" &&
      (history.once_had(*record) || deeds.once_made(*record)))
    return;
  if (record == nullptr && turn.result->code == "resolved-already" && decided_before(turn.offer->action)) return;
  const std::string which = described(setting_.schema, turn.offer->action.ops);
  throw Violation("every refusal has its reason", "'" + turn.result->code + "' at " +
                                                      std::to_string(turn.result->at.cn) + ", of " + which + ": " +
                                                      turn.result->text);
}

bool LedgerModel::decided_before(const sync::Action& action) const {
  const sync::Collection& conflicts = *setting_.schema.collection("conflict");
  return std::ranges::any_of(action.ops, [&](const sync::Op& op) {
    const auto stands = records_.find(op.record);
    return op.record.collection == conflicts.no && op.kind == sync::OpKind::edit && stands != records_.end() &&
           stands->second.stored.record.fields[*conflicts.field("state")] == sync::Value(std::string("resolved"));
  });
}

const sync::RecordKey* LedgerModel::stands_on_nothing(const sync::Action& action) const {
  std::set<sync::RecordKey> created;  // by this action
  for (const sync::Op& op : action.ops) {
    const auto is_there = [&](const sync::RecordKey& key) { return records_.contains(key) || created.contains(key); };
    if (op.kind == sync::OpKind::create) {
      const sync::Collection& collection = *setting_.schema.collection(op.record.collection);
      for (const sync::FieldChange& change : op.changes)
        if (collection.parent == change.field &&
            !is_there({collection.fields[change.field].target, std::get<sync::Id>(change.value)}))
          return &op.record;
      created.insert(op.record);
    } else if (!is_there(op.record)) {
      return &op.record;
    }
  }
  return nullptr;
}

void LedgerModel::take(const Turn& turn, Applied applied) {
  const sync::ActionResult& result = *turn.result;
  const bool is_marked = result.code == "made-before-disabling" && !result.text.empty();
  if (turn.is_late && !is_marked)
    throw differs("the action at " + std::to_string(result.at.cn) + " of a disabled person is not marked");
  if (!turn.is_late && (!result.code.empty() || !result.text.empty()))
    throw differs("the action at " + std::to_string(result.at.cn) + " took effect, and is told why it did not");
  if (applied.verdict != result.verdict || applied.conflicts != result.conflicts)
    throw differs("the action at " + std::to_string(result.at.cn) + " has the verdict " +
                  std::to_string(static_cast<int>(result.verdict)) + " and " + std::to_string(result.conflicts.size()) +
                  " conflicts instead of " + std::to_string(static_cast<int>(applied.verdict)) + " and " +
                  std::to_string(applied.conflicts.size()));
  erased_.insert(erased_.end(), applied.erased.begin(), applied.erased.end());
  for (auto& [key, next] : applied.next) records_.insert_or_assign(key, std::move(next));
}

LedgerModel::Applied LedgerModel::apply(const Turn& turn) const {
  if (stands_on_nothing(turn.offer->action) != nullptr)
    throw differs("the action at " + std::to_string(turn.result->at.cn) + " changes a record that is not there");
  if (decided_before(turn.offer->action))
    throw differs("the action at " + std::to_string(turn.result->at.cn) + " decides a conflict for the second time");
  Applied applied;
  for (std::uint32_t index = 0; index < turn.offer->action.ops.size(); ++index) apply_op(turn, index, applied);
  return applied;
}

void LedgerModel::apply_op(const Turn& turn, std::uint32_t index, Applied& applied) const {
  const Offer& offer = *turn.offer;
  const sync::Op& op = offer.action.ops[index];
  const sync::ChangeNumber cn = turn.result->at.cn;
  const hub::VersionedRecord* stands = stored(op.record, applied);
  sync::Incoming incoming{op, offer.maker, offer.action.header, index, offer.corrected_ms,
                          {}, false,       offer.action.salt};
  if (op.kind == sync::OpKind::erase_row) incoming.current_digest = digest_with_children(op.record, applied);
  const auto joins = [&](std::uint8_t unit) { return open_conflict(turn, op, unit, applied) != nullptr; };
  sync::MergeOutcome outcome = sync::merge(*setting_.schema.collection(op.record.collection),
                                           stands != nullptr ? &stands->stored : nullptr, incoming, joins);
  sync::mark_resolved(setting_.schema, stands != nullptr ? &stands->stored.record : nullptr, incoming, outcome);
  if (outcome.merged && applied.verdict == sync::Verdict::applied) applied.verdict = sync::Verdict::merged;
  if (op.kind == sync::OpKind::erase_row && stands != nullptr && !stands->stored.record.deleted) {
    // Merge is the product's own, so its decision is not believed here.
    const bool saw_it = incoming.current_digest == op.seen_digest;
    if (saw_it != outcome.next.record.deleted)
      throw Violation("who deletes a record saw it as it stands",
                      described(setting_.schema, offer.action.ops) + (saw_it ? " did not delete it" : " deleted it"));
    if (saw_it) applied.erased.push_back(stands->stored.record);
  }
  const std::string scope = stands != nullptr ? stands->stored.record.scope : op.scope;
  const auto put = [&](sync::StoredRecord next) {
    next.meta.last_cn = cn;
    applied.fed = true;
    applied.next.insert_or_assign(next.record.key, hub::VersionedRecord{next, cn});
  };
  for (const sync::LosingValue& losing : outcome.losing_values) {
    sync::StoredRecord conflict{sync::conflict_record(setting_.schema, incoming, losing, op.scope), {}};
    applied.conflicts.push_back(conflict.record.key.id);
    if (losing.state == sync::LosingState::open) applied.verdict = sync::Verdict::conflict;
    if (stored(conflict.record.key, applied) == nullptr) put(std::move(conflict));
  }
  for (const sync::Joined& joined : outcome.joined) {
    const hub::VersionedRecord* open = open_conflict(turn, op, joined.unit, applied);
    if (open == nullptr) continue;
    sync::StoredRecord conflict = open->stored;
    sync::join(setting_.schema, conflict.record, incoming, joined);
    applied.conflicts.push_back(conflict.record.key.id);
    applied.verdict = sync::Verdict::conflict;
    put(std::move(conflict));
  }
  outcome.next.record.scope = scope;
  if (outcome.changes_record())
    put(std::move(outcome.next));
  else if (outcome.stamps_changed)
    applied.next.insert_or_assign(op.record, hub::VersionedRecord{std::move(outcome.next), stands->cn});
}

std::optional<sync::Hash> LedgerModel::digest_with_children(const sync::RecordKey& key, const Applied& applied) const {
  const hub::VersionedRecord* stands = stored(key, applied);
  if (stands == nullptr) return std::nullopt;
  Records all = applied.next;
  all.insert(records_.begin(), records_.end());
  std::vector<sync::Record> children;
  for (const auto& [child, row] : all) {
    const auto parent = setting_.schema.collection(child.collection)->parent;
    if (parent && row.stored.record.fields[*parent] == sync::Value(key.id)) children.push_back(row.stored.record);
  }
  return sync::seen_digest(*setting_.schema.collection(key.collection), stands->stored.record, children);
}

const hub::VersionedRecord* LedgerModel::stored(const sync::RecordKey& key, const Applied& applied) const {
  if (const auto found = applied.next.find(key); found != applied.next.end()) return &found->second;
  const auto found = records_.find(key);
  return found == records_.end() ? nullptr : &found->second;
}

// The open conflict that a change goes on from: an action it names in `depends_on` opened or joined it.
const hub::VersionedRecord* LedgerModel::open_conflict(const Turn& turn, const sync::Op& op, std::uint8_t unit,
                                                       const Applied& applied) const {
  const sync::CollectionNo collection = setting_.schema.collection("conflict")->no;
  for (const sync::ActionRef& ref : turn.offer->action.header.depends_on) {
    const auto named = conflicts_.find(place_of(turn.offer->maker, ref));
    if (named == conflicts_.end()) continue;
    for (const sync::Id& id : named->second) {
      const hub::VersionedRecord* conflict = stored({collection, id}, applied);
      if (conflict != nullptr && sync::goes_on_from(setting_.schema, conflict->stored.record, op, unit))
        return conflict;
    }
  }
  return nullptr;
}

void LedgerModel::compare(hub::LedgerReader& reader) const {
  std::size_t live = 0, expected = 0;
  for (const auto& [key, row] : records_) expected += row.stored.record.deleted ? 0 : 1;
  for (const sync::Collection& collection : setting_.schema.collections()) {
    for (const hub::VersionedRecord& row :
         must_read(reader.rows(collection.no, all_scopes, sync::Id{}, endless), "rows")) {
      ++live;
      const auto wanted = records_.find(row.stored.record.key);
      const std::string name = collection.name + " " + row.stored.record.key.id.text();
      if (wanted == records_.end()) throw differs(name + " is not what anything taken made");
      if (as_last(setting_, row.stored.record) != wanted->second.stored.record)
        throw differs(name + " has other values");
      if (row.stored.meta != wanted->second.stored.meta || row.cn != wanted->second.cn) {
        auto dump = [](const hub::VersionedRecord& r) {
          std::string t = "cn " + std::to_string(r.cn) + " last_cn " + std::to_string(r.stored.meta.last_cn) + " dev " +
                          r.stored.meta.last_device.text();
          for (auto& st : r.stored.meta.stamps)
            t += " [" + std::to_string(st.unit) + " " + sync::to_hex(st.value.view()).substr(0, 6) + " " +
                 std::to_string(st.at_ms) + " " + st.device.text().substr(30) + "]";
          return t;
        };
        throw differs(name + " has other stamps: " + dump(row) + " instead of " + dump(wanted->second));
      }
    }
  }
  if (live != expected) throw differs(std::to_string(live) + " records instead of " + std::to_string(expected));
}

}  // namespace holdline::sim
