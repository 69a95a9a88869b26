#include "agent/config.hpp"

#include <gtest/gtest.h>

#include "tests/unit/platform/scratch.hpp"

namespace holdline::agent {
namespace {

class AgentConfigTest : public testing::Test {
 protected:
  AgentConfigRead read(const std::string& text) {
    platform::write_contents(scratch / "agent.toml", text);
    return read_agent_config(scratch / "agent.toml").value();
  }
  platform::Scratch scratch;
};

TEST_F(AgentConfigTest, AnEmptyFileGivesTheDefaults) {
  const auto read = this->read("");
  EXPECT_TRUE(read.problems.empty());
  EXPECT_EQ(read.config.directory, "/var/lib/holdline");
  EXPECT_EQ(read.config.group, "holdline");
  EXPECT_TRUE(read.config.proxy.empty());
  EXPECT_EQ(read.config.console_port, 7878);
}

TEST_F(AgentConfigTest, EverySettingIsRead) {
  const auto read = this->read(
      "directory = \"/data\"\n[local]\nsocket = \"/run/a.sock\"\ngroup = \"desk\"\n[hub]\nproxy = "
      "\"http://proxy:3128\"\n[entry]\nscope = \"acme/leeds\"\n");
  EXPECT_TRUE(read.problems.empty());
  EXPECT_EQ(read.config.directory, "/data");
  EXPECT_EQ(read.config.socket, "/run/a.sock");
  EXPECT_EQ(read.config.group, "desk");
  EXPECT_EQ(read.config.proxy, "http://proxy:3128");
  EXPECT_EQ(read.config.scope, "acme/leeds");
}

TEST_F(AgentConfigTest, MistypedSettingsAreProblemsNotDefaults) {
  EXPECT_EQ(read("directory = \"data\"\n").problems.size(), 1u);
  EXPECT_EQ(read("[local]\nsocket = \"agent.sock\"\n").problems.size(), 1u);
  EXPECT_EQ(read("[local]\nsocket = \"\"\n").problems.size(), 1u);
  EXPECT_EQ(read("[local]\nsockets = \"/run/a.sock\"\n").problems.size(), 1u);
  EXPECT_EQ(read("[hub]\nproxy = 5\n").problems.size(), 1u);
  EXPECT_EQ(read("[site]\nregion = \"UK\"\n").problems.size(), 1u);
}

TEST_F(AgentConfigTest, TheConsoleListensOnThisComputerOnlyOrNotAtAll) {
  const auto listening = [this](const std::string& where) { return read("[console]\nlisten = \"" + where + "\"\n"); };
  EXPECT_EQ(listening("127.0.0.1:8080").config.console_port, 8080);
  EXPECT_EQ(listening("").config.console_port, 0);
  for (const char* where : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "0.0.0.0:80", "7878", ":7878"})
    EXPECT_EQ(listening(where).problems.size(), 1u) << where;
}

TEST_F(AgentConfigTest, AMissingFileIsAnError) { EXPECT_FALSE(read_agent_config(scratch / "none.toml")); }

}  // namespace
}  // namespace holdline::agent
