#include "contingency/runbook/journal.hpp"

#include <algorithm>
#include <limits>

namespace holdline::contingency {

namespace {

// The claims that the holder's goes back to, each with the last telling that counts, oldest first.
using Lineage = std::map<RunClaim, std::uint64_t>;
using Tellings = std::map<std::pair<RunClaim, std::uint64_t>, const JournalEntry*>;

const Telling& telling(const JournalEntry& entry) { return std::get<Telling>(entry.what); }

const RunHead* head_of(const Tellings& all, const RunClaim& claim) {
  const auto first = all.lower_bound({claim, 0});
  if (first == all.end() || first->first.first != claim) return nullptr;
  return std::get_if<RunHead>(&telling(*first->second).what);
}

std::optional<RunClaim> highest(const Tellings& all) {
  for (auto at = all.rbegin(); at != all.rend(); ++at)
    if (head_of(all, at->first.first) != nullptr) return at->first.first;
  return std::nullopt;
}

Lineage lineage_of(const Tellings& all, const RunClaim& holder) {
  Lineage lineage{{holder, std::numeric_limits<std::uint64_t>::max()}};
  for (const RunHead* head = head_of(all, holder); head != nullptr && head->from;) {
    if (!(*head->from < lineage.begin()->first)) break;  // malformed: a claim goes on from a lower one
    lineage.emplace(*head->from, head->from_number);
    head = head_of(all, *head->from);
  }
  return lineage;
}

// What is left of a wait since it was told.
ActionRun aged(ActionRun run, std::int64_t told_ms, std::int64_t now_ms) {
  if (run.due_ms != 0) run.due_ms = std::max<std::int64_t>(1, run.due_ms - std::max<std::int64_t>(0, now_ms - told_ms));
  return run;
}

// Whether the holder knows what another claim told of an action last, or has begun it itself.
bool is_known(const Journal& journal, const ActionRun& told) {
  const auto known = journal.actions.find(told.action);
  const ActionRun run = known == journal.actions.end() ? ActionRun{.action = told.action} : known->second;
  const bool untouched = run.state == RunState::waiting || run.state == RunState::asking ||
                         run.state == RunState::ready || run.state == RunState::skipped;
  return !untouched || run.round > told.round || (told.effect ? run.effect : told.state != RunState::undone);
}

class Reading {
 public:
  Reading(Journal& journal, std::span<const JournalEntry> entries, std::int64_t now_ms)
      : journal_(journal), now_ms_(now_ms) {
    for (const JournalEntry& entry : entries) {
      if (std::holds_alternative<Wish>(entry.what))
        wishes_.push_back(&entry);
      else
        tellings_.emplace(std::pair(telling(entry).claim, telling(entry).number), &entry);
      if (journal_.begun_ms == 0 || entry.at_ms < journal_.begun_ms) journal_.begun_ms = entry.at_ms;
    }
    std::ranges::sort(wishes_, {}, [](const JournalEntry* entry) { return std::pair(entry->at_ms, entry->id); });
  }

  void read() {
    journal_.holder = highest(tellings_);
    if (journal_.holder) {
      const Lineage lineage = lineage_of(tellings_, *journal_.holder);
      for (const auto& [place, entry] : tellings_)
        if (counts(lineage, place)) take(*entry);
      std::map<std::pair<RunClaim, std::string>, const ActionRun*> elsewhere;  // the last that each other claim told
      for (const auto& [place, entry] : tellings_)
        if (const auto* run = std::get_if<ActionRun>(&telling(*entry).what); run && !counts(lineage, place))
          elsewhere.insert_or_assign({place.first, run->action}, run);
      for (const auto& [of, run] : elsewhere)
        if (!is_known(journal_, *run)) journal_.elsewhere.push_back({run->action, run->round, run->effect});
    }
    for (const JournalEntry* entry : wishes_) {
      const Wish& wish = std::get<Wish>(entry->what);
      if (wish.kind == WishKind::enter && !journal_.entered) journal_.entered = wish;
      if (wish.kind == WishKind::take_over) journal_.latest_takeover = entry->id;
      const auto heard = heard_.find(entry->id);
      if (heard == heard_.end())
        journal_.unheard.push_back({entry->id, wish});
      else if (!heard->second->code.empty())
        journal_.refused.push_back({wish, heard->second->code, heard->second->text});
    }
    std::erase_if(journal_.unheard, [&](const AskedOf& one) {
      return one.wish.kind == WishKind::take_over && one.id != journal_.latest_takeover;
    });
  }

