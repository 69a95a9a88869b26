// The contract about devices, people and what is kept of their actions.
#pragma once

#include <array>
#include <thread>

#include "tests/unit/hub/ledger/contract.hpp"

namespace holdline::hub::testing {

template <class Store>
class LedgerParties : public LedgerContract<Store> {};

TYPED_TEST_SUITE_P(LedgerParties);

TYPED_TEST_P(LedgerParties, KeepsHeldActionsUntilTheyAreReleased) {
  HeldAction held;
  held.lane = this->lane_;
  held.stored = {2, 5, "header", {1, 2, 3, 4, 5, 6, 7, 8}, "payload", sync::sha256("h")};
  held.missing = {{1, 3}, {2, 4}};
  held.corrected_ms = 123;
  held.code = "waits";
  held.text = "for another";
  ChangeSet changes;
  changes.hold = {held};
  ASSERT_TRUE(this->begin()->commit(changes));
  const auto waiting = this->reader()->held(HeldState::waiting, 10).value();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].stored, held.stored);
  EXPECT_EQ(waiting[0].missing, held.missing);
  EXPECT_EQ(waiting[0].text, "for another");
  EXPECT_EQ(this->reader()->held_count(HeldState::waiting).value(), 1u);

  held.state = HeldState::quarantined;
  changes.hold = {held};
  ASSERT_TRUE(this->begin()->commit(changes));
  EXPECT_TRUE(this->reader()->held(HeldState::waiting, 10).value().empty());
  EXPECT_EQ(this->reader()->held_count(HeldState::waiting).value(), 0u);
  EXPECT_EQ(this->reader()->held_count(HeldState::quarantined).value(), 1u);
  EXPECT_EQ(this->begin()->held(this->lane_.device, this->lane_.incarnation).value().size(), 1u);

  changes.hold.clear();
  changes.release = {{this->lane_, 5}};
  ASSERT_TRUE(this->begin()->commit(changes));
  EXPECT_TRUE(this->begin()->held(this->lane_.device, this->lane_.incarnation).value().empty());
}

TYPED_TEST_P(LedgerParties, TellsTheHashesItStillKnows) {
  ChangeSet changes;
  changes.results = {this->result(1, 3), this->result(2, 4), this->result(3, 3)};
  ASSERT_TRUE(this->begin()->commit(changes));
  const auto hashes = this->reader()->hashes(this->lane_, 2, 3).value();
  ASSERT_EQ(hashes.size(), 3u);
  EXPECT_FALSE(hashes[0]);
  EXPECT_EQ(hashes[1], sync::sha256("3"));
  EXPECT_EQ(hashes[2], sync::sha256("4"));
  EXPECT_EQ(this->begin()->results(this->lane_, 3, 3).value().size(), 2u);
}

TYPED_TEST_P(LedgerParties, CountsWhatADeviceSentByItsOutboxesAndByTheLatestVerdictOfEach) {
  ChangeSet changes;
  changes.results = {this->result(1, 3), this->result(2, 4), this->result(3, 3)};
  changes.results[1].result.verdict = sync::Verdict::conflict;
  changes.results[2].result.verdict = sync::Verdict::waiting;
  changes.progress[this->lane_] = {4, sync::sha256("4")};
  ASSERT_TRUE(this->begin()->commit(changes));
  ChangeSet later;
  later.results = {this->result(4, 3)};
  later.results[0].result.verdict = sync::Verdict::merged;
  ASSERT_TRUE(this->begin()->commit(later));
  const auto sent = this->reader()->sent_by_device().value();
  ASSERT_EQ(sent.size(), 1u);
  const SentByDevice& of = sent.at(this->lane_.device);
  EXPECT_EQ(of.received, (std::map<Id, std::uint64_t>{{this->lane_.incarnation, 4}}));
  EXPECT_EQ(of.verdicts,
            (std::map<sync::Verdict, std::uint64_t>{{sync::Verdict::merged, 1}, {sync::Verdict::conflict, 1}}));
}

TYPED_TEST_P(LedgerParties, AnAssertionOnceToldStands) {
  ChangeSet changes;
  changes.sign_ins = {{this->lane_, {{1, id_of(1), 5, "sig"}, true}},
                      {this->lane_, {{1, id_of(2), 6, "other"}, true}},
                      {this->lane_, {{2, id_of(3), 7, "of nobody known"}, false}}};
  ASSERT_TRUE(this->begin()->commit(changes));
  const auto found = this->begin()->sign_ins(this->lane_.device, this->lane_.incarnation).value();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found.at(1).assertion.person, id_of(1));
  EXPECT_FALSE(found.at(2).verified);
  ChangeSet known;
  known.sign_ins = {{this->lane_, {{2, id_of(3), 7, "of nobody known"}, true}}};
  ASSERT_TRUE(this->begin()->commit(known));
  EXPECT_TRUE(this->begin()->sign_ins(this->lane_.device, this->lane_.incarnation).value().at(2).verified);
}

