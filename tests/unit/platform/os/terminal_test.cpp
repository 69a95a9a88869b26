#include "platform/os/terminal.hpp"

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "platform/os/fd.hpp"

namespace holdline::platform {
namespace {

struct Dialogue {
  std::string shown;  // everything the terminal displayed
  int exit_code = -1;
};

// 0: `expected` was read; 1: something else; 2: cancelled; 3: another error.
int ask_and_compare(const std::string& expected) {
  const auto secret = ask_secret("Password: ");
  if (!secret) return secret.error().code == "cancelled" ? 2 : 3;
  return secret->view() == expected ? 0 : 1;
}

// Asks in a child that has a terminal of its own, and types once the prompt is there.
Dialogue typed(const std::string& keys, const std::string& expected) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) ::_exit(ask_and_compare(expected));
  const Fd owner(terminal);
  Dialogue dialogue;
  bool answered = false;
  std::array<char, 256> block{};
  for (;;) {
    const ssize_t got = ::read(owner.get(), block.data(), block.size());
    if (got <= 0) break;  // the child has closed its end
    dialogue.shown.append(block.data(), static_cast<std::size_t>(got));
    if (answered || !dialogue.shown.ends_with("Password: ")) continue;
    answered = true;
    EXPECT_EQ(::write(owner.get(), keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) dialogue.exit_code = WEXITSTATUS(status);
  return dialogue;
}

TEST(Terminal, ReadsASecretWithoutShowingIt) {
  const Dialogue dialogue = typed("open sesame\n", "open sesame");
  EXPECT_EQ(dialogue.exit_code, 0);
  EXPECT_EQ(dialogue.shown, "Password: \r\n");
}

TEST(Terminal, RubsOutWholeCharactersAndWholeLines) {
  EXPECT_EQ(typed("wrong\x15s\xc3\xa9\x7f"
                  "e\n",
                  "se")
                .exit_code,
            0);
}

TEST(Terminal, CtrlCCancelsInsteadOfLeavingTheTerminalSilent) {
  const Dialogue dialogue = typed("half\x03", "half");
  EXPECT_EQ(dialogue.exit_code, 2);
  EXPECT_EQ(dialogue.shown, "Password: \r\n");
}

TEST(Terminal, RefusesALineWithoutEnd) { EXPECT_EQ(typed(std::string(1025, 'x'), "").exit_code, 3); }

}  // namespace
}  // namespace holdline::platform
