#include "agent/console/events.hpp"

#include "tests/unit/agent/api/fixture.hpp"

namespace holdline::agent {
namespace {

// Somebody watches a workstation at which ada can save; the timer never runs, every look is made by the test.
class EventsTest : public LocalApiTest {
 protected:
  void SetUp() override {
    work({customer_of(1, "Ada", "Byron")});
    events = std::make_unique<Events>(*api, io);
  }
  std::shared_ptr<platform::LiveBody> open() {
    platform::HttpRequest request;
    request.peer.kind = platform::Peer::Kind::unix_socket;
    request.peer.uid = uid;
    if (!token.empty()) request.headers["authorization"] = "Bearer " + token;
    std::shared_ptr<platform::LiveBody> body;
    events->open(std::move(request), platform::Respond([&](platform::HttpResponse response) {
                   EXPECT_EQ(response.content_type, "text/event-stream");
                   body = response.live;
                 }));
    return body;
  }
  // {"number": "...", "status": ...} of each status in it.
  static std::vector<Json> statuses(const std::shared_ptr<platform::LiveBody>& body) {
    std::istringstream lines(body->take().text);
    std::vector<Json> found;
    std::string number;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("id: ")) number = line.substr(line.rfind('.') + 1);
      if (line.starts_with("data: {")) found.push_back({{"number", number}, {"status", Json::parse(line.substr(6))}});
    }
    return found;
  }

  std::unique_ptr<Events> events;
};

TEST_F(EventsTest, AStreamBeginsWithTheStatusAndGoesOnWithChangesOnly) {
  const auto body = open();
  const auto first = statuses(body);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].at("status").at("person").at("name"), "ada");
  events->look();
  EXPECT_TRUE(statuses(body).empty());
  ASSERT_EQ(post("/entries", message, "k").status, 201);
  events->look();
  const auto next = statuses(body);
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].at("status").at("outbox").at("waiting"), "1");
  EXPECT_EQ(next[0].at("number"), std::to_string(std::stoi(first[0].at("number").get<std::string>()) + 1));
}

TEST_F(EventsTest, TheEndOfTheSessionIsToldAndWatchingKeepsNone) {
  const auto body = open();
  statuses(body);
  for (int minutes = 0; minutes < 35; minutes += 5) {
    pc_clock.pass(std::chrono::minutes(5));
    events->look();
  }
  const auto told = statuses(body);
  ASSERT_FALSE(told.empty());
  EXPECT_TRUE(told.back().at("status").at("person").is_null());
}

TEST_F(EventsTest, WhoeverTakesNothingIsLeftBehind) {
  const auto slow = open();
  ASSERT_TRUE(slow->write(std::string(60 * 1024, '.')));
  for (int i = 0; i < 3'000 && slow->is_open(); ++i) events->look();
  EXPECT_FALSE(slow->is_open());
}

TEST_F(EventsTest, TheOldestStreamOfASessionGivesWay) {
  const auto first = open();
  for (std::size_t i = 0; i < Events::streams_of_one; ++i) EXPECT_TRUE(open()->is_open());
  EXPECT_FALSE(first->is_open());
}

}  // namespace
}  // namespace holdline::agent
