// The tree obeys its own rules, and the rules notice when it does not.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "tests/unit/tree/rules.hpp"

namespace holdline::tree {
namespace {

std::string listed(const std::vector<Violation>& violations) {
  std::string text;
  for (const Violation& violation : violations) text += testing::PrintToString(violation) + "\n";
  return text;
}

const std::vector<SourceFile>& this_tree() {
  static const std::vector<SourceFile> files = read_tree(HOLDLINE_SOURCE_DIR);
  return files;
}

// A tree in a directory of its own, removed with the test.
class PlantedTree {
 public:
  PlantedTree() {
    std::string name = (std::filesystem::temp_directory_path() / "holdline-tree-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch directory");
    root_ = name;
  }
  ~PlantedTree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  PlantedTree(const PlantedTree&) = delete;
  PlantedTree& operator=(const PlantedTree&) = delete;

  void plant(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  std::vector<SourceFile> read() const { return read_tree(root_); }

 private:
  std::filesystem::path root_;
};

// Whether a file of `folder` with this one include breaks a rule.
bool include_refused(const std::string& folder, const std::string& include) {
  PlantedTree tree;
  tree.plant(folder + "/planted.cpp", "\n  #  include <" + include + ">\n");
  const auto found = check_includes(tree.read());
  return !found.empty() && found[0].path == folder + "/planted.cpp" && found[0].line == 2 && found[0].what == include &&
         !found[0].why.empty();
}

TEST(Tree, IncludesFollowTheArrows) {
  ASSERT_GT(this_tree().size(), 100U);
  EXPECT_EQ(listed(check_includes(this_tree())), "");
}

TEST(Tree, HeadersOfAFolderStayInIt) { EXPECT_EQ(listed(check_internal_headers(this_tree())), ""); }

TEST(Tree, NoFolderIncludesItsUser) { EXPECT_EQ(listed(check_folder_cycles(this_tree())), ""); }

TEST(Tree, NoFolderIsTooLargeToLookThrough) { EXPECT_EQ(listed(check_folder_sizes(this_tree())), ""); }

TEST(Tree, FewTranslationUnitsSeeBeast) { EXPECT_EQ(listed(check_beast(this_tree())), ""); }

TEST(Tree, SaysNothingThatDoesNotBelong) { EXPECT_EQ(listed(check_words(this_tree())), ""); }

TEST(TreeRules, PureFoldersAreKeptPure) {
  for (const std::string folder : {"sync", "contingency"}) {
    for (const std::string include :
         {"thread", "mutex", "fstream", "filesystem", "iostream", "ctime", "random", "boost/asio/io_context.hpp",
          "sqlite3.h", "curl/curl.h", "unistd.h", "sys/stat.h", "platform/os/clock.hpp", "agent/outbox/outbox.hpp",
          "hub/ledger/ledger.hpp", "cli/main.hpp"})
      EXPECT_TRUE(include_refused(folder, include)) << folder << " " << include;
    EXPECT_FALSE(include_refused(folder, "vector"));
    EXPECT_FALSE(include_refused(folder, "sync/base/id.hpp"));
  }
  EXPECT_TRUE(include_refused("sync", "contingency/incident.hpp"));
}

TEST(TreeRules, InnerFoldersHaveTheirOwnArrows) {
  EXPECT_TRUE(include_refused("platform/os", "sync/merge/merge.hpp"));
  EXPECT_FALSE(include_refused("platform/os", "sync/base/id.hpp"));
  EXPECT_TRUE(include_refused("hub/intake", "hub/ledger/sqlite/ledger.hpp"));
  EXPECT_FALSE(include_refused("hub/setup", "hub/ledger/sqlite/ledger.hpp"));
  EXPECT_FALSE(include_refused("hub/intake", "hub/ledger/ledger.hpp"));
}

TEST(TreeRules, AnInternalHeaderIsRefusedElsewhereAndNamed) {
  PlantedTree tree;
  tree.plant("hub/feed/inside.hpp", "// One part.\n//\n// Internal to hub/feed.\n#pragma once\n");
  tree.plant("hub/feed/user.cpp", "#include \"hub/feed/inside.hpp\"\n");
  tree.plant("tests/unit/user.cpp", "#include \"hub/feed/inside.hpp\"\n");
  EXPECT_EQ(listed(check_internal_headers(tree.read())), "");
  tree.plant("hub/feeding/user.cpp", "#include \"hub/feed/inside.hpp\"\n");
  EXPECT_EQ(listed(check_internal_headers(tree.read())),
            "hub/feeding/user.cpp:1: hub/feed/inside.hpp: it is internal to hub/feed\n");
}

TEST(TreeRules, FoldersThatIncludeEachOtherAreFoundOverAnyWay) {
  PlantedTree tree;
  tree.plant("hub/a/a.hpp", "#include \"hub/b/b.hpp\"\n");
  tree.plant("hub/b/b.hpp", "#include \"hub/c/c.hpp\"\n");
  tree.plant("hub/main.cpp", "#include \"hub/a/a.hpp\"\n");
  tree.plant("hub/c/c.hpp", "#include \"hub/d.hpp\"\n");
  EXPECT_EQ(check_folder_cycles(tree.read()).size(), 0U);
  tree.plant("hub/c/c.hpp", "#include \"hub/a/a.hpp\"\n");
  EXPECT_EQ(check_folder_cycles(tree.read()).size(), 3U);
}

TEST(TreeRules, PlatformKnowsNothingOfTheProduct) {
  for (const std::string include :
       {"agent/outbox/outbox.hpp", "hub/ledger/ledger.hpp", "cli/main.hpp", "contingency/incident.hpp"})
    EXPECT_TRUE(include_refused("platform", include)) << include;
  EXPECT_FALSE(include_refused("platform", "sync/base/result.hpp"));
}

TEST(TreeRules, AgentHubAndCommandLineDoNotIncludeEachOther) {
  EXPECT_TRUE(include_refused("agent", "hub/ledger/ledger.hpp"));
  EXPECT_TRUE(include_refused("hub", "agent/outbox/outbox.hpp"));
  EXPECT_TRUE(include_refused("cli", "agent/outbox/outbox.hpp"));
  EXPECT_TRUE(include_refused("cli", "hub/ledger/ledger.hpp"));
  EXPECT_FALSE(include_refused("agent", "platform/os/clock.hpp"));
  EXPECT_FALSE(include_refused("tests", "hub/ledger/ledger.hpp"));
}

TEST(TreeRules, OperatingSystemHeadersStayInPlatform) {
  for (const std::string include : {"unistd.h", "fcntl.h", "sys/socket.h", "netinet/in.h", "grp.h"}) {
    for (const std::string folder : {"agent", "hub", "cli", "bench"})
      EXPECT_TRUE(include_refused(folder, include)) << folder << " " << include;
    EXPECT_FALSE(include_refused("platform", include)) << include;
    EXPECT_FALSE(include_refused("tests", include)) << include;
  }
}

TEST(TreeRules, DatabaseHeadersStayInPlatform) {
  for (const std::string include : {"sqlite3.h", "sqlcipher/sqlite3.h"}) {
    for (const std::string folder : {"agent", "hub", "cli"}) EXPECT_TRUE(include_refused(folder, include)) << folder;
    for (const std::string folder : {"platform", "tests", "bench"})
      EXPECT_FALSE(include_refused(folder, include)) << folder;
  }
}

TEST(TreeRules, NothingThatShipsIncludesTests) {
  EXPECT_TRUE(include_refused("hub", "tests/unit/scratch.hpp"));
  EXPECT_TRUE(include_refused("agent", "gtest/gtest.h"));
  EXPECT_FALSE(include_refused("tests", "gtest/gtest.h"));
}

TEST(TreeRules, BeastIsCountedThroughHeadersToo) {
  PlantedTree tree;
  tree.plant("platform/http/http.hpp", "#include <boost/beast/http.hpp>\n");
  tree.plant("platform/wrapped.hpp", "#include \"platform/http/http.hpp\"\n");
  for (std::size_t unit = 0; unit < beast_units; ++unit)
    tree.plant("hub/unit" + std::to_string(unit) + ".cpp", "#include \"platform/wrapped.hpp\"\n");
  EXPECT_EQ(listed(check_beast(tree.read())), "");

  tree.plant("agent/one_more.cpp", "#include \"platform/wrapped.hpp\"\n");

  EXPECT_EQ(check_beast(tree.read()).size(), beast_units + 1);
}

TEST(TreeRules, ForbiddenWordsAreFoundWithTheirLine) {
  PlantedTree tree;
  tree.plant("docs/page.md", std::string("fine\nsee /wo") + "rk/notes for more\n");

  const auto found = check_words(tree.read());

  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, "docs/page.md");
  EXPECT_EQ(found[0].line, 2U);
}

TEST(TreeRules, ForbiddenWordsInsideOtherWordsAreNoOffence) {
  PlantedTree tree;
  tree.plant("docs/page.md", "net/worker and https://example.org/workshop, made for the issuer\n");
  EXPECT_EQ(listed(check_words(tree.read())), "");
}

TEST(TreeRules, UnfinishedMarksAndRegistriesAreFoundInAnyFile) {
  PlantedTree tree;
  tree.plant("hub/a.cpp", std::string("// TO") + "DO: finish\n");
  tree.plant("dev", std::string("curl https://deb.deb") + "ian.org/debian\n");
  tree.plant("sync/b.cpp", "auto now = std::chrono::system_clock::now();\n");
  tree.plant("agent/c.cpp", "auto now = std::chrono::system_clock::now();\n");

  const auto found = check_words(tree.read());

  ASSERT_EQ(found.size(), 3U) << listed(found);
  EXPECT_EQ(found[0].path, "dev");
  EXPECT_EQ(found[1].path, "hub/a.cpp");
  EXPECT_EQ(found[2].path, "sync/b.cpp");
}

TEST(TreeRules, BuildFoldersAndTheLicenceAreNotRead) {
  PlantedTree tree;
  tree.plant("build/release/x.cpp", "#include <sqlite3.h>\n");
  tree.plant("LICENSE", "terms\n");
  tree.plant("sync/base/id.hpp", "#pragma once\n");

  const auto files = tree.read();

  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].path, "sync/base/id.hpp");
}

}  // namespace
}  // namespace holdline::tree
