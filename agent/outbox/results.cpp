// What the hub answered: keeping results, voiding them when the hub went back, and pruning what was accepted.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/outbox/impl.hpp"

namespace holdline::agent {

namespace {

sync::LatestResult latest_of(const sync::LatestResult& known, std::span<const sync::ActionResult> told) {
  const auto last = std::ranges::max_element(told, {}, &sync::ActionResult::entry);
  if (last == told.end() || last->entry <= known.entry) return known;
  return {last->entry, sync::result_hash(*last)};
}

}  // namespace

Result<void> Outbox::store_results(std::span<const sync::ActionResult> results, std::uint64_t stream_to) {
  OutboxState& state = impl_->state;
  if (impl_->absent) {
    state.results_to = std::max(state.results_to, stream_to);
    return {};
  }
  if (impl_->suspended) return impl_->refuse();
  struct News {
    Entry* entry;
    const sync::ActionResult* result;
  };
  std::vector<News> news;
  for (const sync::ActionResult& result : results) {
    if (result.incarnation != impl_->maker.incarnation || result.lane >= sync::lane_count) continue;
    if (Entry* entry = state.find({result.lane, result.number})) news.push_back({entry, &result});
  }
  // In the order of the stream, whatever the order they came in: the last one stands.
  std::sort(news.begin(), news.end(), [](const News& a, const News& b) { return a.result->entry < b.result->entry; });
  const std::uint64_t cursor = std::max(state.results_to, stream_to);
  const auto& held = impl_->held.latest;
  const auto latest = latest_of(held.entry > state.latest.entry ? held : state.latest, results);
  if (news.empty() && cursor == state.results_to) return {};

  std::vector<News> newest;
  auto written = impl_->write([&]() -> Result<void> {
    for (const News& item : news) {
      HOLDLINE_TRY(impl_->store->put_result(item.entry->seq, *item.result));
      if (impl_->store->database().changes() > 0) newest.push_back(item);
    }
    if (latest != state.latest) HOLDLINE_TRY(impl_->store->set_latest(latest));
    return cursor == state.results_to ? Result<void>() : impl_->store->set_results_to(cursor);
  });
  if (!written) return fail(std::move(written));

  state.results_to = cursor;
  state.latest = latest;
  for (const auto& [entry, result] : newest) {
    state.settle(*entry, settlement_of(result->verdict), result->at.cn);
    impl_->show_result(*result);
    state.acknowledged[result->lane] = std::max(state.acknowledged[result->lane], result->number);
  }
  if (impl_->earlier) impl_->earlier->sweep(impl_->settlements());
  return {};
}

Result<void> Outbox::take_results(std::span<const sync::ActionResult> results, std::uint64_t stream_to) {
  auto stored = store_results(results, stream_to);
  if (stored || stored.error().kind == ErrorKind::ask_person) return stored;
  for (const sync::ActionResult& result : results) {
    if (result.incarnation != impl_->maker.incarnation || result.lane >= sync::lane_count) continue;
    sync::ActionResult& kept = impl_->held.results[{result.lane, result.number}];
    if (kept.entry <= result.entry) kept = result;
  }
  impl_->held.to = std::max({impl_->held.to, impl_->state.results_to, stream_to});
  impl_->held.latest = latest_of(impl_->state.latest, results);
  impl_->know_held();
  return {};
}

bool Outbox::holds_results() const { return impl_->held.to > 0 || !impl_->held.results.empty(); }

void Outbox::Impl::know_held() {
  for (const auto& [ref, result] : held.results) {
    Entry* entry = result.incarnation == maker.incarnation ? state.find(ref) : nullptr;
    if (entry == nullptr) continue;
    state.settle(*entry, settlement_of(result.verdict), result.at.cn);
    show_result(result);
    state.acknowledged[ref.lane] = std::max(state.acknowledged[ref.lane], ref.number);
  }
  state.results_to = std::max(state.results_to, held.to);
  if (held.latest.entry > state.latest.entry) state.latest = held.latest;
}

Result<void> Outbox::void_results(const sync::Id& epoch, const std::array<std::uint64_t, sync::lane_count>& hub_has,
                                  std::uint64_t stream_at) {
  OutboxState& state = impl_->state;
  if (impl_->absent) {
    state.epoch = epoch;
    state.results_to = 0;
    return {};
  }
  if (impl_->suspended) return impl_->refuse();
  std::vector<Entry*> voided;
  auto written = impl_->write([&]() -> Result<void> {
    for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
      LaneChain& chain = state.current()[lane];
      for (std::uint64_t number = chain.pruned_through() + 1; number <= chain.last(); ++number) {
        Entry* entry = chain.find(number);
        if (entry->settlement == Settlement::open) continue;
        bool gone = number > hub_has[lane];
        if (!gone) {
          HOLDLINE_ASSIGN(const auto kept, impl_->store->result(entry->seq));
          gone = kept && kept->entry > stream_at;
        }
        if (!gone) continue;
        HOLDLINE_TRY(impl_->store->drop_result(entry->seq));
        voided.push_back(entry);
      }
    }
    // The entries up to there may be others than those that were told: the whole stream is told again.
    return impl_->store->begin_epoch(epoch);
  });
  if (!written) return fail(std::move(written));

