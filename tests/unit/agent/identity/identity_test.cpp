#include "agent/identity/identity.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/agent/replica/fixture.hpp"

namespace holdline::agent {
namespace {

class IdentityTest : public testing::Test {
 protected:
  static WorkstationIdentity own() {
    WorkstationIdentity own;
    own.device = id_of(0xd1);
    own.name = "desk \"7\" in Köln";
    own.hub = "https://hub.example:7443";
    own.scopes = {"acme/leeds", "acme/york"};
    own.schema = sync::sha256("schema");
    own.ca_pem = "authority";
    own.certificate = {"certificate\n", "-----BEGIN PRIVATE KEY-----\nkey"};
    return own;
  }
  std::string damage(const std::string& workstation_json) {
    platform::write_contents(scratch / "workstation.json", workstation_json);
    return code_of(load_identity(scratch.path()));
  }
  platform::Scratch scratch;
};

TEST_F(IdentityTest, WhatWasSavedIsLoaded) {
  must(save_identity(scratch.path(), own()));
  const auto loaded = must(load_identity(scratch.path()));
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->device, own().device);
  EXPECT_EQ(loaded->name, own().name);
  EXPECT_EQ(loaded->hub, own().hub);
  EXPECT_EQ(loaded->scopes, own().scopes);
  EXPECT_EQ(loaded->schema, own().schema);
  EXPECT_EQ(loaded->ca_pem, own().ca_pem);
  EXPECT_EQ(loaded->certificate.chain_pem, own().certificate.chain_pem);
  EXPECT_EQ(loaded->certificate.key_pem, own().certificate.key_pem);
}

TEST_F(IdentityTest, ADirectoryThatWasNeverEnrolledHasNone) { EXPECT_FALSE(must(load_identity(scratch.path()))); }

// workstation.json is written last.
TEST_F(IdentityTest, AnInterruptedEnrolmentNeverHappened) {
  must(save_identity(scratch.path(), own()));
  std::filesystem::remove(scratch / "workstation.json");
  EXPECT_FALSE(must(load_identity(scratch.path())));
}

TEST_F(IdentityTest, TheKeyIsReadableByTheServiceOnly) {
  must(save_identity(scratch.path(), own()));
  struct stat info {};
  ASSERT_EQ(::stat((scratch / "device.pem").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(IdentityTest, ADamagedFileIsNeverTakenForANewWorkstation) {
  must(save_identity(scratch.path(), own()));
  const std::string good = platform::contents(scratch / "workstation.json");
  const auto without = [&](const std::string& name, const std::string& value) {
    auto json = nlohmann::json::parse(good);
    json[name] = nlohmann::json::parse(value);
    return json.dump();
  };
  for (const auto& bad : {std::string(), good.substr(0, good.size() / 2), std::string("[]"), without("device", "5"),
                          without("device", "\"not an id\""), without("schema", "\"abc\""), without("schema", "null"),
                          without("scopes", "[]"), without("scopes", "\"acme\""), without("hub", "\"\"")})
    EXPECT_EQ(damage(bad), "identity-damaged") << bad;
}

TEST_F(IdentityTest, AMissingKeyIsAnErrorAndNoFirstRun) {
  must(save_identity(scratch.path(), own()));
  platform::write_contents(scratch / "device.pem", "certificate");
  EXPECT_EQ(code_of(load_identity(scratch.path())), "file-missing");
}

TEST_F(IdentityTest, TheLibraryGivesBackWhatItsHashNames) {
  FileLibrary library(scratch / "library");
  EXPECT_FALSE(library.load(sync::sha256("text")));
  must(library.store(sync::sha256("text"), "text"));
  EXPECT_EQ(library.load(sync::sha256("text")), "text");
  EXPECT_EQ(FileLibrary(scratch / "library").load(sync::sha256("text")), "text");
}

TEST_F(IdentityTest, WhatIsNotWhatItsHashNamesIsMissing) {
  FileLibrary library(scratch / "library");
  const auto hash = sync::sha256("text");
  must(library.store(hash, "text"));
  platform::write_contents(scratch / "library" / sync::to_hex(hash.view()), "other");
  EXPECT_FALSE(library.load(hash));
}

}  // namespace
}  // namespace holdline::agent
