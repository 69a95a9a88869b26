// Daemons that crash again and again, and daemons that stand still for a while.
#include <gtest/gtest.h>

#include <signal.h>
#include <map>

#include <atomic>
#include <thread>

#include "tests/process/preload/false_clock.hpp"
#include "tests/process/support/behind_proxy.hpp"

namespace holdline::process {
namespace {

using namespace std::chrono_literals;

// Saves entries one after the other, whatever becomes of the daemon meanwhile.
class Typist {
 public:
  explicit Typist(const Desk& desk) : desk_(desk), thread_([this] { type(); }) {}
  ~Typist() { stop(); }
  Typist(const Typist&) = delete;
  Typist& operator=(const Typist&) = delete;

  std::size_t acknowledged() const { return acknowledged_; }
  // The notes that were acknowledged. Of the others nobody knows what became.
  const std::vector<std::string>& stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return notes_;
  }

 private:
  void type() {
    for (int i = 0; !stopping_; ++i) {
      const std::string note = "typed " + std::to_string(i);
      if (desk_.run({"entry", "add", "kind=message", "note=" + note}).status != 0) continue;
      notes_.push_back(note);
      ++acknowledged_;
    }
  }

  const Desk& desk_;
  std::vector<std::string> notes_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> acknowledged_ = 0;
  std::thread thread_;
};

// The log of a database is emptied when it is opened or has grown long, so its size at one moment means nothing.
// Bytes of each file; of a log of SQLite only that it is there.
using Contents = std::map<std::string, std::uintmax_t>;

Contents contents_of(const Path& directory) {
  Contents found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = entry.path().lexically_relative(directory).string();
    found[name] = name.ends_with("-wal") ? 0 : entry.file_size();
  }
  return found;
}

void expect_clean_start(const Daemon& daemon) {
  const std::string log = daemon.log_since_start();
  for (const char* bad : {"\"error\"", "replica-rebuilt"}) EXPECT_EQ(log.find(bad), std::string::npos) << log;
}

TEST(CrashLoop, LosesNothingAndLeavesNothingBehind) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.wait_for("online");
  Typist typist(desk);

  for (int crash = 0; crash < 20; ++crash) {
    // A sign-in ends with the daemon, and so does the hub's contact: both come back during the work.
    Daemon& daemon = crash % 2 == 0 ? desk.daemon() : centre.hub().daemon();
    const std::size_t before = typist.acknowledged();
    desk.until("work", [&] { return typist.acknowledged() > before; });
    daemon.kill();
    daemon.start();
    expect_clean_start(daemon);
    if (crash % 2 == 0) desk.sign_in(centre.hub());
  }
  const auto acknowledged = typist.stop();

  desk.wait_for("drained");
  desk.wait_for("online");
  desk.wait_until_equal_to(centre.hub());
  const auto shown = desk.entry_notes();
  for (const std::string& note : acknowledged) EXPECT_EQ(count(shown, note), 1U) << note;
  for (const std::string& note : shown) EXPECT_EQ(count(shown, note), 1U) << note;
}

TEST(CrashLoop, WithoutWorkLeavesFilesAsTheyAre) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.add_entry("one");
  desk.until("it back", [&] { return change_of(desk.status()) == 1; });
  const auto crash = [&](Daemon& daemon, const Path& directory) {
    daemon.kill();
    daemon.start();
    expect_clean_start(daemon);
    desk.wait_for("online");
    return contents_of(directory);
  };
  const Contents desk_first = crash(desk.daemon(), desk.directory());
  const Contents hub_first = crash(centre.hub().daemon(), centre.hub().directory());
  Contents desk_last, hub_last;
  for (int i = 0; i < 4; ++i) {
    desk_last = crash(desk.daemon(), desk.directory());
    hub_last = crash(centre.hub().daemon(), centre.hub().directory());
  }

  EXPECT_EQ(desk_last, desk_first);
  EXPECT_EQ(hub_last, hub_first);
}

// The lid of a laptop was closed: its process stood still, time went on, and its connections were given up elsewhere.
TEST(StandStill, OfAWorkstationInTheMiddleOfAPushLosesNothingAndSendsNothingTwice) {
  CentreBehindProxy there;
  Desk& colleague = there.centre.add_desk("desk-2");
  Desk desk(there.centre.directory(), "desk-1");
  FalseClock clock(desk.daemon(), there.centre / "desk-1.clock");
  desk.start();
  desk.join(there.centre.hub());
  desk.wait_for("online");
  std::vector<std::string> notes;

  for (const bool arrived : {false, true}) {
    // The push, or its answer, is on its way when everything stops.
    arrived ? there.proxy.block_answers() : there.proxy.block_requests();
    desk.add_entry(notes.emplace_back(arrived ? "stored at the hub" : "not yet sent"));
    desk.daemon().suspend();
    there.proxy.cut();
    clock.sleep(10min);
    there.proxy.heal();
    colleague.add_entry(notes.emplace_back(arrived ? "meanwhile" : "before that"));
    desk.daemon().resume();

    desk.wait_for("drained");
    desk.until("all entries", [&] { return sorted(desk.entry_notes()) == sorted(notes); });
    EXPECT_EQ(desk.ask({"status"})["person"]["name"], supervisor) << "still signed in";
  }
  for (Desk* one : {&desk, &colleague}) {
    one->until("everything", [&] { return change_of(one->status()) == notes.size(); });
    one->wait_until_equal_to(there.centre.hub());
  }
}

TEST(StandStill, OfTheHubForLongerThanItsDeadlinesLosesNothingAndTakesNothingTwice) {
  Centre centre;
  centre.hub().daemon().stop();
  FalseClock clock(centre.hub().daemon(), centre / "hub.clock");
  centre.hub().start();
  Desk& one = centre.add_desk("desk-1");
  Desk& two = centre.add_desk("desk-2");
  for (Desk* desk : {&one, &two}) desk->wait_for("online");
  std::vector<std::string> notes;

  centre.hub().daemon().suspend();
  for (int i = 0; i < 5; ++i)
    for (Desk* desk : {&one, &two}) desk->add_entry(notes.emplace_back(desk->name() + " " + std::to_string(i)));
  clock.sleep(10min);
  // Its deadline for a header, and then some: the time that passes is the fault.
  std::this_thread::sleep_for(6s);
  EXPECT_EQ(one.waiting(), 5U);
  centre.hub().daemon().resume();

  for (Desk* desk : {&one, &two}) {
    desk->wait_for("drained");
    desk->until("everything", [&] { return change_of(desk->status()) == notes.size(); });
    desk->wait_until_equal_to(centre.hub());
    EXPECT_EQ(sorted(desk->entry_notes()), sorted(notes));
  }
}

}  // namespace
}  // namespace holdline::process
