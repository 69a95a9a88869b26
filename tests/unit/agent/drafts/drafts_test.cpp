#include "agent/drafts/drafts.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "platform/os/entropy.hpp"
#include "tests/unit/agent/outbox/fixture.hpp"

namespace holdline::agent {
namespace {

class DraftsTest : public testing::Test {
 protected:
  Drafts open() { return must(Drafts::open(scratch_.path(), keystore_)); }
  std::string bytes_on_disk() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(scratch_.path())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }

  platform::Scratch scratch_;
  platform::SystemEntropy entropy_;
  platform::FileKeystore keystore_ = must(platform::FileKeystore::open(scratch_ / "keys", entropy_));
  const sync::Id ada_ = id_of(4), bob_ = id_of(5);
};

TEST_F(DraftsTest, OfEachPersonComeBackAndAreNotReadableOnTheDisk) {
  {
    Drafts drafts = open();
    EXPECT_EQ(must(drafts.keep(ada_, "asks for her contract", 0)), 1);
    EXPECT_EQ(must(drafts.keep(ada_, "asks for a copy of her contract", 1)), 2);
    must(drafts.keep(bob_, "line down", 0));
    EXPECT_EQ(bytes_on_disk().find("contract"), std::string::npos);
  }
  Drafts again = open();
  EXPECT_EQ(must(again.of(ada_)).text, "asks for a copy of her contract");
  EXPECT_EQ(must(again.keep(ada_, "", 2)), 3);
  EXPECT_EQ(must(again.of(ada_)).text, "");
  EXPECT_EQ(must(again.of(bob_)).text, "line down");
}

TEST_F(DraftsTest, OfAnotherPageAreNotWrittenOver) {
  Drafts drafts = open();
  must(drafts.keep(ada_, "of one page", 0));
  EXPECT_EQ(code_of(drafts.keep(ada_, "of another", 0)), "changed-meanwhile");
  EXPECT_EQ(must(drafts.of(ada_)).text, "of one page");
}

TEST_F(DraftsTest, AFileThatCannotBeReadIsBegunAnew) {
  { must(open().keep(ada_, "lost", 0)); }
  std::ofstream(scratch_ / "drafts.db", std::ios::binary) << std::string(8192, 'x');
  Drafts drafts = open();
  EXPECT_EQ(must(drafts.of(ada_)).text, "");
  must(drafts.keep(ada_, "kept", 0));
  EXPECT_EQ(must(drafts.of(ada_)).text, "kept");
}

TEST_F(DraftsTest, AreNotWithoutEnd) {
  Drafts drafts = open();
  must(drafts.keep(ada_, std::string(Drafts::most_bytes, 'x'), 0));
  EXPECT_EQ(code_of(drafts.keep(ada_, std::string(Drafts::most_bytes + 1, 'x'), 1)), "too-large");
  EXPECT_EQ(must(drafts.of(ada_)).text.size(), Drafts::most_bytes);
}

}  // namespace
}  // namespace holdline::agent
