// Nobody's name, number or words lie readable on a disk: not in the data, not in a log, not in a temporary file.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>

#include "tests/process/support/centre.hpp"
#include "tests/process/support/plaintext_scan.hpp"

namespace holdline::process {
namespace {

using Seen = std::set<std::string>;

// What one person at one desk does with texts that stand nowhere else.
class Plants {
 public:
  void plant(const Desk& desk, const std::string& when) {
    const auto word = [&](const std::string& what) { return add(word_marker(when + ", " + what)); };
    const auto phone = [&](const std::string& what) { return add(phone_marker(when + ", " + what)); };
    const std::string family = word("family name"), caller = word("caller");
    const std::string id =
        desk.ask({"customer", "add", "given=" + word("given name"), "family=" + family,
                  "phone=" + phone("customer's phone"), "notes=" + word("customer's notes")})["created"][0];
    desk.ask({"customer", "edit", id, "notes=" + word("edited notes")});
    desk.ask(
        {"entry", "add", "kind=message", "name=" + caller, "phone=" + phone("caller's phone"), "note=" + word("note")});
    desk.ask({"callback", "add", "name=" + caller, "phone=" + phone("callback's phone"), "reason=" + word("reason")});
    // So that whatever searching and listing leaves behind is there as well.
    EXPECT_EQ(desk.ask({"customer", "search", family})["items"].size(), 1U);
    for (const auto& words : {std::vector<std::string>{"entry", "list"}, {"callback", "list"}, {"outbox", "list"}})
      desk.ask(words);
    EXPECT_EQ(desk.run({"outbox", "export"}).status, 0);
    // What is refused is not written anywhere either.
    EXPECT_NE(desk.run({"entry", "add", "kind=" + word("kind that is none"), "note=" + word("refused note")}).status,
              0);
  }
  const std::vector<Marker>& markers() const { return markers_; }

 private:
  std::string add(Marker marker) { return markers_.emplace_back(std::move(marker)).typed; }
  std::vector<Marker> markers_;
};

class Plaintext : public ::testing::Test {
 protected:
  Plaintext() : started_(std::filesystem::file_time_type::clock::now() - std::chrono::seconds(2)) {
    std::filesystem::create_directory(temporary_);
    for (Daemon* daemon : daemons()) daemon->command().environment["TMPDIR"] = temporary_.string();
    hub_.start();
    for (Desk* desk : {&one_, &two_}) {
      desk->start();
      desk->join(hub_);
      desk->wait_for("online");
    }
  }

  std::vector<Daemon*> daemons() { return {&hub_.daemon(), &one_.daemon(), &two_.daemon()}; }

  Seen seen(const std::vector<Marker>& markers) {
    PlaintextScan scan(markers);
    scan.directory(scratch_.path());  // data of hub and workstations, their logs, their temporary files
    for (const char* shared : {"/tmp", "/var/tmp", "/dev/shm"}) scan.recent_files(shared, started_);
    if (is_root())
      for (Daemon* daemon : daemons())
        if (daemon->runs()) scan.open_files(daemon->pid());
    EXPECT_GT(scan.bytes(), 1'000'000U);
    return scan.seen();
  }

  std::filesystem::file_time_type started_;
  platform::Scratch scratch_;
  Path temporary_ = scratch_ / "temporary";
  Hub hub_{scratch_ / "hub"};
  Desk one_{scratch_.path(), "desk-1"}, two_{scratch_.path(), "desk-2"};
};

TEST_F(Plaintext, IsNowhereOnADiskBeforeDuringAndAfterAnOutage) {
  Plants plants;
  plants.plant(one_, "before");
  one_.wait_for("drained");
  two_.wait_until_equal_to(hub_);
  EXPECT_EQ(seen(plants.markers()), Seen()) << "before the outage";

  hub_.daemon().kill();
  for (Desk* desk : {&one_, &two_}) {
    desk->wait_for_mode("contingency");
    plants.plant(*desk, "in the outage at " + desk->name());
  }
  EXPECT_GT(one_.waiting(), 0U);
  EXPECT_EQ(seen(plants.markers()), Seen()) << "in the outage";

  one_.daemon().kill();
  EXPECT_EQ(seen(plants.markers()), Seen()) << "after a kill";

  one_.start();
  hub_.start();
  for (Desk* desk : {&one_, &two_}) desk->wait_for("drained");
  for (Desk* desk : {&one_, &two_}) desk->wait_until_equal_to(hub_);
  EXPECT_EQ(hub_.ask({"quarantine"})["items"].size(), 0U);
  EXPECT_EQ(seen(plants.markers()), Seen()) << "after the outage";
  for (Daemon* daemon : daemons()) daemon->stop();
  EXPECT_EQ(seen(plants.markers()), Seen()) << "when all are stopped";
}

// --- That the scan would have seen it ---

class SortingProbe {
 public:
  SortingProbe(const Path& directory, const std::string& temp_store, const std::vector<Marker>& markers)
      : daemon_({{HOLDLINE_SORTING_PROBE, directory.string(), temp_store}, {}, {}, {}}, directory / "log") {
    std::string texts;
    for (const Marker& marker : markers) texts += marker.typed + "\n";
    daemon_.command().environment["HOLDLINE_TEXTS"] = texts;
    daemon_.command().environment["TMPDIR"] = directory.string();
    daemon_.start();
  }
  pid_t pid() const { return daemon_.pid(); }