 private:
  static bool counts(const Lineage& lineage, const std::pair<RunClaim, std::uint64_t>& place) {
    const auto of = lineage.find(place.first);
    return of != lineage.end() && place.second <= of->second;
  }

  void take(const JournalEntry& entry) {
    const Telling& told = telling(entry);
    if (told.claim == *journal_.holder) {
      journal_.number = told.number;
      journal_.told_ms = std::max(journal_.told_ms, entry.at_ms);
    }
    if (const auto* head = std::get_if<RunHead>(&told.what)) journal_.head = *head;
    if (const auto* run = std::get_if<ActionRun>(&told.what))
      journal_.actions.insert_or_assign(run->action, aged(*run, entry.at_ms, now_ms_));
    if (const auto* heard = std::get_if<Heard>(&told.what)) heard_.insert_or_assign(heard->wish, heard);
  }

  Journal& journal_;
  const std::int64_t now_ms_;
  Tellings tellings_;
  std::vector<const JournalEntry*> wishes_;
  std::map<sync::Id, const Heard*> heard_;
};

}  // namespace

Journal read_journal(const sync::Id& run, std::span<const JournalEntry> entries, std::int64_t now_ms) {
  Journal journal;
  journal.run = run;
  Reading(journal, entries, now_ms).read();
  return journal;
}

RunRecord record_of(const Journal& journal, const Plan& plan) {
  RunRecord record;
  record.incident = journal.run;
  record.plan_version = journal.head.plan_version;
  record.drill = journal.head.drill;
  record.confirmed = journal.head.confirmed;
  record.entered = journal.head.entered;
  record.exiting = journal.head.exiting;
  record.scenario = journal.head.scenario;
  if (journal.holder) {
    record.station = journal.holder->station;
    record.fence = journal.holder->fence;
  }
  for (const PlanAction& action : plan.actions) {
    const auto told = journal.actions.find(action.id);
    if (told != journal.actions.end())
      record.actions.push_back(told->second);
    else
      record.actions.emplace_back().action = action.id;
  }
  return record;
}

bool is_over(const Journal& journal, const Plan& plan) {
  // A station that is asked to take over and does not come holds nothing open.
  const auto asks = [](const AskedOf& one) { return one.wish.kind != WishKind::take_over; };
  if (!journal.head.exiting || !journal.elsewhere.empty() || std::ranges::any_of(journal.unheard, asks)) return false;
  return std::ranges::all_of(plan.actions, [&](const PlanAction& action) {
    const auto found = journal.actions.find(action.id);
    const ActionRun run = found == journal.actions.end() ? ActionRun{.action = action.id} : found->second;
    const bool left = run.effect && !run.excepted && !action.undo.empty();
    const bool will_not_begin = run.state == RunState::waiting && action.phase != ActionPhase::exit && !run.wanted;
    return !left && !is_undoing(run.state) && (will_not_begin || is_settled(run.state));
  });
}

RunEvent event_of(const Wish& wish) {
  switch (wish.kind) {
    case WishKind::enter:
      return event::Entered{};
    case WishKind::exit:
      return event::Exiting{};
    case WishKind::confirm:
      return event::Confirmed{};
    case WishKind::approve:
      return event::Approved{wish.action, wish.by};
    case WishKind::tick:
      return event::Ticked{wish.action, wish.by};
    case WishKind::skip:
      return event::Skipped{wish.action, wish.by};
    case WishKind::want:
      return event::Wanted{wish.action, wish.by};
    case WishKind::undo:
      return event::UndoWanted{wish.action, wish.by};
    case WishKind::except:
      return event::Excepted{wish.action, wish.by};
    case WishKind::take_over:
      break;
  }
  return event::TakenOver{wish.station};
}

}  // namespace holdline::contingency
