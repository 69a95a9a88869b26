#include "platform/os/program/program.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include <boost/asio/io_context.hpp>

#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

using namespace std::chrono_literals;

class ProgramTest : public ::testing::Test {
 protected:
  void script(const std::string& name, const std::string& body) {
    write_contents(scratch_ / name, "#!/bin/sh\n" + body);
    std::filesystem::permissions(scratch_ / name, std::filesystem::perms::owner_all);
  }
  ProgramRequest request(std::vector<std::string> argv) const {
    return {scratch_.path(), std::move(argv), {{"HOLDLINE_ACTION", "notice"}}};
  }
  ProgramOutcome run(const ProgramRequest& request) {
    ProgramOutcome outcome;
    auto program = Program::start(io_, request, [&](ProgramOutcome told) { outcome = std::move(told); });
    EXPECT_TRUE(program) << program.error().message;
    io_.run();
    io_.restart();
    return outcome;
  }
  std::string refusal(const std::string& name) { return code_of(check_program(scratch_.path(), name)); }

  Scratch scratch_;
  boost::asio::io_context io_;
};

TEST_F(ProgramTest, GetsItsArgumentsAsTheyAreAndAShortEnvironment) {
  ::setenv("HOLDLINE_SECRET", "hunter2", 1);
  script("say",
         "printf '%s|' \"$@\"; echo \"$HOLDLINE_ACTION$HOLDLINE_SECRET\" >&2; pwd; ls /proc/self/fd | wc -l; exit 3");
  const auto outcome = run(request({"say", "$(id)", "; rm -rf /", "two words"}));
  EXPECT_EQ(outcome.status, 3);
  EXPECT_EQ(outcome.output, "$(id)|; rm -rf /|two words|notice\n/\n4\n") << "0, 1, 2, and the folder that ls reads";
}

TEST_F(ProgramTest, EndsWithItsWholeGroupAfterItsTime) {
  script("hang", "sleep 600 & echo $!; wait");
  auto hanging = request({"hang"});
  hanging.timeout = 300ms;
  const auto outcome = run(hanging);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.status, 128 + SIGKILL);
  const pid_t child = std::stoi(outcome.output);
  // Whoever inherits it may take a moment to bury it.
  const auto state = [&] { return contents("/proc/" + std::to_string(child) + "/stat"); };
  while (!state().empty() && state().find(") Z ") == std::string::npos) std::this_thread::sleep_for(10ms);
}

TEST_F(ProgramTest, LeavesNothingBehindAndItsOutputIsKeptToALimit) {
  script("leave", "sleep 600 & i=0; while [ $i -lt 2000 ]; do echo 0123456789; i=$((i+1)); done");
  EXPECT_EQ(run(request({"leave"})).output.size(), 4'096u) << "what it left does not hold the pipe open";
}

TEST_F(ProgramTest, NobodyIsToldOfOneThatWasStopped) {
  script("hang", "sleep 600");
  bool told = false;
  auto program = Program::start(io_, request({"hang"}), [&](ProgramOutcome) { told = true; }).value();
  program->stop();
  io_.run();
  EXPECT_FALSE(told);
}

TEST_F(ProgramTest, OnlyWhatNobodyElseCanChangeIsRun) {
  script("good", "");
  EXPECT_EQ(refusal("good"), "ok");
  for (const char* name : {"", "../good", "/bin/sh", ".hidden", "missing"}) EXPECT_EQ(refusal(name), "program-refused");
  std::filesystem::create_symlink("/bin/sh", scratch_ / "link");
  EXPECT_EQ(refusal("link"), "program-refused");
  std::filesystem::permissions(scratch_ / "good", std::filesystem::perms::all);
  EXPECT_EQ(refusal("good"), "program-refused");
  script("good", "");
  std::filesystem::permissions(scratch_.path(), std::filesystem::perms::all);
  EXPECT_EQ(refusal("good"), "program-refused") << "a directory into which others can put one";
  EXPECT_EQ(code_of(check_program({}, "good")), "program-refused");
}

}  // namespace
}  // namespace holdline::platform
