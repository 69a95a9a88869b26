#include "agent/outbox/state.hpp"

#include <algorithm>
#include <utility>

namespace holdline::agent {

Settlement settlement_of(sync::Verdict verdict) {
  switch (verdict) {
    case sync::Verdict::applied:
    case sync::Verdict::merged:
    case sync::Verdict::conflict:
    case sync::Verdict::discarded:
      return Settlement::settled;
    case sync::Verdict::quarantined:
      return Settlement::quarantined;
    case sync::Verdict::waiting:
      return Settlement::waiting;
  }
  return Settlement::open;
}

const Entry* LaneChain::find(std::uint64_t number) const {
  if (number <= pruned_through_ || number > last()) return nullptr;
  return &entries_[static_cast<std::size_t>(number - pruned_through_ - 1)];
}

Entry* LaneChain::find(std::uint64_t number) { return const_cast<Entry*>(std::as_const(*this).find(number)); }

std::uint64_t LaneChain::bytes_to(std::uint64_t number) const {
  const Entry* entry = find(number);
  return entry != nullptr ? entry->bytes_to - bytes_gone_ : 0;
}

void LaneChain::start_at(std::uint64_t pruned_through, const sync::Hash& base) {
  pruned_through_ = pruned_through;
  base_ = tip_ = base;
}

void LaneChain::push(Entry entry, std::uint64_t bytes, const sync::Hash& hash) {
  entry.bytes_to = (entries_.empty() ? bytes_gone_ : entries_.back().bytes_to) + bytes;
  entries_.push_back(entry);
  tip_ = hash;
}

void LaneChain::prune_first(const sync::Hash& hash) {
  ++pruned_through_;
  base_ = hash;
  bytes_gone_ = entries_.front().bytes_to;
  entries_.pop_front();
}

void KeyIndex::remove(std::string_view key, std::int64_t seq) {
  const auto [first, last] = seqs_.equal_range(std::hash<std::string_view>{}(key));
  const auto found = std::find_if(first, last, [&](const auto& entry) { return entry.second == seq; });
  if (found != last) seqs_.erase(found);
}

std::vector<std::int64_t> KeyIndex::candidates(std::string_view key) const {
  std::vector<std::int64_t> found;
  const auto [first, last] = seqs_.equal_range(std::hash<std::string_view>{}(key));
  for (auto it = first; it != last; ++it) found.push_back(it->second);
  std::sort(found.rbegin(), found.rend());
  return found;
}

const Entry* OutboxState::find(sync::ActionRef ref) const {
  return ref.lane < sync::lane_count ? current()[ref.lane].find(ref.number) : nullptr;
}

Entry* OutboxState::find(sync::ActionRef ref) {
  return ref.lane < sync::lane_count ? current()[ref.lane].find(ref.number) : nullptr;
}

void OutboxState::settle(Entry& entry, Settlement settlement, std::uint64_t cn) {
  if (entry.settlement == Settlement::quarantined) --quarantined;
  if (settlement == Settlement::quarantined) ++quarantined;
  entry.settlement = settlement;
  entry.cn = cn;
}

void OutboxState::decide(sync::ActionRef by, const sync::ActionHeader& header) {
  if (!header.decision) return;
  for (const sync::ActionRef& ref : header.decision->on) decided[ref] = by;
  if (header.decision->kind == sync::Decision::Kind::discard) given_up.insert(by);
}

bool OutboxState::needs_attention(sync::ActionRef ref) const {
  const Entry* entry = find(ref);
  if (entry == nullptr || entry->settlement != Settlement::quarantined) return false;
  const auto by = decided.find(ref);
  if (by == decided.end()) return true;
  const Entry* decision = find(by->second);
  return decision != nullptr && decision->settlement == Settlement::quarantined && given_up.contains(by->second);
}

Result<OutboxState> OutboxState::load(OutboxStore& store) {
  OutboxState state;
  HOLDLINE_ASSIGN(OutboxIdentity identity, store.identity());
  state.device = identity.device;
  state.incarnations = std::move(identity.incarnations);
  state.chains.resize(state.incarnations.size());
  state.schemas = std::move(identity.schemas);
  state.epoch = identity.epoch;
  state.results_to = identity.results_to;
  state.latest = identity.latest;
  state.pruned = identity.pruned;
  state.lost = identity.lost;
  for (const LaneStart& start : identity.starts) {
    const std::uint32_t incarnation = incarnation_of(start.lane_id);
    if (incarnation >= 1 && incarnation <= state.ordinal())
      state.chain(start.lane_id).start_at(start.pruned_through, start.hash);
  }
  for (std::size_t lane = 0; lane < sync::lane_count; ++lane)
    state.acknowledged[lane] = state.current()[lane].pruned_through();
  // What comes after an unreadable page is out of reach of the scan; what was read before it stays usable.
  const auto scanned = store.scan([&](const ScannedAction& action) { state.take(action); });
  if (!scanned) state.damage = Damage{true, 0, 0};
  return state;
}

void OutboxState::take(const ScannedAction& action) {
  const std::uint32_t incarnation = incarnation_of(action.lane_id);
  const auto header = sync::read_header(action.header);
  const bool placed = header && incarnation >= 1 && incarnation <= ordinal();
  next_seq = std::max(next_seq, action.seq + 1);
  if (!placed) {
    if (!damage) damage = Damage{false, lane_of(action.lane_id), action.number};
    return;
  }
  LaneChain& lane = chain(action.lane_id);
  const bool linked = action.number == lane.last() + 1 &&
                      action.hash == sync::chain_hash(lane.tip(), action.header, action.salt, action.payload);
  if (!linked && !damage) damage = Damage{false, lane_of(action.lane_id), action.number};
  // A number out of line cannot be an offset; it stays in the file, untouched.
  if (action.number != lane.last() + 1) return;

  Entry entry{action.seq, header->made.wall_ms, 0, 0, Settlement::open};
  if (action.verdict == verdict_reissued) {
    entry.settlement = Settlement::reissued;
  } else if (action.verdict) {
    entry.settlement = settlement_of(static_cast<sync::Verdict>(*action.verdict));
    entry.cn = action.cn;
    if (incarnation == ordinal()) {
      if (action.entry != 0) acknowledged[lane_of(action.lane_id)] = action.number;
      if (entry.settlement == Settlement::quarantined) ++quarantined;
    }
  }
  lane.push(entry, action.header.size() + action.payload.size(), action.hash);
  if (incarnation == ordinal()) decide({lane_of(action.lane_id), action.number}, *header);
  keys.add(action.key, action.seq);
  hybrid = std::max(hybrid, header->hybrid);
}

}  // namespace holdline::agent
