// Who is let in: to the hub, to the local sockets, to the files.
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "sync/wire/enroll_code.hpp"
#include "tests/process/support/centre.hpp"
#include "tests/process/support/fault_proxy.hpp"

namespace holdline::process {
namespace {

bool says(const Outcome& outcome, const std::string& words) { return outcome.err.find(words) != std::string::npos; }

// --- Enrolment ---

class Enrolment : public ::testing::Test {
 protected:
  Outcome enroll(Desk& desk, const std::string& code) {
    if (!desk.daemon().runs()) desk.start();
    return desk.run({"enroll", code});
  }
  // Refused with these words, and the workstation can still be enrolled properly.
  void expect_refusal(Desk& desk, const std::string& code, const std::string& words) {
    const Outcome refused = enroll(desk, code);
    EXPECT_EQ(refused.status, 1);
    EXPECT_TRUE(says(refused, words)) << refused.err;
    EXPECT_EQ(desk.mode(), "not-enrolled");
    desk.join(centre_.hub());
    desk.wait_for("online");
  }

  Centre centre_;
  Desk desk_{centre_.directory(), "desk-1"};
};

TEST_F(Enrolment, WithACodeThatWasUsedIsRefused) {
  const std::string code = centre_.hub().enroll_code("desk-2");
  Desk other(centre_.directory(), "desk-2");
  ASSERT_EQ(enroll(other, code).status, 0);
  expect_refusal(desk_, code, "[code-used]");
}

TEST_F(Enrolment, WithACodeThatTheHubNeverGaveIsRefused) {
  auto code = sync::EnrollmentCode::parse(centre_.hub().enroll_code("desk-1")).value();
  code.secret[0] ^= 1;
  expect_refusal(desk_, code.text(), "[code-unknown]");
}

TEST_F(Enrolment, WithAMistypedCodeIsRefusedWithoutAskingTheHub) {
  std::string code = centre_.hub().enroll_code("desk-1");
  code[code.size() / 2] = code[code.size() / 2] == '7' ? '8' : '7';
  centre_.hub().daemon().stop();
  const Outcome refused = enroll(desk_, code);
  EXPECT_EQ(refused.status, 1);
  EXPECT_TRUE(says(refused, "[malformed-code]")) << refused.err;
}

TEST_F(Enrolment, WithACodeOfAnotherHubThanAnswersIsRefused) {
  // The code names the address of one hub and the authority of the other.
  auto code = sync::EnrollmentCode::parse(centre_.hub().enroll_code("desk-1")).value();
  Hub other(centre_ / "other-hub");
  other.start();
  code.hub = "https://127.0.0.1:" + std::to_string(other.port());
  expect_refusal(desk_, code.text(), "[tls-untrusted]");
}

TEST_F(Enrolment, WhileTheHubIsAwayCanBeRepeatedWithTheSameCode) {
  const std::string code = centre_.hub().enroll_code("desk-1");
  centre_.hub().daemon().stop();
  const Outcome away = enroll(desk_, code);
  EXPECT_EQ(away.status, 75) << away.err;
  centre_.hub().start();
  EXPECT_EQ(desk_.run({"enroll", code}).status, 0);
}

TEST_F(Enrolment, OfAnEnrolledWorkstationIsRefused) {
  desk_.start();
  desk_.join(centre_.hub());
  const Outcome again = desk_.run({"enroll", centre_.hub().enroll_code("desk-1")});
  EXPECT_EQ(again.status, 1);
  EXPECT_TRUE(says(again, "[enrolled-already]")) << again.err;
}

// --- The hub's identity, and the workstation's ---

TEST(AnotherHub, AtTheAddressOfTheOwnIsNotTrustedAndWorkGoesOnWithoutIt) {
  FaultProxy proxy;
  Centre centre(proxy.port());
  proxy.forward_to(centre.hub().port());
  Desk& desk = centre.add_desk("desk-1");
  desk.wait_for("online");
  Hub other(centre / "other-hub");
  other.start();

  proxy.cut();
  proxy.forward_to(other.port());
  proxy.heal();
  desk.until("the distrust", [&] { return desk.status()["sync"]["error"]["code"] == "tls-untrusted"; });

  desk.wait_for_mode("contingency");
  desk.add_entry("while another hub answers");
  proxy.cut();
  proxy.forward_to(centre.hub().port());
  proxy.heal();
  // What only a person can settle is tried again once a minute, or when somebody asks for it.
  EXPECT_EQ(desk.run({"sync"}).status, 0);
  desk.wait_for("drained");
  desk.wait_until_equal_to(centre.hub());
}

// --- Two of a kind ---

TEST(SecondDaemon, OnTheSameDirectoryLeavesAndTheFirstGoesOn) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  desk.wait_for("online");
  const Path config = centre / "second.toml";
  write_text(config, "directory = \"" + desk.directory().string() + "\"\n[local]\ngroup = \"\"\nsocket = \"" +
                         (centre / "second.sock").string() + "\"\n");

