#include "tests/sim/checks/screen_watch.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "sync/action/rights.hpp"
#include "tests/sim/checks/ledger_reading.hpp"

namespace holdline::sim {

namespace {

std::multiset<std::string> live_texts(const sync::Value& value) {
  std::multiset<std::string> texts;
  if (const auto* elements = std::get_if<sync::Elements>(&value))
    for (const sync::Element& element : *elements)
      if (!element.removed) texts.insert(element.text);
  return texts;
}

std::string text_of(const sync::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  return sync::is_null(value) ? "nothing" : "another value";
}

}  // namespace

// What one record must look like.
struct ScreenWatch::Expected {
  bool there = false;
  std::vector<sync::Value> fields;
  std::set<sync::FieldIndex> unknown;                         // the world does not know the value
  std::map<sync::FieldIndex, std::vector<std::string>> adds;  // on top of the elements in `fields`
};

void ScreenWatch::started() {
  forget();
  for (Deed& deed : stage_.deeds.all()) {
    if (!deed.machines.contains(node_.machine())) continue;
    const auto kept = std::move(node_.outbox().append(stage_.setting.schema, {&deed.draft, 1}).front());
    if (!kept && node_.outbox().status().health == agent::OutboxHealth::read_only) return;
    if (!kept || !kept->repeated)
      throw Violation("what was acknowledged is on the disk",
                      node_.name() + " has lost " + token_of(deed.no) + (kept ? "" : ": " + kept.error().code));
  }
}

void ScreenWatch::saved(const Deed& deed, sync::ActionRef ref) { own_.push_back({deed.no, ref, deed.created}); }

// After a start or under a new incarnation the references are read anew.
void ScreenWatch::refresh() {
  agent::Outbox& outbox = node_.outbox();
  if (incarnation_ == outbox.maker().incarnation) return;
  incarnation_ = outbox.maker().incarnation;
  own_.clear();
  const auto refs = outbox.list(endless);
  knows_all_ = refs.has_value();
  if (!refs) return;
  for (const sync::ActionRef& ref : *refs) {
    const auto found = outbox.find(stage_.setting.schema, ref);
    knows_all_ = knows_all_ && found && *found;
    if (!found || !*found) continue;
    const auto no = deed_of(stage_.setting.schema, (*found)->action.ops);
    if (!no) continue;
    // The ids of what it creates are others under another incarnation.
    Own own{*no, ref, {}};
    for (const sync::Op& op : (*found)->action.ops)
      if (op.kind == sync::OpKind::create) own.created.push_back(op.record.id);
    // A save that seemed to fail, and did not.
    Deed& deed = *stage_.deeds.find(*no);
    if (deed.created.empty()) deed.created = own.created;
    own_.push_back(std::move(own));
  }
  std::ranges::reverse(own_);
}

void ScreenWatch::lets_go() {
  refresh();
  accepted_.clear();
  for (const Own& own : own_)
    if (const auto result = node_.outbox().result_of(own.ref); result && took_effect(result->verdict))
      accepted_.emplace(own.ref, result->at.cn);
}

void ScreenWatch::has_let_go(bool went_well) {
  const auto refs = node_.outbox().list(endless);
  if (!went_well || !knows_all_ || !refs) {
    for (const auto& [place, no] : stage_.deeds.places())
      if (place.device == node_.device()) may_be_off_this_disk({no, place.ref, stage_.deeds.find(no)->created});
    return forget();
  }
  const std::set<sync::ActionRef> kept(refs->begin(), refs->end());
  std::erase_if(own_, [&](const Own& own) {
    if (kept.contains(own.ref)) return false;
    const auto accepted = accepted_.find(own.ref);
    if (accepted == accepted_.end())
      throw Violation("an outbox lets go of accepted actions only",
                      node_.name() + " no longer has " + token_of(own.deed) + ", which has no such result");
    if (accepted->second > node_.replica().position().cursor.cn)
      throw Violation("an outbox keeps what the replica does not show",
                      node_.name() + " no longer has " + token_of(own.deed));
    is_off_this_disk(own);
    return true;
  });
}

void ScreenWatch::may_be_off_this_disk(const Own& own) {
  MaybeGone gone{stage_.history.head().cn, {}};
  std::size_t creates = 0;
  for (const sync::Op& op : stage_.deeds.find(own.deed)->draft.ops) {
    sync::RecordKey key = op.record;
    if (op.kind == sync::OpKind::create && creates < own.created.size()) key.id = own.created[creates++];
    gone.records.insert(key);
  }
  maybe_gone_.push_back(std::move(gone));
  is_off_this_disk(own);
}

void ScreenWatch::is_off_this_disk(const Own& own) {
  Deed& deed = *stage_.deeds.find(own.deed);
  deed.pruned = true;
  if (deed.machines.erase(node_.machine()) == 0 || !deed.machines.empty()) return;
  deed.disk_gone = true;
  deed.at_hub = stage_.hub_has(deed.no);
}

void ScreenWatch::overlay_is_bounded() {
  // What it stored before it failed, the overlay learns when it is writable again.
  if (node_.outbox().status().health == agent::OutboxHealth::read_only) return;
  const sync::ChangeNumber at = node_.replica().position().cursor.cn;
  std::erase_if(maybe_gone_, [&](const MaybeGone& gone) { return gone.until <= at; });
  const auto pending = node_.outbox().pending(stage_.setting.schema, at);
  if (!pending) return;
  const std::size_t held = node_.overlay().snapshot()->actions(), most = pending->size() + maybe_gone_.size();
  if (held > most)
    throw Violation(
        "what a workstation holds in memory is bounded",
        node_.name() + " has " + std::to_string(held) + " actions in the overlay instead of " + std::to_string(most));
}

bool ScreenWatch::is_pending(const Own& own, const sync::Cursor& at) const {
  const auto result = node_.outbox().result_of(own.ref);
  if (!result || result->verdict == sync::Verdict::waiting) return true;
  return result->verdict != sync::Verdict::quarantined && result->at.cn > at.cn;
}

// What a refused action created stays where it was typed, until somebody decides.
bool ScreenWatch::is_refused(const Own& own) const {
  const auto result = node_.outbox().result_of(own.ref);
  return result && result->verdict == sync::Verdict::quarantined;
}

// After a restore of the hub a removal may have come there before what it removes came again.
bool ScreenWatch::was_removed(const Own& own, std::uint32_t op, sync::FieldIndex field, std::uint32_t add,
                              const sync::Value& stands) {
  const auto* elements = std::get_if<sync::Elements>(&stands);
  if (elements == nullptr || std::ranges::none_of(*elements, &sync::Element::removed)) return false;
  const auto action = node_.outbox().find(stage_.setting.schema, own.ref);
  if (!action || !*action) return false;
  const sync::Id tag = sync::element_tag(sync::origin_of(node_.outbox().maker(), (*action)->action), op, field, add);
  const auto at = std::ranges::find(*elements, tag, &sync::Element::tag);
  return at != elements->end() && at->removed;
}

ScreenWatch::Expected ScreenWatch::expected(const sync::RecordKey& key, const sync::Cursor& at) {
  Expected expected;
  const auto& fields = stage_.setting.schema.collection(key.collection)->fields;
  const auto& held = stage_.access.held_for(node_.seat(), node_.replica().position().grants);
  const auto stored = stage_.history.record(key, at);
  if (stored && sync::is_within(stored->scope, held)) {
    expected.there = true;
    expected.fields = stored->fields;
  }
  for (const Own& own : own_) {
    const Deed& deed = *stage_.deeds.find(own.deed);
    std::size_t creates = 0;
    for (const sync::Op& op : deed.draft.ops) {
      const bool is_create = op.kind == sync::OpKind::create;
      const sync::Id id = is_create && creates < own.created.size() ? own.created[creates] : op.record.id;
      creates += is_create ? 1 : 0;
      if (op.record.collection != key.collection || id != key.id) continue;
      if (!is_pending(own, at) && !(is_create && is_refused(own))) continue;
      if (op.kind == sync::OpKind::erase_row) {
        expected = {};
        continue;
      }
      if (!expected.there && !is_create) continue;
      if (!expected.there) expected.fields.assign(fields.size(), sync::Null{});
      expected.there = true;
      const auto index = static_cast<std::uint32_t>(&op - deed.draft.ops.data());
      for (const sync::FieldChange& change : op.changes) {
        if (fields[change.field].type == sync::FieldType::set || fields[change.field].type == sync::FieldType::list) {
          auto& adds = expected.adds[change.field];
          for (std::uint32_t k = 0; k < change.adds.size(); ++k)
            if (!was_removed(own, index, change.field, k, expected.fields[change.field]))
              adds.push_back(change.adds[k]);
          if (!change.removes.empty()) expected.unknown.insert(change.field);
        } else if (std::holds_alternative<sync::Id>(change.value)) {
          expected.unknown.insert(change.field);  // a reference to what the same action creates
        } else {
          expected.fields[change.field] = change.value;
        }
      }
    }
  }
  return expected;
}

std::optional<agent::Shown> ScreenWatch::read(const sync::RecordKey& key) {
  refresh();
  auto found = node_.view().find(key);
  if (!found) return std::nullopt;
  if (found->shown) found->shown->record = as_last(stage_.setting, std::move(found->shown->record));
  const sync::Cursor at = found->as_of.cursor;
  if (at.cn == 0) return found->shown;
  // While the outbox cannot be read, only the workstation knows which of the person's actions are settled.
  if (node_.outbox().status().health == agent::OutboxHealth::read_only) return found->shown;
  if (stage_.history.at(at) == nullptr)
    throw Violation("a replica stands where the ledger stood", node_.name() + " reads at " + std::to_string(at.cn));
  const bool may_be_gone = std::ranges::any_of(
      maybe_gone_, [&](const MaybeGone& gone) { return gone.until > at.cn && gone.records.contains(key); });
  if (may_be_gone) return found->shown;
  const Expected wanted = expected(key, at);
  const auto wrong = [&](const std::string& what) {
    return Violation("the screen shows the ledger and one's own work",
                     node_.name() + " at " + std::to_string(at.cn) + ", record " + key.id.text() + ": " + what);
  };
  if ((found->shown && !found->shown->record.deleted) != wanted.there)
    throw wrong(wanted.there ? "is not shown" : "is shown but is not there");
  if (!wanted.there) return std::nullopt;
  const auto& collection = *stage_.setting.schema.collection(key.collection);
  for (sync::FieldIndex f = 0; f < collection.fields.size(); ++f) {
    if (wanted.unknown.contains(f)) continue;
    // Back at an older version, as a hub that was put back makes it: what was typed into a later field waits unseen.
    if (!node_.schema().collection(key.collection)->field_by_no(collection.fields[f].no)) continue;
    const sync::Value& shown = found->shown->record.fields[f];
    const auto adds = wanted.adds.find(f);
    if (adds == wanted.adds.end()) {
      if (shown != wanted.fields[f])
        throw wrong(collection.fields[f].name + " shows " + text_of(shown) + " instead of " +
                    text_of(wanted.fields[f]));
      continue;
    }
    auto texts = live_texts(wanted.fields[f]);
    for (const std::string& added : adds->second)
      if (!texts.contains(added)) texts.insert(added);
    if (live_texts(shown) != texts) throw wrong(collection.fields[f].name + " lacks an element or has one too many");
  }
  return found->shown;
}

std::vector<agent::Shown> ScreenWatch::list(std::string_view collection, std::size_t limit) {
  auto many = node_.view().list(*stage_.setting.schema.collection(collection), sync::Id{}, limit);
  if (!many) return {};
  for (agent::Shown& shown : many->shown) shown.record = as_last(stage_.setting, std::move(shown.record));
  return std::move(many->shown);
}

}  // namespace holdline::sim
