// Sign-ins, and starting anew: a fork, a copied or a rolled-back file gets a new incarnation, never reused numbers.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/outbox/impl.hpp"

namespace holdline::agent {

Result<std::uint32_t> Outbox::next_assertion() {
  if (impl_->absent) return impl_->absent->sign_ins + 1;
  HOLDLINE_ASSIGN(OutboxStore* const store, impl_->readable());
  HOLDLINE_ASSIGN(const auto known, store->assertions(impl_->state.ordinal()));
  return known.empty() ? 1 : known.back().number + 1;
}

Result<std::uint32_t> Outbox::add_assertion(sync::Assertion assertion) {
  if (impl_->absent) return ++impl_->absent->sign_ins;
  auto added = impl_->add(assertion);
  while (!added && added.error().code == "disk-full" && release_reserve(SpaceFor::upkeep) && recover())
    added = impl_->add(assertion);
  return added;
}

Result<std::uint32_t> Outbox::Impl::add(sync::Assertion assertion) {
  if (suspended) return refuse();
  HOLDLINE_ASSIGN(const auto known, store->assertions(state.ordinal()));
  const std::uint32_t next = known.empty() ? 1 : known.back().number + 1;
  if (assertion.number == 0) assertion.number = next;
  if (assertion.number < next) {
    return fail(ErrorKind::ask_person, "assertion-number",
                "This sign-in carries a number that is already taken on this PC. Sign in again.");
  }
  HOLDLINE_TRY(write([&] { return store->add_assertion(state.ordinal(), assertion); }));
  unsettled.sign_in(assertion);
  return assertion.number;
}

Result<std::vector<sync::Assertion>> Outbox::assertions(std::span<const std::uint32_t> numbers) {
  HOLDLINE_ASSIGN(OutboxStore* const store, impl_->readable());
  HOLDLINE_ASSIGN(auto found, store->assertions(impl_->state.ordinal()));
  std::erase_if(found, [&](const sync::Assertion& a) {
    return std::find(numbers.begin(), numbers.end(), a.number) == numbers.end();
  });
  return found;
}

namespace {

using Moves = std::vector<std::pair<sync::ActionRef, sync::ActionRef>>;

// One re-issue: takes the old actions in the order they were made, so that what a later one names in `depends_on` has
// moved.
class Reissue {
 public:
  explicit Reissue(Outbox::Impl& impl)
      : impl_(impl), from_(impl.maker.incarnation), to_(impl.entropy.id()), next_seq_(impl.state.next_seq) {}

  Result<void> run(const std::array<std::uint64_t, sync::lane_count>& common) {
    HOLDLINE_TRY(count_lost(common));
    const std::uint32_t ordinal = impl_.state.ordinal() + 1;
    HOLDLINE_TRY(impl_.store->add_incarnation(ordinal, to_));
    HOLDLINE_TRY(carry_assertions(ordinal));
    for (const Old& old : kept(common)) HOLDLINE_TRY(move(ordinal, old));
    return {};
  }

  Moves moves() const { return {moved_.begin(), moved_.end()}; }

 private:
  struct Old {
    std::int64_t seq = 0;
    // Beyond `common` the hub has nothing of this chain: a result there is about another machine's action of the same
    // number, or comes from a history that the hub has lost.
    bool is_common = false;
  };

  std::vector<Old> kept(const std::array<std::uint64_t, sync::lane_count>& common) const {
    std::vector<Old> found;
    for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
      const LaneChain& chain = impl_.state.current()[lane];
      for (std::uint64_t n = chain.pruned_through() + 1; n <= chain.last(); ++n)
        found.push_back({chain.find(n)->seq, n <= common[lane]});
    }
    std::ranges::sort(found, {}, &Old::seq);
    return found;
  }

  // What was pruned was accepted. Where the hub has less than that, it was restored from a copy without it.
  Result<void> count_lost(const std::array<std::uint64_t, sync::lane_count>& common) {
    for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
      const std::uint64_t pruned_through = impl_.state.current()[lane].pruned_through();
      if (common[lane] < pruned_through)
        HOLDLINE_TRY(impl_.store->add_lost(lane_id_of(impl_.state.ordinal(), lane), common[lane] + 1, pruned_through));
    }
    return {};
  }

