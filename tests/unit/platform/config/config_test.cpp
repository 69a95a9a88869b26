#include "platform/config/config.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "platform/config/units.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::platform {
namespace {

using namespace std::chrono_literals;

struct Settings {
  std::string url = "https://hub";
  std::chrono::milliseconds timeout = 30s;
  std::uint64_t outbox = 256ull << 20;
  std::int64_t batch = 2000;
  bool search = true;
  std::string mode = "observe";
  std::vector<std::string> scopes;
  SecretReference key;
};

void read(ConfigReader& reader, Settings& settings) {
  reader.text("hub.url", settings.url);
  reader.duration("hub.timeout", settings.timeout, {1s, 5min});
  reader.size("outbox.keep", settings.outbox, {1 << 20, 1ull << 30});
  reader.integer("batch", settings.batch, {1, 2000});
  reader.boolean("search", settings.search);
  reader.choice("mode", settings.mode, {"observe", "inbox", "write"});
  reader.texts("scopes", settings.scopes);
  reader.secret("hub.key", settings.key);
}

std::vector<std::string> problems_of(const std::string& text) {
  const std::vector<ConfigSource> sources{{"a.toml", text}};
  ConfigReader reader(sources);
  Settings settings;
  read(reader, settings);
  std::vector<std::string> texts;
  for (const auto& problem : reader.finish()) texts.push_back(problem.text());
  return texts;
}

TEST(Config, FillsEveryKindOfValue) {
  const std::vector<ConfigSource> sources{{"a.toml", R"(
batch = 500
search = false
mode = "inbox"
scopes = ["acme/north", "acme/south"]
[hub]
url = "https://other"
timeout = "250s"
key = "credential:hub-key"
[outbox]
keep = "64MiB"
)"}};
  ConfigReader reader(sources);
  Settings settings;
  read(reader, settings);
  EXPECT_TRUE(reader.finish().empty());
  EXPECT_EQ(settings.url, "https://other");
  EXPECT_EQ(settings.timeout, 250s);
  EXPECT_EQ(settings.outbox, 64u << 20);
  EXPECT_EQ(settings.batch, 500);
  EXPECT_FALSE(settings.search);
  EXPECT_EQ(settings.mode, "inbox");
  EXPECT_EQ(settings.scopes, (std::vector<std::string>{"acme/north", "acme/south"}));
  EXPECT_EQ(settings.key.kind, SecretReference::Kind::credential);
  EXPECT_EQ(settings.key.name, "hub-key");
}

TEST(Config, LeavesDefaultsWhereKeysAreAbsent) {
  ConfigReader reader({});
  Settings settings;
  read(reader, settings);
  EXPECT_TRUE(reader.finish().empty());
  EXPECT_EQ(settings.timeout, 30s);
  EXPECT_EQ(settings.key.kind, SecretReference::Kind::none);
}

TEST(Config, ReportsEveryProblemWithItsPlaceInOrder) {
  const auto problems = problems_of(
      "batch = 2001\n"
      "search = \"yes\"\n"
      "mode = \"wirte\"\n"
      "scopes = [1]\n"
      "[hub]\n"
      "timeout = 30\n"
      "key = \"hunter2\"\n"
      "[outbox]\n"
      "keep = \"64MB\"\n");
  ASSERT_EQ(problems.size(), 7u);
  EXPECT_EQ(problems[0], "a.toml:1:9: batch must be a whole number from 1 to 2000");
  EXPECT_EQ(problems[1], "a.toml:2:10: search must be true or false");
  EXPECT_EQ(problems[2], "a.toml:3:8: mode must be one of \"observe\", \"inbox\", \"write\"");
  EXPECT_EQ(problems[3].substr(0, 12), "a.toml:4:10:");
  EXPECT_EQ(problems[4],
            "a.toml:6:11: hub.timeout must be a time with its unit (ms, s, min, h, d), from \"1s\" to \"5min\"");
  EXPECT_EQ(problems[5].substr(0, 11), "a.toml:7:7:");
  EXPECT_EQ(problems[5].find("hunter2"), std::string::npos);
  EXPECT_EQ(problems[6].substr(0, 11), "a.toml:9:8:");
}

TEST(Config, NamesTheKeyAMisspeltOneWasMeantToBe) {
  const auto problems = problems_of("[hub]\nulr = \"x\"\n[elsewhere]\nthing = 1\n[empty]\n");
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0], "a.toml:2:7: hub.ulr is not a known key; did you mean hub.url?");
  EXPECT_EQ(problems[1], "a.toml:4:9: elsewhere.thing is not a known key");
  EXPECT_EQ(problems[2].substr(0, 9), "a.toml:5:");
}

TEST(Config, ReportsASyntaxErrorOfOneFileAndGoesOnWithTheOthers) {
  const std::vector<ConfigSource> sources{{"a.toml", "batch = 0\n"}, {"b.toml", "\nmode = \n"}};
  ConfigReader reader(sources);
  Settings settings;
  read(reader, settings);
  const auto problems = reader.finish();
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].file, "a.toml");
  EXPECT_EQ(problems[1].file, "b.toml");
  EXPECT_EQ(problems[1].line, 2u);
}