 private:
  Daemon daemon_;
};

TEST(PlaintextScan, SeesWhatASortLeavesInTemporaryFilesAndNothingWhenItStaysInMemory) {
  const std::vector<Marker> markers{word_marker("a name"), phone_marker("a phone")};
  for (const std::string temp_store : {"FILE", "MEMORY"}) {
    platform::Scratch scratch;
    SortingProbe probe(scratch.path(), temp_store, markers);
    PlaintextScan scan(markers);
    scan.directory(scratch.path());
    scan.open_files(probe.pid());
    EXPECT_GT(scan.bytes(), 1'000'000U);
    EXPECT_EQ(scan.seen().size(), temp_store == "FILE" ? markers.size() : 0U) << temp_store;
  }
}

TEST(PlaintextScan, SeesEverySpellingAlsoAcrossTheBordersOfItsPieces) {
  platform::Scratch scratch;
  for (const Marker& marker : {word_marker("a name"), phone_marker("a phone")}) {
    for (const std::string& spelling : marker.spellings) {
      ASSERT_GE(spelling.size(), 12U);
      const std::size_t before = (1 << 20) - spelling.size() / 2;
      write_text(scratch / "file", std::string(before, 'x') + spelling + "x");
      PlaintextScan scan({marker});
      scan.directory(scratch.path());
      EXPECT_EQ(scan.seen().size(), 1U);
    }
  }
}

// --- Memory does not reach the disk by a crash either ---

TEST(Crash, LeavesNoCoreFile) {
  const rlimit everything{RLIM_INFINITY, RLIM_INFINITY};
  ::setrlimit(RLIMIT_CORE, &everything);
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  for (Daemon* daemon : {&desk.daemon(), &centre.hub().daemon()}) {
    const std::string limits = read_text("/proc/" + std::to_string(daemon->pid()) + "/limits");
    const std::string line = limits.substr(limits.find("Max core file size"), 60);
    EXPECT_NE(line.find(" 0 "), std::string::npos) << line;

    daemon->abort();

    EXPECT_FALSE(daemon->dumped_core());
  }
}

// The kernel gives the files of a process that must not be dumped to root.
TEST(Crash, CannotBeReadOutOfTheMemoryByTheAccountTheDaemonRunsAs) {
  constexpr uid_t other = 65'534;
  platform::Scratch scratch;
  Desk desk(scratch.path(), "desk-1");
  if (is_root()) {
    for (const char* program : {"holdlined", "holdline"}) {
      std::filesystem::copy_file(bin(program), scratch / program);
      ::chmod((scratch / program).c_str(), 0755);
    }
    desk.daemon().command().words[0] = (scratch / "holdlined").string();
    desk.daemon().command().uid = other;
    ::chmod((scratch / "desk-1.toml").c_str(), 0644);
    ::chmod((scratch / "desk-1.log.ready").c_str(), 0666);
    ASSERT_EQ(::chown(scratch.path().c_str(), other, other), 0);
  }
  desk.start();

  struct stat info {};
  ASSERT_EQ(::stat(("/proc/" + std::to_string(desk.daemon().pid()) + "/mem").c_str(), &info), 0);

  EXPECT_EQ(info.st_uid, 0U);
}

}  // namespace
}  // namespace holdline::process
