// What `holdline certificate verify` says of a file, and how it ends.
#include <gtest/gtest.h>

#include "contingency/convergence/statement.hpp"
#include "platform/crypto/signed_text.hpp"
#include "tests/unit/cli/scripted.hpp"
#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::cli {
namespace {

using platform::test::now;

struct CertificateCommand : testing::Test {
  CertificateCommand() {
    statement.about = "CRM down";
    statement.made_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now().time_since_epoch()).count();
    statement.heard_after_ms = statement.made_ms - 1;
    contingency::WorkstationTally desk;
    desk.device.bytes[0] = 7;
    desk.name = "desk-7";
    desk.told_ms = statement.made_ms;
    desk.issued = desk.received = 2;
    desk.verdicts.applied = 2;
    desk.equal_at = 11;
    statement.workstations = {desk};
  }

  // The exit code; what was printed stays in `said` and `complained`.
  int verified(std::vector<std::string> more = {}, bool damaged = false) {
    std::string file = platform::sign_text(hub, contingency::encode_json(statement)).value();
    if (damaged) file[file.find("desk-7")] = 'D';
    Scripted holdline;
    holdline.in.str(file);
    more.insert(more.begin(), {"certificate", "verify", "-"});
    const int code = holdline(more);
    said = holdline.out.str();
    complained = holdline.err.str();
    return code;
  }

  platform::CertificateAuthority authority = platform::CertificateAuthority::create("Centre", now()).value();
  platform::Identity hub = authority.issue_server({"hub.example"}, now()).value();
  contingency::ConvergenceStatement statement;
  std::string said, complained;
};

TEST_F(CertificateCommand, SaysThatNothingIsMissingAndWhoSignedIt) {
  EXPECT_EQ(verified(), 0) << complained;
  EXPECT_NE(said.find("Nothing is missing, and nothing waits for anybody."), std::string::npos) << said;
  EXPECT_NE(said.find("Unchanged since the hub hub.example signed it"), std::string::npos) << said;
}

TEST_F(CertificateCommand, EndsWithFindingsUntilSomebodyAnswersForWhatIsOpen) {
  statement.workstations[0].issued = 3;
  EXPECT_EQ(verified(), 3);
  EXPECT_NE(said.find("open: desk-7: 1 entry it issued"), std::string::npos) << said;
  EXPECT_EQ(said.find("Nothing is missing"), std::string::npos) << said;
  statement.accepted = contingency::Signed{"sam", "the disk was lost"};
  EXPECT_EQ(verified(), 0);
  EXPECT_NE(said.find("sam signed for that: the disk was lost"), std::string::npos) << said;
}

TEST_F(CertificateCommand, RefusesWhatWasChangedOrIsSignedUnderAnotherAuthority) {
  EXPECT_NE(verified({}, true), 0);
  EXPECT_EQ(said, "");
  const std::string own = sync::to_hex(authority.fingerprint().view());
  EXPECT_EQ(verified({"--authority", own}), 0) << complained;
  EXPECT_NE(verified({"--authority", std::string(64, '0')}), 0);
  EXPECT_NE(complained.find("another authority than the one you named"), std::string::npos) << complained;
}

}  // namespace
}  // namespace holdline::cli
