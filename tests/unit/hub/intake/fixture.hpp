// What tests of intake share: a real ledger, and workstations that make signed-in, chained actions for it.
#pragma once

#include <algorithm>
#include <array>

#include "hub/intake/intake.hpp"
#include "platform/crypto/signing.hpp"
#include "tests/support/test_clock.hpp"
#include "tests/unit/hub/ledger/sqlite/store.hpp"

namespace holdline::hub::testing {

inline constexpr std::int64_t now_ms = 1'763'700'000'000;
inline const std::string leeds = "acme/leeds";

// A workstation and the person at it. Copies continue the same outbox apart from each other, as restored backups do.
class Workstation {
 public:
  Workstation(const sync::Schema& schema, std::uint8_t n) : schema_(&schema) {
    const platform::SigningKey key(platform::key_of(n));
    device.id = id_of(500u + n);
    device.scopes = {leeds};
    maker = {device.id, id_of(600u + n)};
    person.id = id_of(700u + n);
    person.name = "agent" + std::to_string(n);
    person.public_key.assign(key.public_key().begin(), key.public_key().end());
    person.scopes = {leeds};
    person.role = "agent";
    sign_in = {1, person.id, now_ms, {}};
    const auto signature = key.sign(sync::assertion_text(device.id, sign_in));
    sign_in.signature.assign(signature.begin(), signature.end());
  }

  // The same workstation with a second person at it, by sign-in 2.
  Workstation with(const Person& colleague, const platform::SigningKey& key) const {
    Workstation shared = *this;
    shared.person = colleague;
    shared.sign_in = {2, colleague.id, now_ms, {}};
    const auto signature = key.sign(sync::assertion_text(device.id, shared.sign_in));
    shared.sign_in.signature.assign(signature.begin(), signature.end());
    return shared;
  }

  // Adds an action to the outbox.
  sync::ActionRef does(std::vector<sync::Op> ops, std::vector<sync::ActionRef> after = {}, std::uint32_t assertion = 1,
                       std::optional<sync::Decision> decision = {}, std::optional<sync::Acceptance> acceptance = {}) {
    sync::Action action;
    auto& header = action.header;
    header.lane = ops.empty() ? Lane{3} : schema_->collection(ops.front().record.collection)->lane;
    header.decision = std::move(decision);
    header.acceptance = std::move(acceptance);
    auto& outbox = outbox_[header.lane];
    header.number = outbox.size() + 1;
    header.schema = schema_->version();
    header.person = person.id;
    header.assertion = assertion;
    header.event_ms = header.hybrid.ms = now_ms;
    header.made = {now_ms, id_of(1), 1000};
    header.depends_on = std::move(after);
    action.ops = std::move(ops);
    auto stored = sync::store_action(*schema_, maker, action, hash_at(header.lane, outbox.size()));
    if (!stored) throw std::runtime_error(stored.error().message);
    outbox.push_back(*std::move(stored));
    return {header.lane, header.number};
  }

  // What it does from now on is made in this version.
  void forms(const sync::Schema& schema) { schema_ = &schema; }

  // What follows `common` in each lane is made anew under another incarnation, as after a fork.
  void begins_anew(std::uint8_t n, const std::array<std::uint64_t, sync::lane_count>& common = {}) {
    for (Lane lane = 0; lane < sync::lane_count; ++lane) {
      std::vector<sync::StoredAction> old;
      std::swap(old, outbox_[lane]);
      for (std::uint64_t i = common[lane]; i < old.size(); ++i) {
        sync::ActionHeader header = *sync::read_header(old[i].header);
        if (!header.original) header.original = sync::OriginalPosition{maker.incarnation, header.number, old[i].hash};
        header.number = outbox_[lane].size() + 1;
        std::erase_if(header.depends_on, [&](const auto& ref) { return ref.number <= common[ref.lane]; });
        for (sync::ActionRef& ref : header.depends_on) ref.number -= common[ref.lane];
        outbox_[lane].push_back(*sync::rechain_action(old[i], header, hash_at(lane, header.number - 1)));
      }
    }
    maker.incarnation = id_of(600u + n);
  }

  // The actions [first, last] of a lane as a push with the sign-in; up to the newest when `last` is left out.
  sync::Push push(Lane lane, std::uint64_t first = 1, std::uint64_t last = ~std::uint64_t{0}) const {
    const auto& outbox = outbox_[lane];
    sync::Push push{{now_ms, id_of(1), 2000}, {maker, lane, hash_at(lane, first - 1), {}}, {sign_in}};
    for (std::uint64_t n = first; n <= std::min<std::uint64_t>(last, outbox.size()); ++n)
      push.batch.actions.push_back(outbox[n - 1]);
    return push;
  }