  const Outcome second = run({{bin("holdlined"), "--config", config.string()}, {}, {}, {}});

  EXPECT_EQ(second.status, 75);
  EXPECT_TRUE(says(second, "already-running")) << second.err;
  EXPECT_TRUE(says(second, std::to_string(desk.daemon().pid()))) << second.err;
  desk.add_entry("still here");
  desk.wait_for("drained");
}

TEST(SecondDaemon, AtTheHubLeavesAndTheFirstGoesOn) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");

  const Outcome second = centre.hub().run({"run"});

  EXPECT_EQ(second.status, 75);
  EXPECT_TRUE(says(second, "already-running")) << second.err;
  desk.add_entry("still here");
  desk.wait_for("drained");
  desk.wait_until_equal_to(centre.hub());
}

// --- Other logins of the machine ---

struct Login {
  uid_t uid;
  gid_t gid;
  std::string group;
};

Login nobody() {
  const passwd* entry = ::getpwnam("nobody");
  return {entry->pw_uid, entry->pw_gid, "nogroup"};
}

// The build folder may be closed to other logins: they get copies of the programs.
std::string copy_for_others(const std::string& program, const Path& directory) {
  const Path copy = directory / program;
  std::filesystem::copy_file(bin(program), copy, std::filesystem::copy_options::overwrite_existing);
  ::chmod(copy.c_str(), 0755);
  ::chmod(directory.c_str(), 0711);
  return copy.string();
}

TEST(LocalSocket, ServesNobodyButItsGroupEvenWhenItsFileIsOpenToAll) {
  if (!is_root()) GTEST_SKIP() << "only root may become another login";
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  const std::string holdline = copy_for_others("holdline", centre.directory());
  const Login other = nobody();
  const auto ask = [&](const std::vector<std::string>& words) {
    Command command{{holdline, "--socket", desk.socket().string()}, {}, other.uid, other.gid};
    command.words.insert(command.words.end(), words.begin(), words.end());
    return run(command);
  };

  const Outcome closed = ask({"status"});
  ::chmod(desk.socket().c_str(), 0666);
  const Outcome open = ask({"status"});
  const Outcome writing = ask({"entry", "add", "kind=message", "note=from outside"});

  for (const Outcome& outcome : {closed, open, writing}) {
    EXPECT_EQ(outcome.status, 77) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_EQ(desk.entry_notes().size(), 0U);
}

TEST(LocalSocket, OfTheHubsAdministratorServesNobodyElse) {
  if (!is_root()) GTEST_SKIP() << "only root may become another login";
  Centre centre;
  const std::string program = copy_for_others("holdline-hub", centre.directory());
  const Login other = nobody();
  const auto ask = [&] {
    return run({{program, "digests", "--dir", centre.hub().directory().string()}, {}, other.uid, other.gid});
  };

  const Outcome closed = ask();
  ::chmod(centre.hub().directory().c_str(), 0711);
  ::chmod((centre.hub().directory() / "admin.sock").c_str(), 0666);
  const Outcome open = ask();

  for (const Outcome& outcome : {closed, open}) {
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err, "");
  }
  EXPECT_TRUE(says(open, "permission") || says(open, "403") || says(open, "not-allowed")) << open.err;
}

