// Saving: place in the chain, ids, `depends_on`, idempotency; one commit for all drafts.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "agent/outbox/action_draft.hpp"
#include "agent/outbox/impl.hpp"
#include "sync/action/validate.hpp"
#include "sync/base/limits.hpp"

namespace holdline::agent {
namespace {

constexpr std::size_t fingerprint_bytes = 16;

auto refuse_draft(std::string code, std::string message) {
  return fail(ErrorKind::ask_person, std::move(code), std::move(message));
}

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= idempotency_key_bytes &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 127; });
}

// What is kept of a request's fingerprint.
std::string_view kept_fingerprint(const sync::Hash& fingerprint) {
  return fingerprint.view().substr(0, fingerprint_bytes);
}

auto key_reused() {
  return refuse_draft("key-reused", "Another entry was saved under this request's key. Use a new key.");
}

std::string describe(const std::vector<sync::Finding>& findings) {
  std::string text = "This cannot be saved as it is:";
  for (const sync::Finding& finding : findings) {
    text += ' ' + finding.message;
  }
  return text;
}

}  // namespace

// The drafts of one call. What it adds to the chains counts for later drafts at once, and for the outbox once the
// commit returned.
class Appender {
 public:
  Appender(Outbox::Impl& impl, const sync::Schema& schema) : impl_(impl), schema_(schema) {
    hybrid_ = impl.state.hybrid;
    next_seq_ = impl.state.next_seq;
    for (sync::Lane lane = 0; lane < sync::lane_count; ++lane) {
      const LaneChain& chain = impl.state.current()[lane];
      tips_[lane] = {chain.last(), chain.tip()};
    }
  }

  // The answer to a draft; ask_person errors are about this draft alone, others end the call.
  Result<Saved> save(const Draft& draft) {
    if (!is_key(draft.idempotency_key))
      return refuse_draft("invalid", "The request's key must be 1 to " + std::to_string(idempotency_key_bytes) +
                                         " printable characters.");
    HOLDLINE_ASSIGN(auto known, repeated(draft));
    if (known) return *std::move(known);
    HOLDLINE_ASSIGN(const sync::Action action, build(draft));
    HOLDLINE_TRY(begin());
    return insert(draft, action);
  }

  Result<void> commit() {
    if (!transaction_) return {};
    HOLDLINE_TRY(transaction_->commit());
    OutboxState& state = impl_.state;
    if (keeps_schema_) state.schemas.push_back(schema_.version());
    for (Added& added : added_) {
      state.current()[added.lane].push(added.entry, added.bytes, added.hash);
      state.keys.add(added.key, added.entry.seq);
      state.decide(added.saved.ref, added.action->header);
      impl_.show_saved(added.saved, std::move(added.action), std::move(added.unsettled));
    }
    state.hybrid = hybrid_;
    state.next_seq = next_seq_;
    return {};
  }

 private:
  struct Tip {
    std::uint64_t number = 0;
    sync::Hash hash;
  };
  struct Added {
    sync::Lane lane;
    Entry entry;
    std::uint64_t bytes;
    sync::Hash hash;
    std::string key;
    sync::Bytes fingerprint;
    Saved saved;
    std::shared_ptr<const sync::Action> action;
    Unsettled::Item unsettled;
  };

  // What was saved under this key, in this call or before.
  Result<std::optional<Saved>> repeated(const Draft& draft) {
    for (const Added& added : added_) {
      if (added.key != draft.idempotency_key || added.action->header.person != draft.person) continue;
      if (added.fingerprint != kept_fingerprint(draft.fingerprint)) return key_reused();
      return std::optional(Saved{added.saved.ref, added.saved.created, true});
    }
    return impl_.find_saved(draft.person, draft.idempotency_key, draft.fingerprint);
  }

  Result<sync::Action> build(const Draft& draft) {
    sync::Action action;
    action.ops = draft.ops;
    sync::ActionHeader& header = action.header;
    HOLDLINE_ASSIGN(header.lane, lane_of_ops(schema_, draft.ops));
    header.number = tips_[header.lane].number + 1;
    header.schema = schema_.version();
    header.person = draft.person;
    header.assertion = draft.assertion;
    header.event_ms = draft.event_ms;
    header.made = impl_.clock.now();
    header.hybrid = sync::HybridTime::after(hybrid_, header.made.wall_ms);
    header.incident = draft.incident;
    impl_.entropy.fill(action.salt);
    header.decision = draft.decision;
    header.acceptance = draft.acceptance;
    HOLDLINE_TRY(fill_created(schema_, impl_.maker, action));
    // Validation looks at every field, so that an op it passes cannot name one the schema does not have.
    if (const auto findings = sync::validate(schema_, action); !findings.empty())
      return refuse_draft("invalid", describe(findings));
    HOLDLINE_TRY(impl_.derive_earlier(schema_));
    header.depends_on = impl_.earlier->dependencies_of(schema_, header.lane, action.ops, impl_.settlements());
    // What it takes the place of never takes effect: waiting for that would be for ever.
    if (header.decision)
      std::erase_if(header.depends_on, [&](const sync::ActionRef& ref) {
        return std::ranges::find(header.decision->on, ref) != header.decision->on.end();
      });
    return action;
  }