  Device device;
  sync::Maker maker;
  Person person;
  sync::Assertion sign_in;

 private:
  sync::Hash hash_at(Lane lane, std::uint64_t number) const {
    return number == 0 ? sync::Hash{} : outbox_[lane][number - 1].hash;
  }

  const sync::Schema* schema_;
  std::array<std::vector<sync::StoredAction>, sync::lane_count> outbox_;
};

inline constexpr Lane note_lane = 2, customer_lane = 3;

inline sync::Op creates_customer(std::uint64_t n, std::string name, std::string scope = leeds) {
  sync::Op op{sync::OpKind::create, {customer_no, id_of(n)}, std::move(scope), 0, {}, {}};
  op.changes.push_back({name_field, sync::BaseUnknown{}, std::move(name), {}, {}});
  return op;
}
inline sync::Op edits_customer(std::uint64_t n, sync::FieldIndex field, const sync::Value& base, std::string value,
                               ChangeNumber seen = 1) {
  sync::Op op{sync::OpKind::edit, {customer_no, id_of(n)}, leeds, seen, {}, {}};
  op.changes.push_back({field, sync::make_base(base), std::move(value), {}, {}});
  return op;
}
inline sync::Op creates_note(std::uint64_t n, std::uint64_t customer, std::string text) {
  sync::Op op{sync::OpKind::create, {note_no, id_of(n)}, leeds, 0, {}, {}};
  op.changes.push_back({0, sync::BaseUnknown{}, id_of(customer), {}, {}});
  op.changes.push_back({1, sync::BaseUnknown{}, std::move(text), {}, {}});
  return op;
}

class IntakeTest : public ::testing::Test {
 protected:
  explicit IntakeTest(const std::string& schema = schema_text()) : store_(schema) {
    know(station_);
    know(other_);
  }

  Ledger& ledger() { return store_.ledger(); }
  const sync::Schema& schema() { return store_.ledger().schema(); }
  void know(const Workstation& station) {
    if (auto put = ledger().put_person(station.person); !put) throw std::runtime_error(put.error().message);
  }

  IncomingPush read(const Workstation& station, sync::Push push) {
    return read_push(*ledger().schemas(), station.device, std::move(push)).value();
  }
  sync::PushReply take(const Workstation& station, sync::Push push) {
    const std::vector one{read(station, std::move(push))};
    return intake_.take(one, now_ms).at(0).value();
  }

  std::unique_ptr<LedgerReader> reader() { return std::move(ledger().reader().value()); }
  std::optional<Record> record(sync::CollectionNo collection, std::uint64_t n) {
    const auto at = reader()->row({collection, id_of(n)}).value();
    if (!at) return std::nullopt;
    return at->stored.record;
  }
  sync::Value value(std::uint64_t n, std::size_t field) { return record(customer_no, n).value().fields.at(field); }
  std::vector<Record> records_of(sync::CollectionNo collection) {
    const std::vector<std::string> scopes{leeds};
    auto rows = reader()->rows(collection, scopes, Id{}, 10'000).value();
    std::vector<Record> records;
    for (auto& at : rows) records.push_back(std::move(at.stored.record));
    return records;
  }
  std::vector<Record> conflicts() { return records_of(schema().collection("conflict")->no); }
  std::vector<sync::ActionResult> told(const Workstation& station) {
    return reader()->results(station.device.id, 0, 1000).value();
  }

  // All that a push may change, to compare before with after.
  struct State {
    Cursor head;
    std::map<sync::DigestKey, sync::Leaves> digests;
    std::size_t records = 0;
    std::vector<sync::ActionResult> told;
    std::uint64_t progress = 0;  // of all lanes together
    std::size_t held = 0;
    bool operator==(const State&) const = default;
  };
  State state() {
    State state;
    const std::vector<std::string> scopes{leeds};
    state.head = reader()->head().value();
    state.digests = reader()->digests(scopes, nurse).value();
    state.records = records_of(customer_no).size() + records_of(note_no).size() + conflicts().size();
    state.told = told(station_);
    const auto lanes = reader()->progress(station_.maker.device, station_.maker.incarnation).value();
    for (const auto& [lane, progress] : lanes) state.progress += progress.number;
    for (const HeldState kind : {HeldState::waiting, HeldState::quarantined})
      state.held += reader()->held(kind, 1000).value().size();
    return state;
  }

  SqliteStore store_;
  support::TestEntropy entropy_;
  Intake intake_{store_.ledger(), entropy_};
  Workstation station_{store_.ledger().schema(), 1}, other_{store_.ledger().schema(), 2};
};

}  // namespace holdline::hub::testing