TEST(AdministratorsCommand, OfRootWithoutAHubThatServesLeavesFilesToTheirOwner) {
  if (!is_root()) GTEST_SKIP() << "only root may become another login";
  const Login other = nobody();
  Centre centre;
  centre.hub().daemon().stop();
  ::chmod(centre.directory().c_str(), 0711);
  const Path at = centre.hub().directory(), fresh = centre / "fresh";
  std::filesystem::create_directory(fresh);
  ::chmod(fresh.c_str(), 0700);
  ASSERT_EQ(run({{"/bin/chown", "-R", std::to_string(other.uid), at.string(), fresh.string()}, {}, {}, {}}).status, 0);

  EXPECT_EQ(centre.hub().run({"enroll-code", "--name", "desk-1", "--scope", scope}).status, 0);
  centre.hub().import(20);
  EXPECT_EQ(run({{bin("holdline-hub"), "init", "--dir", fresh.string()}, {}, {}, {}}).status, 0);

  for (const Path& directory : {at, fresh}) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory)) {
      struct stat info {};
      ASSERT_EQ(::lstat(file.path().c_str(), &info), 0);
      EXPECT_EQ(info.st_uid, other.uid) << file.path();
    }
  }
}

// Whoever may use the socket can do everything through it without being able to read one byte of the directory.
TEST(CommandLine, NeverOpensTheFilesOfTheDaemon) {
  platform::Scratch scratch;
  Hub hub(scratch / "hub");
  hub.start();
  const Login other = nobody();
  Desk desk(scratch.path(), "desk-1", is_root() ? other.group : "");
  desk.start();
  desk.join(hub);
  desk.wait_for("online");
  const std::string id = desk.ask({"customer", "add", "given=Ann", "family=Miller"})["created"][0];
  desk.wait_until_equal_to(hub);
  Command command{{copy_for_others("holdline", scratch.path()), "--socket", desk.socket().string()}, {}, {}, {}};
  if (is_root()) {
    command.uid = other.uid;
    command.gid = other.gid;
    const Outcome listing = run({{"/bin/ls", desk.directory().string()}, {}, other.uid, other.gid});
    ASSERT_NE(listing.status, 0);
  } else {
    ::chmod(desk.directory().c_str(), 0);
  }
  const Path password = scratch / "password";
  write_text(password, read_text(hub.password_file()));
  ::chmod(password.c_str(), 0644);

  const std::vector<std::vector<std::string>> verbs = {
      {"status"},
      {"login", supervisor, "--password-file", password.string()},
      {"customer", "search", "miller"},
      {"customer", "show", id},
      {"customer", "edit", id, "notes=moved house"},
      {"customer", "add", "given=Bob", "family=Baker", "phone=+442075518701"},
      {"entry", "add", "kind=message", "note=by the socket"},
      {"entry", "list"},
      {"callback", "add", "name=Ann", "phone=+442075518701", "reason=line down"},
      {"callback", "list"},
      {"outbox", "list"},
      {"outbox", "export"},
      {"conflicts", "list"},
      {"wait", "drained", "--timeout", "60s"},
      {"logout"},
  };
  for (const auto& verb : verbs) {
    Command one = command;
    one.words.insert(one.words.end(), verb.begin(), verb.end());
    const Outcome outcome = run(one);
    EXPECT_EQ(outcome.status, 0) << verb.front() << ": " << outcome.err;
  }
  ::chmod(desk.directory().c_str(), 0700);
}

}  // namespace
}  // namespace holdline::process
