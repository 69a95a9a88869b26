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

TEST_F(AgentConfigTest, AMissingFileIsAnError) { EXPECT_FALSE(read_agent_config(scratch / "none.toml")); }

}  // namespace
}  // namespace holdline::agent
