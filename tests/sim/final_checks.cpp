#include "tests/sim/final_checks.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "sync/conflicts.hpp"
#include "tests/sim/lane_checks.hpp"
#include "tests/sim/ledger_reading.hpp"

namespace holdline::sim {

namespace {

// Every text of a record, elements included.
template <class Each>
void each_text(const sync::Record& record, const Each& each) {
  for (const sync::Value& value : record.fields) {
    if (const auto* text = std::get_if<std::string>(&value)) each(*text);
    if (const auto* elements = std::get_if<sync::Elements>(&value))
      for (const sync::Element& element : *elements)
        if (!element.removed) each(element.text);
  }
}

class FinalChecks {
 public:
  FinalChecks(Stage& stage, HubNode& hub, std::deque<Workplace>& workplaces)
      : stage_(stage), hub_(hub), workplaces_(workplaces), conflict_(*stage.setting.schema.collection("conflict")) {
    load();
  }

  void run() {
    no_acknowledged_action_is_lost();
    effects_happen_once();
    ledger_is_what_was_taken();
    held_actions_are_kept();
    order_is_kept(stage_);
    parked_only_by_what_it_names(stage_, hub_);
    no_phantom();
    outboxes_agree_with_the_hub();
    replicas_equal_the_ledger();
    losing_values_are_kept();
    overlapping_edits_conflict();
    count_resolved();
  }

 private:
  struct Fate {
    ActionPlace place;
    sync::Verdict verdict;
    sync::Cursor at;
  };

  void load();
  void no_acknowledged_action_is_lost();
  void effects_happen_once();
  void ledger_is_what_was_taken();
  void held_actions_are_kept();
  void no_phantom();
  void outboxes_agree_with_the_hub();
  void replicas_equal_the_ledger();
  void replica_equals(Workplace& place);
  void losing_values_are_kept();
  void overlapping_edits_conflict();
  void count_resolved();
  std::size_t effects_of(DeedNo no) const;
  template <class Each>
  void each_settled_change(const Each& each);

