// What an outbox station finds on its disk, against what it knows.
#include <algorithm>

#include "tests/crashlab/outbox_station.hpp"

namespace holdline::crashlab {

namespace {

// The text that begins with '#' up to the first blank.
std::string token_of(const sync::Action& action) {
  for (const sync::FieldChange& change : action.ops.front().changes)
    if (const auto* text = std::get_if<std::string>(&change.value); text != nullptr && text->starts_with('#'))
      return text->substr(0, text->find(' '));
  return "(no token)";
}

}  // namespace

Result<OutboxTruth> OutboxStation::observe() {
  OutboxTruth found;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const sync::LaneTip tip = outbox_->status().lanes[lane];
    // Where it begins is either what was known, or where the letting go that was under way would have left it.
    auto batch = outbox_->read_batch(lane, 0, 1'000'000, 1u << 30);
    for (const OutboxTruth* known : {&truth_, under_way_ ? &*under_way_ : nullptr}) {
      if (batch || known == nullptr) break;
      found.let_go[lane] = known->let_go[lane];
      batch = outbox_->read_batch(lane, found.let_go[lane], 1'000'000, 1u << 30);
    }
    if (!batch) return fail(std::move(batch));
    sync::Hash hash = batch->predecessor;
    std::uint64_t number = found.let_go[lane];
    for (const sync::StoredAction& stored : batch->actions) {
      hash = sync::chain_hash(hash, stored.header, stored.salt, stored.payload);
      HOLDLINE_ASSIGN(const sync::Action action, sync::read_action(schema_, outbox_->maker(), stored));
      if (++number != stored.number || hash != stored.hash) return fail(ErrorKind::stop, "chain-broken", "");
      found.lanes[lane].push_back(token_of(action));
      if (const auto result = outbox_->result_of({lane, number}))
        found.results[{lane, number}] = {result->entry, result->verdict};
    }
    if (hash != tip.hash || number != tip.number) return fail(ErrorKind::stop, "chain-broken", "");
  }
  found.results_to = outbox_->results_cursor();
  HOLDLINE_ASSIGN(const std::uint32_t next, outbox_->next_assertion());
  found.assertions = next - 1;
  found.renewed = outbox_->maker().incarnation != incarnation_;
  return found;
}

void OutboxStation::accept() {
  const auto status = outbox_->status();
  if (status.health != agent::OutboxHealth::writable) lost("nothing can be saved any more: " + status.advice);
  auto found = observe();
  if (!found) lost("what was acknowledged cannot be read: " + found.error().code);
  const bool all_of_it = under_way_ && *found == *under_way_;
  if (*found != truth_ && !all_of_it)
    lost(difference(truth_, *found) + (under_way_ ? "; nor is it all of what was under way" : ""));
  if (found->renewed) {
    incarnation_ = outbox_->maker().incarnation;
    customers_.clear();
  }
  found->renewed = false;
  truth_ = *std::move(found);
  under_way_.reset();
  check_repeated(truth_);
}

// A request that is asked again gets its first answer.
void OutboxStation::check_repeated(const OutboxTruth& truth) {
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const auto& tokens = truth.lanes[lane];
    if (tokens.empty()) continue;
    const auto at = random_.below(static_cast<std::uint32_t>(tokens.size()));
    const agent::Draft again = draft(tokens[at]);
    const auto saved = outbox_->append(schema_, {&again, 1}).front();
    const sync::ActionRef ref{lane, truth.let_go[lane] + at + 1};
    if (!saved || !saved->repeated || saved->ref != ref) lost("the request of " + tokens[at] + " is not known again");
  }
}

void OutboxStation::accept_remains() {
  // What is left may end before a new incarnation began; the numbers are then those of the one before.
  if (outbox_->maker().incarnation != incarnation_) return;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const auto batch = outbox_->read_batch(lane, truth_.let_go[lane], 1'000'000, 1u << 30);
    if (!batch) continue;
    std::size_t at = 0;
    for (const sync::StoredAction& stored : batch->actions) {
      const auto action = sync::read_action(schema_, outbox_->maker(), stored);
      const auto& tokens = truth_.lanes[lane];
      if (action && (at >= tokens.size() || token_of(*action) != tokens[at]))
        undetected("lane " + std::to_string(lane) + " shows " + token_of(*action) + " where " +
                   (at < tokens.size() ? tokens[at] : "nothing") + " was saved");
      ++at;
    }
  }
  if (const auto told = outbox_->export_pending(schema_); !told && told.error().code != "database-corrupt")
    undetected("what is pending cannot be exported: " + told.error().code);
}

HubMemory OutboxStation::hub_memory() {
  HubMemory memory{outbox_->maker(), outbox_->status().lanes, {}};
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    memory.hashes[lane].resize(truth_.let_go[lane]);
    const auto kept = must(outbox_->hashes(lane, truth_.let_go[lane] + 1, truth_.lanes[lane].size()));
    memory.hashes[lane].insert(memory.hashes[lane].end(), kept.begin(), kept.end());
  }
  return memory;
}

std::string OutboxStation::judge(const HubMemory& hub) {
  if (!open()) return "not opened";
  const auto found = observe();
  if (outbox_->status().health == agent::OutboxHealth::read_only) {
    if (outbox_->maker() == hub.maker) accept_remains();
    return "read-only";
  }
  if (outbox_->maker().device != hub.maker.device) return "another device";
  if (found && *found == truth_) return {};
  return told_by_hub(hub, found ? *found : OutboxTruth{});
}

std::string OutboxStation::told_by_hub(const HubMemory& hub, const OutboxTruth& found) {
  const auto status = outbox_->status();
  bool same = outbox_->maker() == hub.maker;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane)
    same = same && status.lanes[lane].number == hub.tips[lane].number && status.lanes[lane].hash == hub.tips[lane].hash;
  if (!same) return "by the hub's memory of the chain";
  // The stream of results is asked for from the cursor on: an older cursor with what belongs to it is made good.
  if (found.results_to < truth_.results_to) {
    auto told_then = truth_.results;
    std::erase_if(told_then, [&](const auto& told) { return told.second.entry > found.results_to; });
    if (found.results == told_then) return "by the cursor of the results";
  }
  if (older_beside_the_chain(found)) {
    tell("actions are whole; results, sign-ins or where a lane begins are those of an earlier moment");
    return {};
  }
  undetected(difference(truth_, found));
}

// Every action is there and only what lies beside the chain is older: results, which the hub tells again for what is
// offered again; sign-ins, without which it holds an action back where people see it; and what was let go of, which the
// chain proves as it does the rest, and which is let go of again.
bool OutboxStation::older_beside_the_chain(const OutboxTruth& found) const {
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const auto &kept = truth_.lanes[lane], &there = found.lanes[lane];
    if (found.let_go[lane] > truth_.let_go[lane]) return false;
    const std::uint64_t again = truth_.let_go[lane] - found.let_go[lane];
    if (there.size() != again + kept.size() || !std::equal(kept.rbegin(), kept.rend(), there.rbegin())) return false;
  }
  const bool told_before = std::ranges::all_of(found.results, [&](const auto& told) {
    if (told.first.number <= truth_.let_go[told.first.lane]) return true;
    const auto known = truth_.results.find(told.first);
    return known != truth_.results.end() && told.second.entry <= known->second.entry;
  });
  return told_before && found.results_to <= truth_.results_to && found.assertions <= truth_.assertions;
}

}  // namespace holdline::crashlab
