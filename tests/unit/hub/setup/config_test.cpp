#include "hub/setup/config.hpp"

#include <gtest/gtest.h>

#include "tests/unit/platform/scratch.hpp"

namespace holdline::hub {
namespace {

class HubConfigTest : public ::testing::Test {
 protected:
  HubConfigRead read(const std::string& text) {
    platform::write_contents(scratch_ / "hub.toml", text);
    return read_hub_config(scratch_.path()).value();
  }
  platform::Scratch scratch_;
};

TEST_F(HubConfigTest, WhatIsWrittenIsReadBack) {
  HubConfig config;
  config.address = "10.0.0.1";
  config.port = 8443;
  config.url = "https://hub.example:8443";
  config.names = {"hub.example", "10.0.0.1"};
  const auto read = this->read(hub_config_text(config));
  EXPECT_TRUE(read.problems.empty());
  EXPECT_EQ(read.config.address, config.address);
  EXPECT_EQ(read.config.port, config.port);
  EXPECT_EQ(read.config.url, config.url);
  EXPECT_EQ(read.config.names, config.names);
  EXPECT_EQ(read.config.directory, scratch_.path());
}

TEST_F(HubConfigTest, WhatIsWrittenIsReadBackWhateverWasTyped) {
  HubConfig config;
  config.names = {"a \"quoted\" name", "back\\slash", "two\nlines", "Köln"};
  const auto read = this->read(hub_config_text(config));
  EXPECT_EQ(read.config.names, config.names);
  EXPECT_EQ(read.problems.size(), 4u) << "none of them can be in a certificate";
}

TEST_F(HubConfigTest, MistypedSettingsAreProblems) {
  for (const char* text : {"[listen]\nport = 0\n", "[listen]\nport = 65536\n", "[listen]\nport = \"7443\"\n",
                           "[listen]\nurl = \"http://hub.example\"\n", "[listen]\nurl = \"https://hub.example:0\"\n",
                           "[listen]\naddress = \"everywhere\"\n", "[listen]\nnames = []\n", "[listen]\nnome = 1\n",
                           "[people]\nsign_in_hours = -1\n", "[site]\nregion = \"UK\"\n"})
    EXPECT_EQ(read(text).problems.size(), 1u) << text;
}

TEST_F(HubConfigTest, AMissingFileIsAnErrorAndNoDefault) { EXPECT_FALSE(read_hub_config(scratch_.path())); }

}  // namespace
}  // namespace holdline::hub
