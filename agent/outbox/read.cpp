// Reading the outbox: batches to send, pending actions for the overlay, and lists.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "agent/outbox/action_draft.hpp"
#include "agent/outbox/impl.hpp"

namespace holdline::agent {

namespace {

tl::unexpected<Error> damaged_entry() {
  return fail(ErrorKind::stop, "database-corrupt",
              "An entry is missing from the outbox although it was there at the start. Export the pending entries and "
              "restart the service.");
}

}  // namespace

Result<ActionRow> Outbox::Impl::row(std::int64_t seq) {
  HOLDLINE_ASSIGN(OutboxStore* const from, readable());
  HOLDLINE_ASSIGN(auto found, from->action(seq));
  if (found) return *std::move(found);
  return damaged_entry();
}

Result<const sync::Schema*> Outbox::Impl::kept_schema(std::uint32_t version) {
  if (const auto it = old_schemas.find(version); it != old_schemas.end()) return &it->second;
  HOLDLINE_ASSIGN(OutboxStore* const from, readable());
  HOLDLINE_ASSIGN(const std::string text, from->schema_text(version));
  HOLDLINE_ASSIGN(auto schema, sync::Schema::parse(text));
  return &old_schemas.emplace(version, std::move(schema)).first->second;
}

Result<sync::Action> Outbox::Impl::read(const sync::Schema& schema, LaneId lane_id, const sync::StoredAction& stored) {
  HOLDLINE_ASSIGN(const sync::ActionHeader header, sync::read_header(stored.header));
  if (header.schema == schema.version()) return sync::read_action(schema, state.maker_of(lane_id), stored);
  HOLDLINE_ASSIGN(const sync::Schema* const old, kept_schema(header.schema));
  HOLDLINE_ASSIGN(sync::Action action, sync::read_action(*old, state.maker_of(lane_id), stored));
  return shown_in(*old, schema, std::move(action));
}

std::vector<const Entry*> Outbox::Impl::entries(const std::function<bool(const Entry&)>& wanted) const {
  std::vector<const Entry*> found;
  for (const LaneChain& chain : state.current()) {
    for (std::uint64_t number = chain.pruned_through() + 1; number <= chain.last(); ++number) {
      const Entry* entry = chain.find(number);
      if (wanted(*entry)) found.push_back(entry);
    }
  }
  return found;
}

Result<sync::Hash> Outbox::Impl::hash_before(const LaneChain& chain, std::uint64_t number) {
  if (number == chain.pruned_through() + 1) return chain.base();
  HOLDLINE_ASSIGN(OutboxStore* const from, readable());
  return from->hash(chain.find(number - 1)->seq);
}

Result<sync::ActionBatch> Outbox::read_batch(sync::Lane lane, std::uint64_t after_number, std::size_t count,
                                             std::size_t bytes) {
  const LaneChain& chain = impl_->state.current().at(lane);
  sync::ActionBatch batch{impl_->maker, lane, {}, {}};
  if (after_number < chain.pruned_through()) {
    return fail(ErrorKind::ask_person, "no-longer-kept",
                "Entries of lane " + std::to_string(lane) + " up to number " + std::to_string(chain.pruned_through()) +
                    " were accepted and pruned; they cannot be sent again.");
  }
  if (after_number >= chain.last()) {
    batch.predecessor = chain.tip();
    return batch;
  }
  HOLDLINE_ASSIGN(batch.predecessor, impl_->hash_before(chain, after_number + 1));
  const std::uint64_t end = std::min<std::uint64_t>(chain.last(), after_number + count);
  const std::uint64_t bytes_before = chain.bytes_to(after_number);
  for (std::uint64_t number = after_number + 1; number <= end; ++number) {
    if (!batch.actions.empty() && chain.bytes_to(number) - bytes_before > bytes) break;
    HOLDLINE_ASSIGN(ActionRow row, impl_->row(chain.find(number)->seq));
    batch.actions.push_back(std::move(row.stored));
  }
  return batch;
}

Result<sync::Push> Outbox::push_of(sync::Lane lane, std::uint64_t after_number, std::size_t count, std::size_t bytes) {
  sync::Push push;
  push.clock = impl_->clock.now();
  HOLDLINE_ASSIGN(push.batch, read_batch(lane, after_number, count, bytes));
  std::set<std::uint32_t> numbers, versions;
  for (const sync::StoredAction& stored : push.batch.actions)
    if (auto header = sync::read_header(stored.header)) {
      numbers.insert(header->assertion);
      versions.insert(header->schema);
    }
  for (const std::uint32_t version : versions)
    if (const auto schema = impl_->kept_schema(version)) push.schemas.push_back({version, (*schema)->hash()});
  HOLDLINE_ASSIGN(push.assertions, assertions(std::vector(numbers.begin(), numbers.end())));
  return push;
}

Result<PendingAction> Outbox::Impl::pending_action(const sync::Schema& schema, const Entry& entry) {
  HOLDLINE_ASSIGN(ActionRow found, row(entry.seq));
  HOLDLINE_ASSIGN(sync::Action action, read(schema, found.lane_id, found.stored));
  return PendingAction{std::move(found.stored), std::move(action)};
}

Result<std::vector<PendingAction>> Outbox::pending(const sync::Schema& schema, sync::ChangeNumber replica_cn) {
  std::vector<PendingAction> found;
  std::set<std::int64_t> attention;
  for (const sync::ActionRef& ref : needing_attention()) attention.insert(impl_->state.find(ref)->seq);
  const auto shows = [&](const Entry& entry) {
    if (entry.settlement == Settlement::settled) return entry.cn > replica_cn;
    if (entry.settlement == Settlement::quarantined) return attention.contains(entry.seq);
    return entry.settlement == Settlement::open || entry.settlement == Settlement::waiting;
  };
  for (const Entry* entry : impl_->entries(shows)) {
    HOLDLINE_ASSIGN(PendingAction action, impl_->pending_action(schema, *entry));
    found.push_back(std::move(action));
  }
  return found;
}

Result<std::optional<PendingAction>> Outbox::find(const sync::Schema& schema, sync::ActionRef ref) {
  const Entry* entry = impl_->state.find(ref);
  if (entry == nullptr) return std::optional<PendingAction>();
  HOLDLINE_ASSIGN(PendingAction found, impl_->pending_action(schema, *entry));
  return std::optional(std::move(found));
}

Result<std::vector<sync::ActionRef>> Outbox::list(std::size_t limit, std::optional<sync::ActionRef> before) {
  HOLDLINE_ASSIGN(OutboxStore* const store, impl_->readable());
  const Entry* entry = before ? impl_->state.find(*before) : nullptr;
  return store->newest(impl_->state.ordinal(), limit, entry ? entry->seq : impl_->state.next_seq);
}

std::optional<sync::ActionResult> Outbox::result_of(sync::ActionRef ref) const {
  const Entry* entry = impl_->state.find(ref);
  if (entry == nullptr || entry->settlement == Settlement::open) return std::nullopt;
  const auto told = impl_->held.results.find(ref);
  if (told != impl_->held.results.end() && told->second.incarnation == impl_->maker.incarnation) return told->second;
  if (!impl_->store) return std::nullopt;
  auto found = impl_->store->result(entry->seq);
  if (!found || !*found) return std::nullopt;
  sync::ActionResult result = **std::move(found);
  result.incarnation = impl_->maker.incarnation;
  result.lane = ref.lane;
  result.number = ref.number;
  return result;
}

std::vector<sync::ActionRef> Outbox::needing_attention() const {
  std::vector<std::pair<std::int64_t, sync::ActionRef>> found;
  const OutboxState& state = impl_->state;
  for (sync::Lane lane = 0; lane < sync::lane_count && state.quarantined > 0; ++lane) {
    const LaneChain& chain = state.current()[lane];
    for (std::uint64_t number = chain.pruned_through() + 1; number <= chain.last(); ++number)
      if (state.needs_attention({lane, number})) found.push_back({chain.find(number)->seq, {lane, number}});
  }
  std::ranges::sort(found);
  std::vector<sync::ActionRef> refs;
  for (const auto& [seq, ref] : found) refs.push_back(ref);
  return refs;
}

std::optional<sync::ActionRef> Outbox::decided_by(sync::ActionRef ref) const {
  const auto found = impl_->state.decided.find(ref);
  return found == impl_->state.decided.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<Outbox::Dependent>> Outbox::dependents_of(sync::ActionRef ref) {
  struct Waiting {
    std::int64_t seq;
    Dependent dependent;
  };
  std::vector<Waiting> unsettled;
  for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
    const LaneChain& chain = impl_->state.current()[lane];
    for (std::uint64_t number = chain.pruned_through() + 1; number <= chain.last(); ++number) {
      const Entry& entry = *chain.find(number);
      if (entry.settlement == Settlement::settled || entry.settlement == Settlement::reissued) continue;
      unsettled.push_back({entry.seq, {{lane, number}, entry.settlement != Settlement::open}});
    }
  }
  std::ranges::sort(unsettled, {}, &Waiting::seq);  // what names another was made after it
  std::set<sync::ActionRef> named{ref};
  std::vector<Dependent> found;
  for (const Waiting& one : unsettled) {
    HOLDLINE_ASSIGN(const ActionRow stored, impl_->row(one.seq));
    HOLDLINE_ASSIGN(const sync::ActionHeader header, sync::read_header(stored.stored.header));
    if (std::ranges::none_of(header.depends_on, [&](const auto& earlier) { return named.contains(earlier); })) continue;
    named.insert(one.dependent.ref);
    found.push_back(one.dependent);
  }
  return found;
}

Result<std::vector<sync::Hash>> Outbox::hashes(sync::Lane lane, std::uint64_t first, std::size_t count) {
  HOLDLINE_ASSIGN(OutboxStore* const store, impl_->readable());
  const LaneChain& chain = impl_->state.current().at(lane);
  std::vector<sync::Hash> found;
  if (count > 0 && first != 0 && first == chain.pruned_through()) found.push_back(chain.base());
  for (std::uint64_t number = std::max(first, chain.pruned_through() + 1);
       number <= chain.last() && number < first + count; ++number) {
    HOLDLINE_ASSIGN(const sync::Hash hash, store->hash(chain.find(number)->seq));
    found.push_back(hash);
  }
  return found;
}

}  // namespace holdline::agent
