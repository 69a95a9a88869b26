// What an outbox station finds on its disk, against what it knows.
#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "tests/crashlab/outbox/station.hpp"

namespace holdline::crashlab {

namespace {

constexpr std::size_t everything = 1u << 30;

// The text that begins with '#' up to the first blank.
std::string token_of(const sync::Action& action) {
  for (const sync::FieldChange& change : action.ops.front().changes)
    if (const auto* text = std::get_if<std::string>(&change.value); text != nullptr && text->starts_with('#'))
      return text->substr(0, text->find(' '));
  return "(no token)";
}

std::string place(sync::Lane lane, std::uint64_t number) {
  return "lane " + std::to_string(lane) + ", number " + std::to_string(number);
}

// An export of pending actions, as whoever takes it to the hub by hand reads it.
struct Exported {
  std::map<sync::ActionRef, std::string> tokens;
  std::set<sync::ActionRef> unreadable;
};

std::string token_of(const nlohmann::json& action) {
  for (const auto& [name, value] : action.at("ops").at(0).at("changes").items())
    if (value.is_string() && value.get_ref<const std::string&>().starts_with('#'))
      return value.get<std::string>().substr(0, value.get_ref<const std::string&>().find(' '));
  return "(no token)";
}

Exported read_export(const std::string& text) {
  Exported read;
  for (const nlohmann::json& action : nlohmann::json::parse(text)) {
    const sync::ActionRef ref{action.at("lane").get<sync::Lane>(), action.at("number").get<std::uint64_t>()};
    const bool first = action.contains("unreadable") ? read.unreadable.insert(ref).second
                                                     : read.tokens.emplace(ref, token_of(action)).second;
    if (!first) lost(place(ref.lane, ref.number) + " is exported twice");
  }
  return read;
}

}  // namespace

Result<OutboxTruth> OutboxStation::observe() {
  OutboxTruth found;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) HOLDLINE_TRY(observe_lane(lane, found));
  found.results_to = outbox_->results_cursor();
  HOLDLINE_ASSIGN(const std::uint32_t next, outbox_->next_assertion());
  found.assertions = next - 1;
  found.renewed = outbox_->maker().incarnation != incarnation_;
  return found;
}

Result<void> OutboxStation::observe_lane(sync::Lane lane, OutboxTruth& found) {
  const sync::LaneTip tip = outbox_->status().lanes[lane];
  const auto broken = [&](std::uint64_t number) {
    undetected(place(lane, number) + " is not what the chain says, and the outbox calls it good");
  };
  HOLDLINE_ASSIGN(const auto kept, outbox_->hashes(lane, 0, tip.number + 1));
  if (kept.size() > tip.number) broken(tip.number);
  std::uint64_t number = found.pruned_through[lane] = tip.number - kept.size();
  HOLDLINE_ASSIGN(const auto batch, outbox_->read_batch(lane, number, everything, everything));
  sync::Hash hash = batch.predecessor;
  for (const sync::StoredAction& stored : batch.actions) {
    hash = sync::chain_hash(hash, stored.header, stored.salt, stored.payload);
    if (++number != stored.number || hash != stored.hash) broken(number);
    const auto action = sync::read_action(schema_, outbox_->maker(), stored);
    if (!action) undetected(place(lane, number) + " cannot be understood: " + action.error().code);
    found.lanes[lane].push_back(token_of(*action));
    if (const auto result = outbox_->result_of({lane, number}))
      found.results[{lane, number}] = {result->entry, result->verdict};
  }
  if (hash != tip.hash || number != tip.number) broken(number);
  return {};
}

OutboxTruth OutboxStation::found_as_known() {
  auto found = observe();
  if (!found) lost("what was acknowledged cannot be read: " + found.error().code);
  const bool all_of_it = under_way_ && *found == *under_way_;
  if (*found != truth_ && !all_of_it)
    lost(difference(truth_, *found) + (under_way_ ? "; nor is it all of what was under way" : ""));
  return *std::move(found);
}

void OutboxStation::accept() {
  const auto status = outbox_->status();
  if (status.health != agent::OutboxHealth::writable) lost("nothing can be saved any more: " + status.advice);
  OutboxTruth found = found_as_known();
  if (found.renewed) {
    incarnation_ = outbox_->maker().incarnation;
    customers_.clear();
  }
  found.renewed = false;
  truth_ = std::move(found);
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
    const sync::ActionRef ref{lane, truth.pruned_through[lane] + at + 1};
    if (!saved || !saved->repeated || saved->ref != ref) lost("the request of " + tokens[at] + " is not known again");
  }
}

void OutboxStation::accept_unwritable() {
  const OutboxTruth found = found_as_known();
  const auto told = outbox_->read_unsettled(schema_);
  if (!told) lost("what is pending cannot be exported: " + told.error().code);
  const Exported exported = read_export(actions_text(schema_, *told));
  if (!exported.unreadable.empty()) lost("a part of the export is unreadable on a disk that can be read");
  if (exported.tokens != found.pending())
    lost("the export has " + std::to_string(exported.tokens.size()) + " actions and not the " +
         std::to_string(found.pending().size()) + " that are pending");
}

