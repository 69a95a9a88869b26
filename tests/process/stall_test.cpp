// A disk that takes seconds over a sync: only saving may wait for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include "platform/http/unix_client.hpp"
#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

class StalledOutbox : public ::testing::Test {
 protected:
  void SetUp() override {
    desk_.daemon().command().environment["LD_PRELOAD"] = HOLDLINE_FAILING_SYNC_LIBRARY;
    desk_.daemon().command().environment["HOLDLINE_STALLED_SYNC"] = mark_.string();
    centre_.hub().import(200);
    desk_.start();
    desk_.join(centre_.hub());
    desk_.add_entry("before");
    desk_.wait_for("drained");
    const Json who{{"person", supervisor}, {"password", read_text(centre_.hub().password_file())}};
    token_ = Json::parse(ask("POST", "/login", who.dump()).body)["token"];
  }

  platform::HttpClientResponse ask(const std::string& method, const std::string& path, std::string body = {}) const {
    platform::HttpClientRequest request;
    request.method = method;
    request.url = "/api/v1" + path;
    request.body = std::move(body);
    if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
    if (method == "POST") request.headers.emplace_back("Idempotency-Key", "the-only-one");
    auto answer = platform::request_over_unix(desk_.socket(), std::move(request));
    if (!answer) throw std::runtime_error(path + ": " + answer.error().message);
    return *std::move(answer);
  }

  // From now on syncs do not return; `saving`, in the thread, waits for one.
  std::thread stall(std::function<void()> saving) const {
    write_text(mark_, "");
    std::thread thread(std::move(saving));
    until(
        "a sync waits", [&] { return std::filesystem::exists(mark_.string() + ".reached"); }, [] { return ""; });
    return thread;
  }

  Centre centre_;
  Path mark_ = centre_ / "stalled";
  Desk desk_{centre_.directory(), "desk-1"};
  std::string token_;
};

TEST_F(StalledOutbox, AnswersEverythingButSaving) {
  const std::vector<std::string> paths{"/status",  "/customers?q=Family7", "/customers/none",
                                       "/entries", "/callbacks",           "/conflicts",
                                       "/outbox",  "/outbox/2/1",          "/outbox/export"};
  std::string saved;
  std::thread saving = stall([&] { saved = desk_.add_entry("while it stalls"); });

  std::vector<double> took_ms;
  for (int round = 0; round < 50; ++round) {
    for (const std::string& path : paths) {
      const auto began = std::chrono::steady_clock::now();
      EXPECT_NE(ask("GET", path).status, 503) << path;
      took_ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    }
    EXPECT_EQ(ask("POST", "/sync").status, 200);
  }
  const Json listed = Json::parse(ask("GET", "/outbox").body);
  std::ranges::sort(took_ms);
  std::printf("%zu answers while a sync waits: p50 %.1f ms, p99 %.1f ms\n", took_ms.size(), took_ms[took_ms.size() / 2],
              took_ms[took_ms.size() * 99 / 100]);

  std::filesystem::remove(mark_);
  saving.join();
  ASSERT_EQ(listed["items"].size(), 1U);
  EXPECT_EQ(listed["items"][0]["state"], "held");
  EXPECT_FALSE(saved.empty());
  EXPECT_EQ(desk_.action_states().size(), 2U);
}

// Somebody takes what was not sent out of a computer whose disk is dying; somebody else decides on an entry meanwhile.
TEST_F(StalledOutbox, GivesOutWhatIsUnsentAndLetsADecisionWaitForItsAnswer) {
  centre_.hub().daemon().stop();
  desk_.add_entry("unsent");
  std::thread saving = stall([&] { desk_.add_entry("while it stalls"); });
  platform::HttpClientResponse decided;
  std::thread deciding([&] { decided = ask("POST", "/outbox/2/1/discard", R"({"reason": "typed twice"})"); });

  const std::string file = (centre_ / "unsent.json").string();
  const Outcome exported = desk_.run({"outbox", "export", "--output", file});
  EXPECT_EQ(ask("GET", "/outbox/2/2").status, 200) << "beside the decision";
  EXPECT_EQ(decided.status, 0) << "what nobody can know yet is not answered";
  std::filesystem::remove(mark_);
  saving.join();
  deciding.join();

  EXPECT_EQ(exported.status, 0) << exported.err;
  EXPECT_EQ(Json::parse(read_text(file))["actions"].size(), 1U);
  EXPECT_EQ(decided.status, 409) << decided.body;
  desk_.daemon().kill();
  centre_.hub().start();
  const Outcome imported = centre_.hub().run({"outbox", "import", file});
  EXPECT_EQ(imported.status, 0) << imported.err;
  EXPECT_NE(imported.out.find("in effect now: 1"), std::string::npos) << imported.out;
}

}  // namespace
}  // namespace holdline::process