TYPED_TEST_P(LedgerParties, AnEnrolmentCodeWorksOnceAndGrantsWhatItSays) {
  EnrollCode code{sync::sha256("code"), "desk 4", {"acme/leeds"}, desk, 1000};
  ASSERT_TRUE(this->ledger().add_code(code));
  Device device;
  device.id = id_of(1);
  device.certificates.current = "aa";
  device.scopes = {"acme/york"};
  EXPECT_EQ(code_of(this->ledger().enroll(sync::sha256("guess"), device, 500)), "code-unknown");
  EXPECT_EQ(code_of(this->ledger().enroll(code.hash, device, 1000)), "code-expired");
  const auto enrolled = this->ledger().enroll(code.hash, device, 999);
  ASSERT_TRUE(enrolled) << enrolled.error().message;
  EXPECT_EQ(enrolled->scopes, code.scopes);
  EXPECT_EQ(enrolled->name, "desk 4");
  EXPECT_EQ(enrolled->profile, desk);
  device.id = id_of(2);
  EXPECT_EQ(code_of(this->ledger().enroll(code.hash, device, 999)), "code-used");
  this->store_.reopen();
  EXPECT_EQ(this->ledger().device(id_of(1)).value()->scopes, code.scopes);
  EXPECT_EQ(this->ledger().devices().value().size(), 1u);
  EXPECT_EQ(code_of(this->ledger().enroll(code.hash, device, 999)), "code-used");
}

TYPED_TEST_P(LedgerParties, ADeviceThatIsEnrolledAlreadyDoesNotUseUpTheCode) {
  for (const char* text : {"one", "two"}) {
    ASSERT_TRUE(this->ledger().add_code({sync::sha256(text), "desk", {"acme/leeds"}, desk, 1000}));
  }
  Device device;
  device.id = id_of(1);
  ASSERT_TRUE(this->ledger().enroll(sync::sha256("one"), device, 1));
  EXPECT_EQ(code_of(this->ledger().enroll(sync::sha256("two"), device, 1)), "device-known");
  device.id = id_of(2);
  EXPECT_EQ(code_of(this->ledger().enroll(sync::sha256("two"), device, 1)), "ok");
}

TYPED_TEST_P(LedgerParties, OfTwoConcurrentUsesOfACodeExactlyOneSucceeds) {
  for (int round = 0; round < 20; ++round) {
    const auto hash = sync::sha256("code " + std::to_string(round));
    ASSERT_TRUE(this->ledger().add_code({hash, "desk", {"acme/leeds"}, desk, 1000}));
    std::array<std::string, 2> codes;
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < codes.size(); ++i) {
        threads.emplace_back([&, i] {
          Device device;
          device.id = id_of(static_cast<std::uint64_t>(round) * 2 + i);
          codes[i] = code_of(this->ledger().enroll(hash, device, 1));
        });
      }
    }
    std::sort(codes.begin(), codes.end());
    EXPECT_EQ(codes, (std::array<std::string, 2>{"code-used", "ok"}));
  }
}

TYPED_TEST_P(LedgerParties, PeopleHaveUniqueNamesAndAreListedByScope) {
  Person ann{id_of(1), "ann", "", "key", "wrapped", {"acme/leeds", "acme/york"}, "agent", PersonState::active, 0, {}};
  Person bob{id_of(2), "bob", "", "key", "wrapped", {"acme/hull"}, "agent", PersonState::active, 0, {}};
  ASSERT_TRUE(this->ledger().put_person(ann));
  ASSERT_TRUE(this->ledger().put_person(bob));
  ann.role = "supervisor";
  ASSERT_TRUE(this->ledger().put_person(ann));
  EXPECT_EQ(this->ledger().person(id_of(1)).value()->role, "supervisor");
  const auto people = this->ledger().people(std::vector<std::string>{"acme/york"}).value();
  ASSERT_EQ(people.size(), 1u);
  EXPECT_EQ(people[0].name, "ann");
  bob.name = "ann";
  EXPECT_EQ(code_of(this->ledger().put_person(bob)), "name-taken");
}

TYPED_TEST_P(LedgerParties, TheEpochChangesOnceByCompareAndSet) {
  const Id first = this->ledger().identity().epoch;
  EXPECT_EQ(this->ledger().change_epoch(first, id_of(8)).value(), id_of(8));
  EXPECT_EQ(this->ledger().change_epoch(first, id_of(9)).value(), id_of(8));
  this->store_.reopen();
  EXPECT_EQ(this->ledger().identity().epoch, id_of(8));
}

REGISTER_TYPED_TEST_SUITE_P(LedgerParties, KeepsHeldActionsUntilTheyAreReleased, TellsTheHashesItStillKnows,
                            CountsWhatADeviceSentByItsOutboxesAndByTheLatestVerdictOfEach, AnAssertionOnceToldStands,
                            AnEnrolmentCodeWorksOnceAndGrantsWhatItSays,
                            ADeviceThatIsEnrolledAlreadyDoesNotUseUpTheCode,
                            OfTwoConcurrentUsesOfACodeExactlyOneSucceeds, PeopleHaveUniqueNamesAndAreListedByScope,
                            TheEpochChangesOnceByCompareAndSet);

}  // namespace holdline::hub::testing
