#include "tests/sim/checks/final_checks.hpp"

#include <algorithm>
#include <map>

#include "tests/sim/checks/lane_checks.hpp"
#include "tests/sim/checks/ledger_reading.hpp"
#include "tests/sim/checks/value_checks.hpp"
#include "tests/sim/checks/world_outcome.hpp"

namespace holdline::sim {

namespace {

class FinalChecks {
 public:
  FinalChecks(Stage& stage, HubNode& hub, std::deque<Workplace>& workplaces)
      : stage_(stage), hub_(hub), workplaces_(workplaces), outcome_(stage, hub) {}

  void run() {
    no_acknowledged_action_is_lost();
    stage_.history.reread_results(hub_.ledger());
    ledger_is_what_was_taken();
    effects_are_found_once();
    held_actions_are_kept();
    order_is_kept(stage_);
    parked_only_by_what_it_names(stage_, hub_);
    no_phantom();
    children_lie_with_their_parents();
    outboxes_agree_with_the_hub();
    replicas_equal_the_ledger();
    losing_values_are_kept(stage_, outcome_);
    overlapping_edits_conflict(stage_, outcome_);
    if (const auto resolved = outcome_.resolved_conflicts(); resolved > 0)
      stage_.counters["conflict resolved"] += resolved;
    if (const auto erased = stage_.model.erased().size(); erased > 0) stage_.counters["record deleted"] += erased;
    if (const auto asked = outcome_.asked_about_deletion(); asked > 0)
      stage_.counters["deletion met other changes"] += asked;
  }

 private:
  void no_acknowledged_action_is_lost();
  void effects_are_found_once();
  void ledger_is_what_was_taken();
  void held_actions_are_kept();
  void no_phantom();
  void children_lie_with_their_parents();
  void outboxes_agree_with_the_hub();
  void replicas_equal_the_ledger();
  void replica_equals(Workplace& place);
  static bool is_hidden(Workplace& place, const sync::RecordKey& key);

  Stage& stage_;
  HubNode& hub_;
  std::deque<Workplace>& workplaces_;
  const WorldOutcome outcome_;
};

void FinalChecks::no_acknowledged_action_is_lost() {
  std::uint64_t checked = 0;
  for (const Deed& deed : stage_.deeds.all()) {
    if (!deed.acknowledged || (deed.disk_gone && !deed.at_hub)) continue;
    ++checked;
    if (!outcome_.fates().contains(deed.no))
      throw Violation("no acknowledged action is lost", token_of(deed.no) + " is nowhere at the hub");
  }
  stage_.counters["acknowledged actions checked"] += checked;
}

void FinalChecks::effects_are_found_once() {
  for (const auto& [no, fates] : outcome_.fates()) {
    const Deed& deed = *stage_.deeds.find(no);
    const std::size_t effects = outcome_.has_effect(no) ? 1 : 0;
    if (fates.size() > 1) stage_.count("action came by two ways");
    const sync::Op& op = deed.draft.ops.front();
    const auto& name = stage_.setting.schema.collection(op.record.collection)->name;
    const bool leaves_one_text = (op.kind == sync::OpKind::create && name != "phone") ||
                                 std::ranges::any_of(op.changes, [](const auto& c) { return !c.adds.empty(); });
    const auto spoken = outcome_.spoken_of().find(no);
    const std::size_t texts = spoken == outcome_.spoken_of().end() ? 0 : spoken->second;
    if (op.kind == sync::OpKind::edit && op.changes.front().adds.empty() && !leaves_one_text) continue;
    // What a later edit replaced is told by another checker.
    if (texts > effects || (leaves_one_text && name != "customer" && texts != effects))
      throw Violation("an effect happens once", token_of(no) + " took effect " + std::to_string(effects) +
                                                    " times and is found " + std::to_string(texts) + " times");
  }
}

void FinalChecks::ledger_is_what_was_taken() {
  const auto reader = must_read(hub_.ledger().reader(), "opening");
  stage_.model.check(stage_.history, stage_.access, stage_.deeds, *reader);
}

void FinalChecks::held_actions_are_kept() {
  const auto reader = must_read(hub_.ledger().reader(), "opening");
  std::map<ActionPlace, hub::HeldState> held;
  for (const auto state : {hub::HeldState::waiting, hub::HeldState::quarantined})
    for (const auto& action : must_read(reader->held(state, endless), "held"))
      held[{action.lane.device, action.lane.incarnation, {action.lane.lane, action.stored.number}}] = state;
  std::size_t expected = 0;
  for (const auto& [no, fates] : outcome_.fates())
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
  for (const auto& [no, count] : outcome_.spoken_of()) {
    if (stage_.deeds.find(no) == nullptr || !outcome_.has_effect(no)) {
      // Resolving a conflict writes the value of a deed that took effect before; one that never did must not be there.
      throw Violation("no phantom", token_of(no) + " is in the ledger but never took effect");
    }
  }
}

// Else a scope is told of what belongs to another one's customer.
void FinalChecks::children_lie_with_their_parents() {
  std::map<sync::RecordKey, std::string_view> scopes;
  for (const sync::Record& record : outcome_.records()) scopes[record.key] = record.scope;
  for (const sync::Record& record : outcome_.records()) {
    const sync::Collection& collection = *stage_.setting.schema.collection(record.key.collection);
    if (!collection.parent) continue;
    const auto* id = std::get_if<sync::Id>(&record.fields[*collection.parent]);
    const auto parent = id == nullptr ? scopes.end() : scopes.find({collection.fields[*collection.parent].target, *id});
    if (parent != scopes.end() && parent->second != record.scope)
      throw Violation("a child lies in the scope of its parent", collection.name + " " + record.key.id.text());
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

// The replica has it, and the person's own deletion of it is held: the screen knows whether there is one.
bool FinalChecks::is_hidden(Workplace& place, const sync::RecordKey& key) {
  static_cast<void>(place.screen.read(key));
  const auto found = must_read(place.node.view().find(key), "a record").shown;
  return found && found->cn != 0 && found->record.deleted && !found->pending.empty();
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
  for (const sync::Record& record : outcome_.records()) {
    const auto found = shown.find(record.key);
    if (found == shown.end()) {
      if (!is_hidden(place, record.key)) throw differs(record.key);
      ++rows;
      continue;
    }
    const auto& collection = *stage_.setting.schema.collection(record.key.collection);
    if (found->second.pending.empty() &&
        (sync::encode_body(collection, found->second.record) != sync::encode_body(collection, record) ||
         found->second.record.scope != record.scope))
      throw differs(record.key);
  }
  if (rows != outcome_.records().size())
    throw Violation("a caught-up replica equals the ledger", "it has rows too many");
}

}  // namespace

void check_world_at_rest(Stage& stage, HubNode& hub, std::deque<Workplace>& workplaces) {
  FinalChecks(stage, hub, workplaces).run();
}

}  // namespace holdline::sim
