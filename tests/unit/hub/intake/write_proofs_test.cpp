#include "hub/intake/write_proofs.hpp"

#include <future>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/unit/hub/intake/fixture.hpp"
#include "tests/unit/hub/intake/refusing_ledger.hpp"

namespace holdline::hub::testing {
namespace {

using namespace std::chrono_literals;

// Counts what reaches the disk.
class WriteProofsTest : public IntakeTest {
 protected:
  std::string ask_all(std::size_t workstations) {
    std::size_t answers = 0;
    std::string text = "good";
    for (std::size_t n = 0; n < workstations; ++n)
      proofs_->ask([&](const Result<void>& outcome) {
        if (!outcome) text = outcome.error().code + ": " + outcome.error().message;
        if (++answers == workstations) io_.stop();
      });
    if (answers != workstations) {
      const auto work = boost::asio::make_work_guard(io_);
      io_.run();
    }
    io_.restart();
    return text;
  }
  ChangeNumber head() { return store_.ledger().reader().value()->head().value().cn; }

  boost::asio::io_context io_;
  platform::SystemClock clock_;
  std::atomic<int> woken_ = 0;
  RefusingLedger refusing_{store_.ledger()};
  LedgerThread thread_{refusing_, entropy_, clock_, {[this] { ++woken_; }, [](const Error&) {}}};
  std::shared_ptr<WriteProofs> proofs_ = std::make_shared<WriteProofs>(io_, thread_, clock_, entropy_, 100ms);
};

TEST_F(WriteProofsTest, OneWriteThatIsReadBackAnswersAllAndWakesNobody) {
  refusing_.refuses = false;
  const ChangeNumber before = head();
  EXPECT_EQ(ask_all(500), "good");
  EXPECT_EQ(refusing_.proofs, 1U);
  EXPECT_EQ(ask_all(500), "good") << "within two seconds";
  EXPECT_EQ(refusing_.proofs, 1U);
  EXPECT_EQ(head(), before) << "no cursor moves";
  EXPECT_EQ(woken_, 0);
}

TEST_F(WriteProofsTest, ALedgerThatRefusesSaysWhy) {
  EXPECT_EQ(ask_all(2), "writes-fail: The hub takes no entries at the moment: The disk is full.");
}

TEST_F(WriteProofsTest, ADiskThatHangsKeepsNobodyWaiting) {
  refusing_.refuses = false;
  std::promise<void> goes_on;
  thread_.run_beside_writes([hangs = goes_on.get_future().share()] { hangs.wait(); });
  EXPECT_NE(ask_all(3).find("does not answer in time"), std::string::npos);
  EXPECT_NE(ask_all(3).find("does not answer in time"), std::string::npos);
  goes_on.set_value();
  EXPECT_EQ(ask_all(1), "good");
  EXPECT_EQ(refusing_.proofs, 1U) << "while one is under way no other is begun";
}

}  // namespace
}  // namespace holdline::hub::testing