void OutboxStation::accept_remains() {
  // What is left may end before a new incarnation began; the numbers are then those of the one before.
  if (outbox_->maker().incarnation != incarnation_) return;
  accept_batches();
  accept_export();
}

// Also what was under way, and what was let go of.
bool OutboxStation::may_show(sync::ActionRef ref, const std::string& token) const {
  if (ref.number <= truth_.pruned_through.at(ref.lane)) return true;
  if (truth_.holds(ref)) return truth_.token(ref) == token;
  return under_way_ && !under_way_->renewed && under_way_->holds(ref) && under_way_->token(ref) == token;
}

void OutboxStation::accept_batches() {
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const auto batch = outbox_->read_batch(lane, truth_.pruned_through[lane], everything, everything);
    if (!batch) continue;  // on which page the damage is, is not known
    std::uint64_t number = truth_.pruned_through[lane];
    for (const sync::StoredAction& stored : batch->actions) {
      const auto action = sync::read_action(schema_, outbox_->maker(), stored);
      ++number;
      if (action && !may_show({lane, number}, token_of(*action)))
        undetected(place(lane, number) + " shows " + token_of(*action) + ", which was not saved there");
    }
    if (number < outbox_->status().lanes[lane].number) lost(place(lane, number + 1) + " is left out of a batch");
  }
}

void OutboxStation::accept_export() {
  const auto told = outbox_->read_unsettled(schema_);
  if (!told && told.error().code == "database-corrupt") return;
  if (!told) lost("what is pending cannot be exported: " + told.error().code);
  const Exported exported = read_export(actions_text(schema_, *told));
  for (const auto& [ref, token] : exported.tokens)
    if (!may_show(ref, token)) undetected(place(ref.lane, ref.number) + " is exported as " + token);
  const auto lanes = outbox_->status().lanes;
  std::array<std::uint64_t, sync::lane_count> reached{};
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) reached[lane] = lanes[lane].number;
  for (const auto& [ref, token] : exported.tokens) reached[ref.lane] = std::max(reached[ref.lane], ref.number);
  for (const auto& [ref, token] : (under_way_ && !under_way_->renewed ? *under_way_ : truth_).pending()) {
    if (exported.tokens.contains(ref) || exported.unreadable.contains(ref)) continue;
    if (ref.number <= reached[ref.lane]) lost(place(ref.lane, ref.number) + " is left out of the export");
  }
}

HubMemory OutboxStation::hub_memory() {
  HubMemory memory{outbox_->maker(), outbox_->status().lanes, {}};
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    memory.hashes[lane].resize(truth_.pruned_through[lane]);
    const auto kept = must(outbox_->hashes(lane, truth_.pruned_through[lane] + 1, truth_.lanes[lane].size()));
    memory.hashes[lane].insert(memory.hashes[lane].end(), kept.begin(), kept.end());
  }
  return memory;
}

std::string OutboxStation::judge(const HubMemory& hub) {
  if (!open()) return "not opened";
  if (outbox_->status().health == agent::OutboxHealth::read_only) {
    if (outbox_->maker() == hub.maker) accept_remains();
    return "read-only";
  }
  const auto found = observe();
  if (!found) return "error when read";
  return *found == truth_ ? "" : told_by_hub(hub, *found);
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
    if (found.results == told_then && has_every_action(found)) return "by the cursor of the results";
  }
  if (older_beside_the_chain(found)) {
    tell("actions are whole; results, sign-ins or where a lane begins are those of an earlier moment");
    return {};
  }
  undetected(difference(truth_, found));
}

bool OutboxStation::has_every_action(const OutboxTruth& found) const {
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const auto &kept = truth_.lanes[lane], &there = found.lanes[lane];
    if (found.pruned_through[lane] > truth_.pruned_through[lane]) return false;
    const std::uint64_t again = truth_.pruned_through[lane] - found.pruned_through[lane];
    if (there.size() != again + kept.size() || !std::equal(kept.rbegin(), kept.rend(), there.rbegin())) return false;
  }
  return true;
}

// Every action is there and only what lies beside the chain is older: results, which the hub tells again for what is
// offered again; sign-ins, without which it holds an action back where people see it; and what was let go of, which the
// chain proves as it does the rest, and which is let go of again.
bool OutboxStation::older_beside_the_chain(const OutboxTruth& found) const {
  const bool told_before = std::ranges::all_of(found.results, [&](const auto& told) {
    if (told.first.number <= truth_.pruned_through[told.first.lane]) return true;
    const auto known = truth_.results.find(told.first);
    return known != truth_.results.end() && told.second.entry <= known->second.entry;
  });
  return told_before && has_every_action(found) && found.results_to <= truth_.results_to &&
         found.assertions <= truth_.assertions;
}

}  // namespace holdline::crashlab