  Result<void> begin() {
    if (transaction_) return {};
    HOLDLINE_ASSIGN(auto transaction, platform::Transaction::begin(impl_.store->database()));
    transaction_.emplace(std::move(transaction));
    const auto& kept = impl_.state.schemas;
    keeps_schema_ = std::find(kept.begin(), kept.end(), schema_.version()) == kept.end();
    if (keeps_schema_) HOLDLINE_TRY(impl_.store->keep_schema(schema_.version(), schema_.text()));
    return {};
  }

  Result<Saved> insert(const Draft& draft, const sync::Action& action) {
    const sync::ActionHeader& header = action.header;
    ActionRow row;
    row.seq = next_seq_;
    row.lane_id = lane_id_of(impl_.state.ordinal(), header.lane);
    HOLDLINE_ASSIGN(row.stored, sync::store_action(schema_, impl_.maker, action, tips_[header.lane].hash));
    row.request = {draft.idempotency_key, sync::Bytes(kept_fingerprint(draft.fingerprint)),
                   encode_created(impl_.maker, action)};
    HOLDLINE_TRY(impl_.store->insert(row));

    Saved saved{{header.lane, header.number}, created_ids(action), false};
    const Entry entry{next_seq_++, header.made.wall_ms, 0, 0, Settlement::open};
    const std::uint64_t bytes = row.stored.header.size() + row.stored.payload.size();
    const sync::Hash before = tips_[header.lane].hash;
    tips_[header.lane] = {header.number, row.stored.hash};
    const auto stored = std::make_shared<const sync::StoredAction>(std::move(row.stored));
    added_.push_back({header.lane, entry, bytes, stored->hash, std::move(row.request.key),
                      std::move(row.request.fingerprint), saved, std::make_shared<const sync::Action>(action),
                      Unsettled::Item{saved.ref, stored, before}});
    hybrid_ = header.hybrid;
    impl_.earlier->add(schema_, action);
    return saved;
  }

  Outbox::Impl& impl_;
  const sync::Schema& schema_;
  std::optional<platform::Transaction> transaction_;
  std::array<Tip, sync::lane_count> tips_;
  sync::HybridTime hybrid_;
  std::int64_t next_seq_;
  std::vector<Added> added_;
  bool keeps_schema_ = false;
};

Result<std::optional<Saved>> Outbox::Impl::find_saved(const sync::Id& person, std::string_view request_key,
                                                      const sync::Hash& fingerprint) {
  for (const std::int64_t seq : state.keys.candidates(request_key)) {
    HOLDLINE_ASSIGN(const ActionRow found, row(seq));
    if (found.request.key != request_key) continue;
    HOLDLINE_ASSIGN(const sync::ActionHeader header, sync::read_header(found.stored.header));
    if (header.person != person) continue;  // two people may have drawn the same key
    if (found.request.fingerprint != kept_fingerprint(fingerprint)) return key_reused();
    return std::optional(Saved{{found.stored.lane, found.stored.number},
                               decode_created(sync::origin_of(state.maker_of(found.lane_id), header, found.stored.salt),
                                              found.request.created),
                               true});
  }
  return std::optional<Saved>();
}

Result<std::optional<Saved>> Outbox::find_saved(const sync::Id& person, std::string_view idempotency_key,
                                                const sync::Hash& fingerprint) {
  if (impl_->suspended) return impl_->refuse();
  return impl_->find_saved(person, idempotency_key, fingerprint);
}

std::vector<Result<Saved>> Outbox::append(const sync::Schema& schema, std::span<const Draft> drafts) {
  Impl& impl = *impl_;
  impl.full.reset();
  if (!impl.suspended && impl.is_full_for_entries())
    impl.full = Error{ErrorKind::retry_later, "disk-full",
                      "the disk is full. Free some space; nothing that was saved is lost."};
  if (impl.suspended || impl.full) return std::vector<Result<Saved>>(drafts.size(), impl.refuse());
  std::vector<Result<Saved>> answers;
  answers.reserve(drafts.size());
  Result<void> done;
  {
    Appender appender(impl, schema);
    for (const Draft& draft : drafts) {
      answers.push_back(appender.save(draft));
      if (answers.back() || answers.back().error().kind == ErrorKind::ask_person) continue;
      done = fail(std::move(answers.back()));
      break;
    }
    if (done) done = appender.commit();
  }
  if (done) return answers;
  impl.suspend(done.error());
  return std::vector<Result<Saved>>(drafts.size(), impl.refuse());
}

// --- what a new action must wait for ---

Result<void> Outbox::Impl::derive_earlier(const sync::Schema& schema) {
  if (earlier && earlier_schema == schema.version()) return {};
  DependencyIndex changes;
  for (const Entry* entry : entries([](const Entry& e) { return e.settlement != Settlement::settled; })) {
    HOLDLINE_ASSIGN(const ActionRow found, row(entry->seq));
    // An entry that this version cannot read has no fields to compare; it waits at the hub by its number alone.
    if (const auto action = read(schema, found.lane_id, found.stored)) changes.add(schema, *action);
  }
  earlier = std::move(changes);
  earlier_schema = schema.version();
  return {};
}

DependencyIndex::SettlementOf Outbox::Impl::settlements() const {
  return [this](sync::ActionRef ref) {
    const Entry* entry = state.find(ref);
    if (entry != nullptr) return entry->settlement;
    const bool pruned = ref.number <= state.current()[ref.lane].pruned_through();
    return pruned ? Settlement::settled : Settlement::open;
  };
}

}  // namespace holdline::agent