  Result<void> carry_assertions(std::uint32_t ordinal) {
    HOLDLINE_ASSIGN(const auto old, impl_.store->assertions(ordinal - 1));
    for (const sync::Assertion& assertion : old) HOLDLINE_TRY(impl_.store->add_assertion(ordinal, assertion));
    return {};
  }

  Result<void> move(std::uint32_t ordinal, const Old& from) {
    HOLDLINE_ASSIGN(ActionRow row, impl_.row(from.seq));
    const sync::ActionRef old{row.stored.lane, row.stored.number};
    HOLDLINE_ASSIGN(sync::ActionHeader header, sync::read_header(row.stored.header));
    auto& [number, hash] = tips_[old.lane];
    if (!header.original) header.original = sync::OriginalPosition{from_, old.number, row.stored.hash};
    header.number = ++number;
    rewrite(header);
    HOLDLINE_ASSIGN(row.stored, sync::rechain_action(row.stored, header, hash));
    hash = row.stored.hash;
    row.seq = next_seq_++;
    row.lane_id = lane_id_of(ordinal, old.lane);
    HOLDLINE_TRY(impl_.store->insert(row));
    if (from.is_common) HOLDLINE_TRY(carry_result(from.seq, row.seq));
    HOLDLINE_TRY(impl_.store->put_reissued(from.seq, row.seq));
    moved_[old] = {old.lane, number};
    return {};
  }

  // It stands until the hub tells it about the new place.
  Result<void> carry_result(std::int64_t from, std::int64_t to) {
    HOLDLINE_ASSIGN(auto result, impl_.store->result(from));
    if (!result) return {};
    result->entry = 0;
    return impl_.store->put_result(to, *result);
  }

  void rewrite(sync::ActionHeader& header) {
    rewrite(header.depends_on);
    if (header.decision) rewrite(header.decision->on);
  }

  void rewrite(std::vector<sync::ActionRef>& refs) const {
    std::vector<sync::ActionRef> moved;
    for (const sync::ActionRef& ref : refs)
      if (const auto it = moved_.find(ref); it != moved_.end()) moved.push_back(it->second);
    std::sort(moved.begin(), moved.end());
    refs = std::move(moved);
  }

  Outbox::Impl& impl_;
  sync::Id from_, to_;  // incarnations
  std::int64_t next_seq_;
  std::map<sync::ActionRef, sync::ActionRef> moved_;
  std::array<std::pair<std::uint64_t, sync::Hash>, sync::lane_count> tips_{};
};

}  // namespace

Result<Moves> Outbox::reissue(const std::array<std::uint64_t, sync::lane_count>& common) {
  Impl& impl = *impl_;
  if (impl.suspended) return impl.refuse();
  Reissue reissue(impl);
  HOLDLINE_TRY(impl.write([&] { return reissue.run(common); }));
  // Rare enough to read everything again instead of keeping a second way to the same state.
  // The file is at the new incarnation: until that was read, nothing may be added to what memory has.
  if (auto loaded = impl.load(); !loaded) {
    impl.suspend(loaded.error());
    return fail(std::move(loaded));
  }
  if (impl.suspended) return impl.refuse();
  return reissue.moves();
}

void Outbox::Impl::settle_in() {
  if (suspended || !options.place) return;
  // Without an answer there is no telling; the hub finds the fork when both have saved.
  const auto here = options.place();
  if (!here) return;
  const auto go_on_anew = [&]() -> Result<void> {
    // What is known of the hub stands: it is one history, only told from two places from now on.
    std::array<std::uint64_t, sync::lane_count> common{};
    for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) common[lane] = state.current()[lane].last();
    HOLDLINE_TRY(Reissue(*this).run(common));
    return store->set_place(*here);
  };
  const auto settle = [&]() -> Result<void> {
    HOLDLINE_ASSIGN(const auto kept, store->place());
    if (kept == *here) return {};
    if (!kept) return write([&] { return store->set_place(*here); });
    HOLDLINE_TRY(write(go_on_anew));
    is_elsewhere = true;
    return load();
  };
  if (auto settled = settle(); !settled && !suspended) suspend(settled.error());
}

}  // namespace holdline::agent
