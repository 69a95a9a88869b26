// What the tests of the outbox share: a disk that forgets, a clock that stands still, chance from a seed, drafts.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agent/outbox/outbox.hpp"
#include "sync/action/groups.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/support/test_clock.hpp"

namespace holdline::agent {

inline std::string unique_disk_name() {
  static std::atomic<int> made{0};
  return "disk-" + std::to_string(++made);
}

// One workstation: schema, disk, clock and (after create or open) its outbox.
struct OutboxStation {
  explicit OutboxStation(std::uint64_t seed = 1) : disk(unique_disk_name(), seed), entropy(seed) {
    options.path = "/outbox.db";
    options.database.vfs_name = disk.vfs_name();
  }

  void set_pragma(const std::string& name, const std::string& value) {
    for (auto& pragma : options.database.pragmas)
      if (pragma.name == name) pragma.value = value;
  }
  Result<void> create() { return take(Outbox::create(options, secret, device, clock, entropy)); }
  Result<void> open() {
    outbox.reset();
    return take(Outbox::open(options, secret, clock, entropy));
  }
  Result<void> take(Result<std::unique_ptr<Outbox>> made) {
    if (!made) return fail(std::move(made));
    outbox = *std::move(made);
    return {};
  }
  void lose_power(support::PowerLoss loss) {
    disk.cut_power();
    outbox.reset();
    disk.restore_power(loss);
  }

  const sync::Collection& collection(std::string_view name) const { return *schema.collection(name); }
  sync::FieldChange set(std::string_view of, std::string_view field, sync::Value value) const {
    return {*collection(of).field(field), sync::BaseUnknown{}, std::move(value), {}, {}};
  }
  sync::Op op(sync::OpKind kind, std::string_view of, const sync::Id& record,
              std::vector<sync::FieldChange> changes) const {
    std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.field < b.field; });
    return {kind, {collection(of).no, record}, "acme/north", 0, std::move(changes), {}};
  }
  static Draft draft(std::string key, std::vector<sync::Op> ops) {
    Draft made;
    made.fingerprint = sync::sha256(key);
    made.idempotency_key = std::move(key);
    made.person = sync::Id{{4}};
    made.assertion = 1;
    made.event_ms = 1'763'699'000'000;
    made.ops = std::move(ops);
    return made;
  }
  // A message taken down: lane 2.
  Draft entry(const std::string& key, const std::string& note = "please call back after lunch") const {
    return draft(key, {op(sync::OpKind::create, "manual_entry", {},
                          {set("manual_entry", "kind", std::string("message")), set("manual_entry", "note", note)})});
  }
  // A new customer: lane 3.
  Draft customer(const std::string& key, const std::string& given = "Ada") const {
    return draft(key, {op(sync::OpKind::create, "customer", {}, {set("customer", "given", given)})});
  }
  // An edit of one text field of a customer: lane 3.
  Draft edit(const std::string& key, const sync::Id& customer_id, std::string_view field,
             const std::string& value) const {
    sync::Op edited = op(sync::OpKind::edit, "customer", customer_id, {set("customer", field, value)});
    sync::Record empty;
    empty.fields.resize(collection("customer").fields.size());
    sync::complete_groups(collection("customer"), empty, edited.changes);
    return draft(key, {edited});
  }

  Result<Saved> append(const Draft& one) { return std::move(outbox->append(schema, {&one, 1}).front()); }
  Saved save(const Draft& one) {
    auto saved = append(one);
    EXPECT_TRUE(saved) << saved.error().code << ": " << saved.error().message;
    return saved ? *saved : Saved{};
  }
  sync::Action action(sync::ActionRef ref) {
    auto found = outbox->find(schema, ref);
    EXPECT_TRUE(found && *found);
    return found && *found ? (*found)->action : sync::Action{};
  }
  std::vector<sync::ActionRef> depends_on(sync::ActionRef ref) { return action(ref).header.depends_on; }
  sync::ActionResult result(std::uint64_t entry_no, sync::ActionRef ref, sync::Verdict verdict,
                            sync::ChangeNumber cn) const {
    sync::ActionResult made;
    made.entry = entry_no;
    made.incarnation = outbox->maker().incarnation;
    made.lane = ref.lane;
    made.number = ref.number;
    made.verdict = verdict;
    made.at = {cn, 77};
    return made;
  }
  void settle(std::uint64_t entry_no, sync::ActionRef ref, sync::Verdict verdict, sync::ChangeNumber cn) {
    const std::array one{result(entry_no, ref, verdict, cn)};
    EXPECT_TRUE(outbox->store_results(one, entry_no));
  }
  nlohmann::json exported() {
    return nlohmann::json::parse(actions_text(schema, outbox->read_unsettled(schema).value()));
  }
  // Recomputes every hash of a lane from what read_batch hands out.
  bool chain_holds(sync::Lane lane) {
    const auto batch = outbox->read_batch(lane, 0, 1'000'000, 1u << 30);
    if (!batch) return false;
    sync::Hash hash = batch->predecessor;
    for (const auto& stored : batch->actions) {
      hash = sync::chain_hash(hash, stored.header, stored.salt, stored.payload);
      if (hash != stored.hash) return false;
    }
    return hash == outbox->status().lanes[lane].hash;
  }

  const sync::Schema schema = *sync::Schema::parse(sync::default_schema_text());
  support::FaultDisk disk;
  support::TestClock clock;
  support::TestEntropy entropy;
  Outbox::Options options;
  platform::SecretKey secret{std::array<std::uint8_t, 32>{1, 2, 3}};
  sync::Id device{{9, 9}};
  std::unique_ptr<Outbox> outbox;
};

}  // namespace holdline::agent