TEST(Config, RefusesALineSoLongThatItsKeyWouldExhaustTheStack) {
  std::string deep = "batch = 1\n";
  for (int i = 0; i < 500'000; ++i) deep += "a.";
  EXPECT_EQ(problems_of(deep + "b = 1\n"),
            std::vector<std::string>{"a.toml:2:4097: the line is longer than any setting needs"});
  EXPECT_TRUE(problems_of("mode = \"inbox\"" + std::string(4'081, ' ') + "\n").empty());
  EXPECT_EQ(problems_of("mode = \"inbox\"" + std::string(4'083, ' ')).size(), 1U);
}

TEST(Config, ReportsLettersBeyondAsciiThatStandOutsideQuotes) {
  for (const char* text : {"Größe = 1\n", "mode = ä\n", "\u0499 = 1\n", "mode = \"inbox\" \u0499\n"})
    EXPECT_EQ(problems_of(text).size(), 1U) << text;
  EXPECT_TRUE(problems_of("scopes = [\"\"\"\\\n  äöü\"\"\"]\n").empty());
}

TEST(Config, LaterFilesWinAndOriginsSayWhichDid) {
  const std::vector<ConfigSource> sources{{"a.toml", "batch = 1\nmode = \"inbox\"\n"}, {"b.toml", "\nbatch = 2\n"}};
  ConfigReader reader(sources);
  Settings settings;
  read(reader, settings);
  EXPECT_TRUE(reader.finish().empty());
  EXPECT_EQ(settings.batch, 2);
  std::string shown;
  for (const auto& value : reader.effective()) shown += value.key + "=" + value.value + " " + value.origin + "\n";
  EXPECT_EQ(shown,
            "hub.url=https://hub default\nhub.timeout=30s default\noutbox.keep=256MiB default\nbatch=2 b.toml:2\n"
            "search=true default\nmode=inbox a.toml:2\nscopes=[] default\nhub.key=(none) default\n");
}

TEST(Config, ReportsAMissingRequiredKeyAndTheProgramsOwnRules) {
  const std::vector<ConfigSource> sources{{"a.toml", "batch = 5\n"}};
  ConfigReader reader(sources);
  Settings settings;
  read(reader, settings);
  reader.require("hub.url");
  reader.reject("batch", "must be even");
  const auto problems = reader.finish();
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].text(), "hub.url is missing and has no default");
  EXPECT_EQ(problems[1].text(), "a.toml:1:9: batch must be even");
}

TEST(Config, ListsNamedTablesOfAllFiles) {
  const std::vector<ConfigSource> sources{{"a.toml", "[mapping.web]\nx=1\n"},
                                          {"b.toml", "[mapping.crm]\nx=1\n[mapping.web]\ny=1\n"}};
  const ConfigReader reader(sources);
  EXPECT_EQ(reader.names_under("mapping"), (std::vector<std::string>{"crm", "web"}));
}

TEST(Config, ReadsTheFileThenItsDropInsByName) {
  Scratch scratch;
  const auto file = scratch / "agent.toml";
  write_contents(file, "batch = 1\n");
  std::filesystem::create_directory(scratch / "agent.toml.d");
  write_contents(scratch / "agent.toml.d" / "20-b.toml", "batch = 3\n");
  write_contents(scratch / "agent.toml.d" / "10-a.toml", "batch = 2\n");
  write_contents(scratch / "agent.toml.d" / "README", "not toml");
  const auto sources = read_config_files(file);
  ASSERT_TRUE(sources);
  ASSERT_EQ(sources->size(), 3u);
  EXPECT_EQ((*sources)[0].text, "batch = 1\n");
  EXPECT_EQ((*sources)[1].text, "batch = 2\n");
  EXPECT_EQ((*sources)[2].text, "batch = 3\n");
  EXPECT_EQ(code_of(read_config_files(scratch / "none.toml")), "file-missing");
}

TEST(ConfigUnits, AcceptWhatTheySayAndNothingElse) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("72h"), 72h);
  EXPECT_EQ(parse_duration("30d"), 720h);
  for (const char* wrong : {"", "30", "s", "30 s", "-1s", "1.5h", "30S", "99999999999999d"}) {
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
  }
  EXPECT_EQ(parse_size("64MiB"), 64u << 20);
  for (const char* wrong : {"64MB", "64", "64M", "9223372036854775807KiB"}) EXPECT_FALSE(parse_size(wrong)) << wrong;
  EXPECT_EQ(show_duration(90s), "90s");
  EXPECT_EQ(show_duration(0ms), "0ms");
  EXPECT_EQ(show_size(1536), "1536B");
}

TEST(ReadSecret, ReadsAPrivateFileAndRefusesAnOpenOne) {
  Scratch scratch;
  const std::string path = scratch / "token";
  write_contents(path, "s3cret\n");
  ::chmod(path.c_str(), 0644);
  const SecretReference reference{SecretReference::Kind::file, path};
  EXPECT_EQ(code_of(read_secret(reference, "")), "loose-permissions");
  ::chmod(path.c_str(), 0600);
  EXPECT_EQ(read_secret(reference, "")->view(), "s3cret");
}

TEST(ReadSecret, ReadsACredentialFromItsDirectory) {
  Scratch scratch;
  write_contents(scratch / "hub-key", "k");
  const SecretReference reference{SecretReference::Kind::credential, "hub-key"};
  EXPECT_EQ(read_secret(reference, scratch.path())->view(), "k");
  EXPECT_EQ(code_of(read_secret(reference, "")), "secret-missing");
}

}  // namespace
}  // namespace holdline::platform
