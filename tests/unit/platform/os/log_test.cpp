#include "platform/os/log.hpp"

#include <gtest/gtest.h>
#include "tests/support/test_clock.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

namespace holdline::platform {
namespace {

class Log : public ::testing::Test {
 protected:
  Logger logger(LogOptions options) {
    return Logger([this](std::string_view line) { lines.emplace_back(line); }, clock, options);
  }
  nlohmann::json last() const { return nlohmann::json::parse(lines.back()); }

  support::TestClock clock;
  std::vector<std::string> lines;
};

TEST_F(Log, WritesOneJsonObjectPerLine) {
  Logger log = logger({});
  log.warning("clock-wrong", "The clock is off.", {{"offset_ms", -1500}, {"peer", "hub"}, {"again", true}});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].find('\n'), lines[0].size() - 1);
  const auto expected = nlohmann::json{{"time", "2025-11-21T04:40:00.000Z"},
                                       {"level", "warning"},
                                       {"id", "clock-wrong"},
                                       {"text", "The clock is off."},
                                       {"offset_ms", -1500},
                                       {"peer", "hub"},
                                       {"again", true}};
  EXPECT_EQ(last(), expected);
}

TEST_F(Log, PutsThePriorityBeforeTheLineForTheJournal) {
  Logger log = logger({.format = LogFormat::journal, .least = LogLevel::debug});
  log.debug("a", "t");
  log.info("b", "t");
  log.warning("c", "t");
  log.error("d", "t");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_TRUE(lines[0].starts_with("<7>{"));
  EXPECT_TRUE(lines[1].starts_with("<6>{"));
  EXPECT_TRUE(lines[2].starts_with("<4>{"));
  EXPECT_TRUE(lines[3].starts_with("<3>{"));
}

TEST_F(Log, LeavesOutWhatIsBelowItsLevel) {
  Logger log = logger({});
  log.debug("a", "t");
  EXPECT_TRUE(lines.empty());
}

TEST_F(Log, LetsNoValueForgeALineOrDriveATerminal) {
  const std::string hostile = "x\n<3>{\"id\":\"forged\"}\x1b[2J\x7f\xc2\x9b\xff\"";
  for (const LogFormat format : {LogFormat::text, LogFormat::json, LogFormat::journal}) {
    Logger log = logger({.format = format});
    log.info("peer-said", hostile, {{"value", hostile}});
    for (const char c : lines.back().substr(0, lines.back().size() - 1)) {
      EXPECT_TRUE(c >= 0x20 && c < 0x7f) << static_cast<int>(c);
    }
    EXPECT_EQ(lines.back().back(), '\n');
  }
  Logger log = logger({});
  log.info("peer-said-it", "t", {{"value", "Zoë\n"}});
  EXPECT_EQ(last()["value"], "Zoë\n") << "harmless, not lost";
}

TEST_F(Log, ShowsRedactedValuesOnlyAsRedacted) {
  Logger log = logger({});
  const Redacted<std::string> phone("+442075518700");
  log.info("dialled", "Dialled.", {{"phone", phone}, {"amount", Redacted<int>(7)}});
  EXPECT_EQ(phone.reveal(), "+442075518700");
  EXPECT_EQ(last()["phone"], "[redacted]");
  EXPECT_EQ(last()["amount"], "[redacted]");
  EXPECT_EQ(lines[0].find("5518700"), std::string::npos);
}

TEST_F(Log, CutsLongValues) {
  Logger log = logger({});
  log.info("a", "t", {{"value", std::string(1 << 20, 'x')}});
  EXPECT_LT(lines[0].size(), 2000u);
}

TEST_F(Log, LimitsEachIdByItselfAndSaysHowManyWereLeftOut) {
  Logger log = logger({.burst = 2, .window = std::chrono::seconds(60)});
  for (int i = 0; i < 5; ++i) log.warning("peer-refused", "t");
  log.warning("disk-low", "t");
  EXPECT_EQ(lines.size(), 3u);
  clock.pass(std::chrono::seconds(60));
  log.warning("peer-refused", "t");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(last()["left_out"], 3);
  log.warning("peer-refused", "t");
  EXPECT_FALSE(last().contains("left_out"));
}

TEST_F(Log, ReadsWellOnATerminal) {
  Logger log = logger({.format = LogFormat::text});
  log.info("outbox-opened", "Opened the outbox.", {{"entries", 3}, {"path", "/var/lib/a b"}, {"lane", "x1"}});
  EXPECT_EQ(
      lines[0],
      "2025-11-21T04:40:00.000Z info outbox-opened: Opened the outbox. entries=3 path=\"/var/lib/a b\" lane=x1\n");
}

TEST_F(Log, TakesAnErrorAsItIs) {
  Logger log = logger({});
  log.error(Error{ErrorKind::stop, "wrong-key", "The key does not fit."});
  EXPECT_EQ(last()["id"], "wrong-key");
  EXPECT_EQ(last()["text"], "The key does not fit.");
  log.info("a", "t", {{"ratio", std::numeric_limits<double>::infinity()}});
  EXPECT_TRUE(last()["ratio"].is_null()) << "still JSON";
}

}  // namespace
}  // namespace holdline::platform
