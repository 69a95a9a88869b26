#include "hub/feed/ledger_read_thread.hpp"

#include <atomic>
#include <future>

#include "sync/base/limits.hpp"
#include "tests/unit/hub/intake/fixture.hpp"

namespace holdline::hub::testing {
namespace {

using Answered = Result<sync::Bytes>;

class LedgerReadThreadTest : public IntakeTest {
 protected:
  LedgerReadThreadTest() {
    create(1);
    head_ = reader()->head().value();
    desk_ = std::make_unique<LedgerReadThread>(store_.ledger(), snapshots_, desk_entropy_, clock_);
  }

  void create(std::uint64_t n) {
    station_.does({creates_customer(n, "Ann")});
    take(station_, station_.push(customer_lane));
  }
  // Asks for what comes after the head and after everything that was told of the station's own actions.
  sync::PullRequest request(std::int64_t wait_ms) {
    sync::PullRequest request;
    request.epoch = ledger().identity().epoch;
    request.incarnation = station_.maker.incarnation;
    request.cursor = head_;
    request.results = 1;
    request.grants = station_.device.grants;
    request.roster = Roster(store_.ledger(), ServiceLimits().sign_in_hours, "").mark(station_.device).value();
    request.wait_ms = wait_ms;
    request.schema = schema().hash();
    return request;
  }
  std::future<Answered> pull(const sync::PullRequest& request) {
    auto answer = std::make_shared<std::promise<Answered>>();
    auto future = answer->get_future();
    desk_->pull(station_.device, request, [answer](Answered a) { answer->set_value(std::move(a)); });
    return future;
  }
  // When it returns, the desk has looked at everything handed in before: one round takes what has arrived, the next
  // begins after it.
  void settle() {
    for (int round = 0; round < 2; ++round) {
      std::promise<void> done;
      desk_->run([&](SyncService&) { done.set_value(); });
      done.get_future().wait();
    }
  }
  static bool is_answered(const std::future<Answered>& answer) {
    return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  sync::PullReply read_reply(std::future<Answered>& answer) {
    SyncService codec(store_.ledger(), snapshots_, entropy_);
    const auto raw = codec.inflate(answer.get().value(), sync::limits::message_bytes).value();
    return sync::decode_pull_reply(schema(), raw).value();
  }

  support::TestClock clock_;
  support::TestEntropy desk_entropy_;
  Snapshots snapshots_{store_.ledger()};
  Cursor head_;
  std::unique_ptr<LedgerReadThread> desk_;
};

TEST_F(LedgerReadThreadTest, APullWithNewsIsAnsweredWithoutWaiting) {
  create(2);
  auto answer = pull(request(25'000));
  EXPECT_EQ(read_reply(answer).cut.changes.size(), 1u);
}

TEST_F(LedgerReadThreadTest, ALongPollOfADeviceThatIsRevokedEnds) {
  const EnrollCode code{sync::sha256("code"), "desk", {leeds}, 0xff, now_ms + 1};
  ASSERT_TRUE(ledger().add_code(code));
  station_.device = ledger().enroll(code.hash, station_.device, now_ms).value();
  auto answer = pull(request(25'000));
  settle();
  ASSERT_FALSE(is_answered(answer));
  station_.device.state = DeviceState::revoked;
  ASSERT_TRUE(ledger().put_device(station_.device));
  desk_->committed();
  EXPECT_EQ(code_of(answer.get()), "device-revoked");
}

TEST_F(LedgerReadThreadTest, ALongPollIsAnsweredByTheNextCommit) {
  auto answer = pull(request(25'000));
  settle();
  ASSERT_FALSE(is_answered(answer));
  create(2);
  desk_->committed();
  const auto reply = read_reply(answer);
  ASSERT_EQ(reply.cut.changes.size(), 1u);
  EXPECT_EQ(reply.cut.changes[0].record.key.id, id_of(2));
  EXPECT_EQ(reply.results.size(), 1u);
}

TEST_F(LedgerReadThreadTest, ACommitWithNothingForItLetsALongPollWait) {
  auto answer = pull(request(25'000));
  settle();
  desk_->committed();
  settle();
  EXPECT_FALSE(is_answered(answer));
}

TEST_F(LedgerReadThreadTest, ACommitOfAnotherScopeDisturbsNobodyAndIsPassedOverInTheEnd) {
  other_.device.scopes = {"acme/york"};
  other_.person.scopes = {"acme/york"};
  know(other_);
  auto answer = pull(request(10'000));
  settle();
  other_.does({creates_customer(7, "Bob", "acme/york")});
  take(other_, other_.push(customer_lane));
  desk_->committed();
  settle();
  EXPECT_FALSE(is_answered(answer));
  clock_.pass(std::chrono::milliseconds(10'000));
  settle();
  const auto reply = read_reply(answer);
  EXPECT_TRUE(reply.cut.changes.empty());
  EXPECT_EQ(reply.cut.to, reader()->head().value()) << "its cursor does not fall behind";
}

TEST_F(LedgerReadThreadTest, ARecordThatLeavesAScopeIsToldThere) {
  FeedNews news;
  const std::vector<std::string> old_scope{leeds}, new_scope{"acme/york"}, neither{"acme/bath"};
  ChangeSet moved;
  RecordWrite write;
  write.before = customer(schema(), 1, leeds, "Ann");
  write.next.record = customer(schema(), 1, "acme/york", "Ann");
  moved.records.push_back(write);
  moved.results.push_back({id_of(5), {}, {}});
  news.note(moved);
  EXPECT_NE(news.of(id_of(6), old_scope), News{});
  EXPECT_NE(news.of(id_of(6), new_scope), News{});
  EXPECT_EQ(news.of(id_of(6), neither), News{});
  EXPECT_NE(news.of(id_of(5), neither), News{}) << "a result of its own";
}

TEST_F(LedgerReadThreadTest, WhoStandsAtTheSamePlaceIsToldTheSameAndWhoMadeTheChangeItsResultAsWell) {
  Workstation colleague = other_;
  colleague.device.scopes = station_.device.scopes;
  sync::PullRequest theirs = request(25'000);
  theirs.incarnation = colleague.maker.incarnation;
  theirs.results = 0;
  std::vector<std::future<Answered>> answers;
  answers.push_back(pull(request(25'000)));
  for (int i = 0; i < 2; ++i) {
    auto answer = std::make_shared<std::promise<Answered>>();
    answers.push_back(answer->get_future());
    desk_->pull(colleague.device, theirs, [answer](Answered a) { answer->set_value(std::move(a)); });
  }
  settle();
  create(2);
  desk_->committed();
  std::vector<sync::PullReply> replies;
  for (auto& answer : answers) replies.push_back(read_reply(answer));
  for (const sync::PullReply& reply : replies) {
    ASSERT_EQ(reply.cut.changes.size(), 1u);
    EXPECT_EQ(reply.cut.changes[0].record.key.id, id_of(2));
  }
  EXPECT_EQ(replies[0].results.size(), 1u);
  EXPECT_TRUE(replies[1].results.empty());
  EXPECT_TRUE(replies[2].results.empty());
}

TEST_F(LedgerReadThreadTest, ALongPollEndsEmptyWhenItsTimeIsOver) {
  auto answer = pull(request(10'000));
  settle();
  clock_.pass(std::chrono::milliseconds(9'999));
  settle();
  ASSERT_FALSE(is_answered(answer));
  clock_.pass(std::chrono::milliseconds(1));
  settle();
  ASSERT_TRUE(is_answered(answer));
  const auto reply = read_reply(answer);
  EXPECT_EQ(reply.answer, sync::PullAnswer::cut);
  EXPECT_EQ(reply.cut.to, head_);
  EXPECT_TRUE(reply.cut.changes.empty());
}

TEST_F(LedgerReadThreadTest, NobodyIsHeldLongerThanTheProtocolAllows) {
  auto answer = pull(request(3'600'000));
  settle();
  clock_.pass(std::chrono::milliseconds(sync::limits::pull_wait_ms));
  settle();
  EXPECT_TRUE(is_answered(answer));
}

TEST_F(LedgerReadThreadTest, OnlyThoseWhoseTimeIsOverAreAnswered) {
  auto brief = pull(request(1'000)), patient = pull(request(20'000));
  settle();
  clock_.pass(std::chrono::milliseconds(1'000));
  settle();
  EXPECT_TRUE(is_answered(brief));
  EXPECT_FALSE(is_answered(patient));
}

TEST_F(LedgerReadThreadTest, APullThatDoesNotFitIsAnsweredAtOnce) {
  auto other = request(25'000);
  other.epoch = id_of(77);
  auto answer = pull(other);
  EXPECT_EQ(read_reply(answer).answer, sync::PullAnswer::reset);
}

TEST_F(LedgerReadThreadTest, StoppingAnswersWhoWaitsWithWhatThereIs) {
  auto answer = pull(request(25'000));
  settle();
  desk_->stop();
  ASSERT_TRUE(is_answered(answer));
  EXPECT_TRUE(read_reply(answer).cut.changes.empty());
}

TEST_F(LedgerReadThreadTest, AfterStoppingAPullIsSentAwayToBeTriedLater) {
  desk_->stop();
  auto answer = pull(request(25'000));
  ASSERT_TRUE(is_answered(answer));
  const auto refused = answer.get();
  EXPECT_EQ(code_of(refused), "stopping");
  EXPECT_EQ(refused.error().kind, ErrorKind::retry_later);
}

TEST_F(LedgerReadThreadTest, WorkRunsInTheOrderItWasHandedIn) {
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) desk_->run([&order, i](SyncService&) { order.push_back(i); });
  settle();
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace holdline::hub::testing
