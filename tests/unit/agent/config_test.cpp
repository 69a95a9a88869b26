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
  EXPECT_EQ(read.config.console.port, 7878);
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
  EXPECT_EQ(listening("127.0.0.1:8080").config.console.port, 8080);
  EXPECT_EQ(listening("").config.console.port, 0);
  for (const char* where : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "0.0.0.0:80", "7878", ":7878",
                            "::1:80", "desk:80", "[127.0.0.1]:80"})
    EXPECT_EQ(listening(where).problems.size(), 1u) << where;
}

TEST_F(AgentConfigTest, AConsoleForOtherComputersNeedsACertificateAndItsKey) {
  const std::string network = "[console]\nlisten = \"192.0.2.7:7443\"\n";
  const std::string certificate = "certificate = \"/etc/holdline/console.pem\"\n";
  const std::string key = "key = \"file:/etc/holdline/console.key\"\n";
  const auto plain = read(network);
  ASSERT_EQ(plain.problems.size(), 1u);
  EXPECT_NE(plain.problems[0].message.find("set [console] certificate and key"), std::string::npos);
  EXPECT_EQ(read(network + certificate).problems.size(), 1u);
  EXPECT_EQ(read("[console]\n" + key).problems.size(), 1u);
  const auto whole = read(network + certificate + key);
  EXPECT_TRUE(whole.problems.empty());
  EXPECT_EQ(whole.config.console.address, "192.0.2.7");
  EXPECT_EQ(whole.config.console.port, 7443);
  EXPECT_EQ(read("[console]\nlisten = \"[::]:7443\"\n" + certificate + key).config.console.address, "::");
}

TEST_F(AgentConfigTest, AMissingFileIsAnError) { EXPECT_FALSE(read_agent_config(scratch / "none.toml")); }

}  // namespace
}  // namespace holdline::agent
