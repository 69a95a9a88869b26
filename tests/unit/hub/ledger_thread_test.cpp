#include "hub/ledger_thread.hpp"

#include <future>

#include "tests/unit/hub/intake_fixture.hpp"
#include "tests/unit/hub/refusing_ledger.hpp"

namespace holdline::hub::testing {
namespace {

class LedgerThreadTest : public IntakeTest {
 protected:
  LedgerThreadTest() { station_.does({creates_customer(1, "Ann")}); }

  LedgerThread::Events events() {
    return {[this] { ++commits_; }, [this](const Error& error) { lost_.push_back(error.code); }};
  }
  // The thread has finished with it when this returns, but for telling what it found out.
  std::string pushed(LedgerThread& thread) {
    std::promise<std::string> code;
    thread.push(read(station_, station_.push(customer_lane)),
                [&](Result<sync::PushReply> reply) { code.set_value(platform::code_of(reply)); });
    return code.get_future().get();
  }

  platform::SystemClock clock_;
  RefusingLedger refusing_{store_.ledger()};
  int commits_ = 0;
  std::vector<std::string> lost_;  // read after the thread has ended
};

TEST_F(LedgerThreadTest, SaysThatTheLedgerIsLostWhenACommitHasNoKnownOutcome) {
  refusing_.refusal = {ErrorKind::stop, "io-error", "The disk reports an error."};
  {
    LedgerThread thread(refusing_, entropy_, clock_, events());
    EXPECT_EQ(pushed(thread), "io-error");
    EXPECT_EQ(pushed(thread), "ledger-needs-reopen");
    EXPECT_EQ(pushed(thread), "ledger-needs-reopen");
  }
  EXPECT_EQ(lost_, std::vector<std::string>{"ledger-needs-reopen"});
}

TEST_F(LedgerThreadTest, SaysSoAlsoWhenOtherWorkFailed) {
  refusing_.refusal = {ErrorKind::stop, "io-error", "The disk reports an error."};
  {
    LedgerThread thread(refusing_, entropy_, clock_, events());
    thread.run([](Ledger&, Intake& intake) {
      const std::vector ops{creates_customer(2, "Bob")};
      EXPECT_EQ(platform::code_of(intake.take_own(ops, now_ms)), "io-error");
    });
  }
  EXPECT_EQ(lost_, std::vector<std::string>{"ledger-needs-reopen"});
}

TEST_F(LedgerThreadTest, GoesOnAfterARefusalWithAKnownOutcome) {
  {
    LedgerThread thread(refusing_, entropy_, clock_, events());
    EXPECT_EQ(pushed(thread), "disk-full");
    refusing_.refuses = false;
    EXPECT_EQ(pushed(thread), "ok");
  }
  EXPECT_TRUE(lost_.empty());
}

}  // namespace
}  // namespace holdline::hub::testing