  state.epoch = epoch;
  state.results_to = 0;
  state.latest = {};
  for (Entry* entry : voided) state.settle(*entry, Settlement::open, 0);
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane)
    state.acknowledged[lane] = std::min(hub_has[lane], state.current()[lane].last());
  impl_->earlier.reset();
  impl_->recent_known = impl_->attention_known = false;
  return {};
}

namespace {

// Which actions leave next, oldest first. A lane is pruned from its start only, so that what stays is a whole chain: an
// unsettled action, or one that the replica does not show yet, keeps what follows it in its lane. What was made anew is
// settled from the start, but has to stay until the hub has it in its present lane.
class Leaving {
 public:
  Leaving(const OutboxState& state, std::uint64_t keep_bytes, std::int64_t keep_ms,
          const Outbox::Impl::Reached& reached)
      : keep_bytes_(keep_bytes) {
    std::int64_t newest_ms = 0;
    for (std::uint32_t incarnation = 1; incarnation <= state.ordinal(); ++incarnation) {
      for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
        const LaneChain& chain = state.chains[incarnation - 1][lane];
        const std::uint64_t at_hub = incarnation == state.ordinal() ? state.acknowledged[lane] : chain.last();
        heads_.push_back(
            {lane_id_of(incarnation, lane), &chain, chain.pruned_through() + 1, at_hub, reached.replica_cn});
        for (std::uint64_t number = chain.pruned_through() + 1; number <= chain.last(); ++number) {
          newest_ms = std::max(newest_ms, chain.find(number)->wall_ms);
          if (heads_.back().may_leave(number)) bytes_ += chain.bytes_to(number) - chain.bytes_to(number - 1);
        }
      }
    }
    old_before_ms_ = std::min(newest_ms, reached.hub_wall_ms) - keep_ms;
  }

  struct Next {
    LaneId lane_id;
    std::uint64_t number;
    Entry entry;
  };
  std::optional<Next> next() {
    Head* oldest = nullptr;
    for (Head& head : heads_) {
      if (!head.may_leave(head.number)) continue;
      const Entry* entry = head.chain->find(head.number);
      if (oldest == nullptr || entry->seq < oldest->chain->find(oldest->number)->seq) oldest = &head;
    }
    if (oldest == nullptr) return std::nullopt;
    const Entry& entry = *oldest->chain->find(oldest->number);
    if (bytes_ <= keep_bytes_ && entry.wall_ms >= old_before_ms_) return std::nullopt;
    bytes_ -= oldest->chain->bytes_to(oldest->number) - oldest->chain->bytes_to(oldest->number - 1);
    return Next{oldest->lane_id, oldest->number++, entry};
  }

 private:
  struct Head {
    LaneId lane_id;
    const LaneChain* chain;
    std::uint64_t number, at_hub;
    sync::ChangeNumber replica_cn;

    bool may_leave(std::uint64_t one) const {
      const Entry* entry = chain->find(one);
      if (entry == nullptr) return false;
      if (entry->settlement == Settlement::reissued) return true;
      return entry->settlement == Settlement::settled && one <= at_hub && entry->cn <= replica_cn;
    }
  };
  std::vector<Head> heads_;
  std::uint64_t bytes_ = 0;  // of everything that may leave
  std::uint64_t keep_bytes_;
  std::int64_t old_before_ms_ = 0;
};

struct Left {
  LaneStart start;
  std::string key;
  Entry entry;
};

}  // namespace

void Outbox::reached(std::int64_t hub_wall_ms, sync::ChangeNumber replica_cn) {
  impl_->reached = Impl::Reached{hub_wall_ms, replica_cn};
}

Result<std::uint64_t> Outbox::prune() {
  constexpr std::size_t per_transaction = 500;  // so that an entry being saved does not wait long
  if (impl_->suspended) return impl_->refuse();
  if (!impl_->reached) return 0;
  OutboxState& state = impl_->state;
  std::uint64_t gone = 0;
  for (bool more = true; more;) {
    std::vector<Left> left;
    std::uint64_t pruned = state.pruned;
    Leaving leaving(state, impl_->options.keep_bytes, impl_->options.keep_ms, *impl_->reached);
    auto written = impl_->write([&]() -> Result<void> {
      while (left.size() < per_transaction) {
        const auto next = leaving.next();
        if (!next) break;
        HOLDLINE_ASSIGN(ActionRow row, impl_->row(next->entry.seq));
        HOLDLINE_TRY(impl_->store->remove(row.seq));
        if (next->entry.settlement == Settlement::settled) ++pruned;
        const LaneStart start{next->lane_id, next->number, row.stored.hash};
        HOLDLINE_TRY(impl_->store->set_start(start, pruned));
        left.push_back({start, std::move(row.request.key), next->entry});
      }
      return {};
    });
    if (!written) return fail(std::move(written));
    for (const Left& item : left) {
      state.chain(item.start.lane_id).prune_first(item.start.hash);
      state.keys.remove(item.key, item.entry.seq);
    }
    state.pruned = pruned;
    gone += left.size();
    more = left.size() == per_transaction;
  }
  return gone;
}

}  // namespace holdline::agent