  Stage& stage_;
  HubNode& hub_;
  std::deque<Workplace>& workplaces_;
  const sync::Collection& conflict_;
  std::map<DeedNo, std::vector<Fate>> fates_;
  std::vector<sync::Record> records_;        // all that live, conflicts included
  std::set<sync::Bytes> conflict_values_;    // canonical values that conflicts keep, by record
  std::map<DeedNo, std::size_t> spoken_of_;  // how many texts outside conflicts speak of a deed
};

sync::Bytes value_of(const sync::RecordKey& key, const sync::Value& value) {
  return sync::Bytes(key.id.view()) + sync::encode_value(value);
}

void FinalChecks::load() {
  for (const hub::Device& device : stage_.setting.devices) {
    std::map<ActionPlace, Fate> last;
    for (const sync::ActionResult& result : stage_.history.results(device.id)) {
      const ActionPlace place{device.id, result.incarnation, {result.lane, result.number}};
      // Merge is idempotent, so an action taken again hardly shows in the records; it shows in the stream.
      if (const auto before = last.find(place);
          before != last.end() && before->second.verdict != sync::Verdict::waiting)
        throw Violation("an effect happens once", "entry " + std::to_string(result.entry) +
                                                      " is about an action that had "
                                                      "its result");
      last[place] = {place, result.verdict, result.at};
    }
    for (const auto& [place, fate] : last) {
      const auto deed = stage_.deeds.places().find(place);
      if (deed == stage_.deeds.places().end())
        throw Violation("no phantom", "the hub has a result of an action that was never sent");
      fates_[deed->second].push_back(fate);
    }
  }
  const auto reader = must_read(hub_.ledger().reader(), "opening");
  for (const sync::Collection& collection : stage_.setting.schema.collections())
    for (auto& row : must_read(reader->rows(collection.no, all_scopes, sync::Id{}, endless), "rows"))
      records_.push_back(std::move(row.stood.record));
  for (const sync::Record& record : records_) {
    if (record.key.collection != conflict_.no) {
      each_text(record, [&](const std::string& text) {
        for (const DeedNo no : tokens_in(text)) ++spoken_of_[no];
      });
      continue;
    }
    const auto values = must_read(sync::conflict_values(stage_.setting.schema, record), "a conflict");
    for (const auto* list : {&values.current, &values.other})
      for (const sync::Value& value : *list) conflict_values_.insert(value_of(values.record, value));
  }
}

void FinalChecks::no_acknowledged_action_is_lost() {
  std::uint64_t checked = 0;
  for (const Deed& deed : stage_.deeds.all()) {
    if (!deed.acknowledged || (deed.disk_gone && !deed.at_hub)) continue;
    ++checked;
    if (!fates_.contains(deed.no))
      throw Violation("no acknowledged action is lost", token_of(deed.no) + " is nowhere at the hub");
  }
  stage_.counters["acknowledged actions checked"] += checked;
}

void FinalChecks::effects_happen_once() {
  for (const auto& [no, fates] : fates_) {
    const Deed& deed = *stage_.deeds.find(no);
    // An action that came by two ways, made anew by its workstation, is answered with what became of the first.
    const std::size_t effects = effects_of(no);
    if (fates.size() > 1) stage_.count("action came by two ways");
    if (effects > 1)
      throw Violation("an effect happens once", token_of(no) + " was taken " + std::to_string(effects) + " times");
    const sync::Op& op = deed.draft.ops.front();
    const auto& name = stage_.setting.schema.collection(op.record.collection)->name;
    const bool leaves_one_text = (op.kind == sync::OpKind::create && name != "phone") ||
                                 std::ranges::any_of(op.changes, [](const auto& c) { return !c.adds.empty(); });
    const auto spoken = spoken_of_.find(no);
    const std::size_t texts = spoken == spoken_of_.end() ? 0 : spoken->second;
    if (op.kind == sync::OpKind::edit && op.changes.front().adds.empty() && !leaves_one_text) continue;
    // What a later edit replaced is told by another checker.
    if (texts > effects || (leaves_one_text && name != "customer" && texts != effects))
      throw Violation("an effect happens once", token_of(no) + " took effect " + std::to_string(effects) +
                                                    " times and is found " + std::to_string(texts) + " times");
  }
}

std::size_t FinalChecks::effects_of(DeedNo no) const {
  const auto fates = fates_.find(no);
  if (fates == fates_.end()) return 0;
  std::set<std::pair<sync::ChangeNumber, std::uint64_t>> places;  // in the feed
  for (const Fate& fate : fates->second)
    if (took_effect(fate.verdict)) places.emplace(fate.at.cn, fate.at.salt);
  return places.size();
}

void FinalChecks::ledger_is_what_was_taken() {
  const auto reader = must_read(hub_.ledger().reader(), "opening");
  stage_.model.check(stage_.history, stage_.deeds, *reader);
}

void FinalChecks::held_actions_are_kept() {
  const auto reader = must_read(hub_.ledger().reader(), "opening");
  std::map<ActionPlace, hub::HeldState> held;
  for (const auto state : {hub::HeldState::waiting, hub::HeldState::quarantined})
    for (const auto& action : must_read(reader->held(state, endless), "held"))
      held[{action.lane.device, action.lane.incarnation, {action.lane.lane, action.stored.number}}] = state;
  std::size_t expected = 0;
  for (const auto& [no, fates] : fates_)
    for (const Fate& fate : fates) {
      if (took_effect(fate.verdict)) continue;
      ++expected;
      const auto state = held.find(fate.place);
      const auto wanted =
          fate.verdict == sync::Verdict::waiting ? hub::HeldState::waiting : hub::HeldState::quarantined;
      if (state == held.end() || state->second != wanted)
        throw Violation("what cannot take effect is kept", token_of(no) + " is not held as its result says");
    }
  if (expected != held.size())
    throw Violation("what cannot take effect is kept", "the hub holds " + std::to_string(held.size()) +
                                                           " actions, results speak of " + std::to_string(expected));
}

void FinalChecks::no_phantom() {
  for (const auto& [no, count] : spoken_of_) {
    if (stage_.deeds.find(no) == nullptr || effects_of(no) == 0) {
      // Resolving a conflict writes the value of a deed that took effect before; one that never did must not be there.
      throw Violation("no phantom", token_of(no) + " is in the ledger but never took effect");
    }
  }
}

void FinalChecks::outboxes_agree_with_the_hub() {
  for (Workplace& place : workplaces_) {
    if (place.node.has_left()) continue;
    agent::Outbox& outbox = place.node.outbox();
    const auto refs = must_read(outbox.list(endless), "outbox");
    for (const sync::ActionRef& ref : refs) {
      const auto own = outbox.result_of(ref);
      const auto& results = stage_.history.results(place.node.device());
      const auto kept = std::find_if(results.rbegin(), results.rend(), [&](const sync::ActionResult& result) {
        return result.incarnation == outbox.maker().incarnation && sync::ActionRef{result.lane, result.number} == ref;
      });
      if (!own || kept == results.rend() || *own != *kept)
        throw Violation("an outbox knows what became of its actions",
                        place.node.name() + ", " + std::to_string(ref.lane) + "/" + std::to_string(ref.number));
    }
  }
}

void FinalChecks::replicas_equal_the_ledger() {
  if (auto checked = hub_.check_digests(); !checked)
    throw Violation("digests recomputed from the rows are the kept ones", "hub: " + checked.error().message);
  stage_.history.observe(hub_.ledger());
  for (Workplace& place : workplaces_) {
    if (place.node.has_left()) continue;
    if (auto checked = place.node.replica().check_rows(); !checked)
      throw Violation("digests recomputed from the rows are the kept ones",
                      place.node.name() + ": " + checked.error().message);
    replica_equals(place);
  }
}

// Record by record, byte by byte, but for what the person's own held actions cover.
void FinalChecks::replica_equals(Workplace& place) {
  std::size_t rows = 0;
  std::map<sync::RecordKey, agent::Shown> shown;
  for (const sync::Collection& collection : stage_.setting.schema.collections())
    for (agent::Shown& one : place.screen.list(collection.name, endless)) {
      rows += one.cn != 0 ? 1 : 0;
      shown.emplace(one.record.key, std::move(one));
    }
  const auto differs = [&](const sync::RecordKey& key) {
    return Violation("a caught-up replica equals the ledger", place.node.name() + ", record " + key.id.text());
  };
  for (const sync::Record& record : records_) {
    const auto found = shown.find(record.key);
    if (found == shown.end()) throw differs(record.key);
    const auto& collection = *stage_.setting.schema.collection(record.key.collection);
    if (found->second.pending.empty() &&
        (sync::encode_body(collection, found->second.record) != sync::encode_body(collection, record) ||
         found->second.record.scope != record.scope))
      throw differs(record.key);
  }
  if (rows != records_.size()) throw Violation("a caught-up replica equals the ledger", "it has rows too many");
}

// Every scalar value of an action that took effect.
template <class Each>
void FinalChecks::each_settled_change(const Each& each) {
  for (const Deed& deed : stage_.deeds.all()) {
    if (effects_of(deed.no) == 0) continue;
    std::size_t creates = 0;
    for (const sync::Op& op : deed.draft.ops) {
      sync::RecordKey key = op.record;
      if (op.kind == sync::OpKind::create && creates < deed.created.size()) key.id = deed.created[creates];
      creates += op.kind == sync::OpKind::create ? 1 : 0;
      for (const sync::FieldChange& change : op.changes) each(deed, op, key, change);
    }
  }
}

void FinalChecks::losing_values_are_kept() {
  std::map<std::pair<sync::Id, sync::Id>, DeedNo> last_added;  // (person, record with a natural key)
  for (const Deed& deed : stage_.deeds.all())
    for (const sync::Op& op : deed.draft.ops)
      if (op.kind == sync::OpKind::create && !op.record.id.is_nil() && effects_of(deed.no) > 0)
        last_added[{deed.draft.person, op.record.id}] = deed.no;
  std::set<sync::Bytes> findable = conflict_values_;
  for (const sync::Record& record : records_)
    for (const sync::Value& value : record.fields) findable.insert(value_of(record.key, value));
  each_settled_change([&](const Deed&, const sync::Op&, const sync::RecordKey& key, const sync::FieldChange& change) {
    if (const auto* base = std::get_if<sync::Value>(&change.base)) findable.insert(value_of(key, *base));
  });
  // Nobody was told the ids of what a save made that seemed to fail: it is looked for in every record.
  const auto is_findable = [&](const sync::RecordKey& key, const sync::Value& value) {
    const sync::Bytes wanted = value_of(key, value);
    if (!key.id.is_nil()) return findable.contains(wanted);
    const auto same = [&](const sync::Bytes& one) {
      return one.substr(sizeof(sync::Id)) == wanted.substr(sizeof(sync::Id));
    };
    return std::ranges::any_of(findable, same);
  };
  each_settled_change(
      [&](const Deed& deed, const sync::Op& op, const sync::RecordKey& key, const sync::FieldChange& change) {
        const auto* text = std::get_if<std::string>(&change.value);
        if (text == nullptr || tokens_in(*text).empty() || op.record.collection == conflict_.no) return;
        // The same number added again by the same person: what they said last joins the conflict in its place.
        const auto last = last_added.find({deed.draft.person, op.record.id});
        if (last != last_added.end() && last->second != deed.no) return;
        if (!is_findable(key, change.value))
          throw Violation("losing values are kept", token_of(deed.no) +
                                                        " neither stands, nor is in a conflict, nor was it "
                                                        "changed by somebody who saw it");
      });
}

// The texts among values of value_of().
std::string described(const std::set<sync::Bytes>& values) {
  std::string texts;
  for (const sync::Bytes& value : values) {
    sync::ByteReader in(std::string_view(value).substr(sizeof(sync::Id)));
    const sync::Value read = sync::decode_value(in, value.size());
    texts += (texts.empty() ? "'" : ", '") + sync::display(read) + "'";
  }
  return texts;
}

// Two people changed one field from the same value to different ones: all but one of these are in conflicts.
void FinalChecks::overlapping_edits_conflict() {
  std::map<sync::Bytes, std::set<sync::Bytes>> overlapping;  // (record, field, base) -> new values
  std::map<sync::Bytes, std::set<sync::Bytes>> made_from;    // value -> what was made from it
  std::set<sync::Bytes> rewritten;                           // values that resolving a conflict wrote again
  each_settled_change(
      [&](const Deed&, const sync::Op& op, const sync::RecordKey& key, const sync::FieldChange& change) {
        const auto* base = std::get_if<sync::Value>(&change.base);
        const auto* text = std::get_if<std::string>(&change.value);
        if (op.kind != sync::OpKind::edit || base == nullptr || text == nullptr || op.record.collection == conflict_.no)
          return;
        if (tokens_in(*text).empty()) return;
        const sync::Bytes value = value_of(key, change.value);
        sync::Bytes place = value_of(key, *base);
        made_from[place].insert(value);
        place += static_cast<char>(change.field);
        if (!overlapping[place].insert(value).second) rewritten.insert(value);
      });
  // A later change of a value in a conflict joins the conflict in its place.
  const std::function<bool(const sync::Bytes&)> is_kept = [&](const sync::Bytes& value) {
    if (conflict_values_.contains(value)) return true;
    const auto later = made_from.find(value);
    return later != made_from.end() && std::ranges::any_of(later->second, is_kept);
  };
  for (const auto& [place, values] : overlapping) {
    std::size_t kept = 0;
    bool again = false;
    for (const sync::Bytes& value : values) {
      kept += is_kept(value) ? 1 : 0;
      again = again || rewritten.contains(value);
    }
    const sync::Bytes base = place.substr(0, place.size() - 1);
    if (conflict_values_.contains(base)) continue;  // it may have stood twice, with a resolution in between
    if (!again && kept + 1 < values.size())
      throw Violation("overlapping edits conflict", described(values) + " were made from " + described({base}) + ", " +
                                                        std::to_string(kept) + " of them are in conflicts");
    if (values.size() > 1) stage_.count("edits overlapped");
  }
}

void FinalChecks::count_resolved() {
  for (const sync::Record& record : records_)
    if (record.key.collection == conflict_.no &&
        record.fields[*conflict_.field("state")] == sync::Value(std::string("resolved")))
      stage_.count("conflict resolved");
}

}  // namespace

void check_world_at_rest(Stage& stage, HubNode& hub, std::deque<Workplace>& workplaces) {
  FinalChecks(stage, hub, workplaces).run();
}

}  // namespace holdline::sim
