#include "cli/commands/import.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/cli/scripted.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::cli {
namespace {

using nlohmann::json;
using platform::Scratch;

const std::string two_customers =
    "\xef\xbb\xbfref, given ,phone,phone2,email\r\n10,Ada,+49 221 1,,a@b.example\r\n11,\"Bob, jr\",,,\r\n";

const std::string repeated = R"({"schema":"holdline.saved/1","state":"saved","repeated":true})";

std::vector<std::string> keys_of(const Scripted& holdline) {
  std::vector<std::string> keys;
  for (const Recorded& request : holdline.requests) keys.push_back(request.key);
  return keys;
}

// Runs `holdline import - options…` over the text.
int imported(Scripted& holdline, const std::string& text, const std::vector<std::string>& options = {}) {
  holdline.in.clear();
  holdline.in.str(text);
  std::vector<std::string> arguments = {"import", "-"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return holdline(arguments);
}

TEST(Import, EveryRowBecomesACustomerWithItsChildren) {
  Scripted holdline;
  holdline.answers(201, saved).answers(201, saved);
  EXPECT_EQ(imported(holdline, two_customers, {"--scope", "acme"}), 0);
  ASSERT_EQ(holdline.requests.size(), 2U);
  EXPECT_EQ(holdline.requests[0].line(), "POST /customers");
  EXPECT_EQ(holdline.requests[0].document(), (json{{"scope", "acme"},
                                                   {"fields", {{"ref", "10"}, {"given", "Ada"}}},
                                                   {"phones", {{{"e164", "+49 221 1"}}}},
                                                   {"emails", {{{"addr", "a@b.example"}}}}}));
  EXPECT_EQ(holdline.requests[1].document()["fields"]["given"], "Bob, jr");
  EXPECT_EQ(holdline.out.str(), "2 rows, 2 saved on this PC, 0 rejected\n");
}

TEST(Import, KeysAreOneARowAndDependOnFileAndScope) {
  std::set<std::string> keys;
  for (const std::string scope : {"", "acme"}) {
    for (const std::string& text : {two_customers, two_customers + "\r\n"}) {
      Scripted holdline;
      holdline.answers(201, saved).answers(201, saved);
      imported(holdline, text, scope.empty() ? std::vector<std::string>{} : std::vector<std::string>{"--scope", scope});
      for (const std::string& key : keys_of(holdline)) {
        EXPECT_LE(key.size(), 64U);
        keys.insert(key);
      }
    }
  }
  EXPECT_EQ(keys.size(), 8U);
}

TEST(Import, AnInterruptedOneIsRepeatedWithTheSameKeysAndCountsWhatWasThere) {
  Scripted first;
  first.answers(201, saved).fails("unreachable");
  EXPECT_EQ(imported(first, two_customers), 69);
  EXPECT_NE(first.err.str().find("Stopped at row 2 with 1 saved"), std::string::npos);

  Scripted again;
  again.answers(200, repeated).answers(201, saved);
  EXPECT_EQ(imported(again, two_customers), 0);
  EXPECT_EQ(keys_of(again), keys_of(first));
  EXPECT_EQ(again.out.str(), "2 rows, 2 saved on this PC (1 by an earlier run), 0 rejected\n");
}

TEST(Import, AnAgentThatSaysNotNowIsAskedAgain) {
  Scripted holdline;
  holdline.answers(503, "{}").answers(201, saved).answers(201, saved);
  EXPECT_EQ(imported(holdline, two_customers), 0);
  EXPECT_EQ(holdline.requests.size(), 3U);
}

TEST(Import, ASignInThatIsMissingStopsItAtOnce) {
  Scripted holdline;
  holdline.answers(401, "{}");
  EXPECT_EQ(imported(holdline, two_customers), 77);
  EXPECT_EQ(holdline.requests.size(), 1U);
}

TEST(Import, EveryRejectedRowIsNamedWithItsReasonAndTheOthersAreSaved) {
  Scripted holdline;
  holdline.answers(422, R"({"code":"invalid","detail":"m","findings":[)"
                        R"({"field":"ref","code":"too-long","message":"is too long\u001b[2J"}]})");
  holdline.answers(201, saved);
  const std::string text = "ref,given\n1,Ada\n2\n3,\"open\"x\n4,Bob\n";
  EXPECT_EQ(imported(holdline, text), 3);
  EXPECT_EQ(holdline.requests.size(), 2U);
  EXPECT_EQ(
      holdline.err.str(),
      "row 1 (line 2): is too long\\x1b[2J [too-long]\n"
      "row 2 (line 3): The row has 1 column where the header has 2 [columns]\n"
      "row 3 (line 4): The row has a quote in the wrong place: write \"\" for a quote inside quotes [malformed]\n");
  EXPECT_EQ(holdline.out.str(), "4 rows, 1 saved on this PC, 3 rejected\n");
}

TEST(Import, TheSummaryIsADocumentOnRequest) {
  Scripted holdline;
  holdline.answers(422, R"({"code":"card-number","detail":"holds a card number"})").answers(201, saved);
  EXPECT_EQ(imported(holdline, two_customers, {"--json"}), 3);
  const json summary = json::parse(holdline.out.str());
  EXPECT_EQ(summary["schema"], "holdline.import/1");
  EXPECT_EQ(summary["rows"], 2);
  EXPECT_EQ(summary["accepted"], 1);
  EXPECT_EQ(summary["rejected"],
            (json{{{"row", 1}, {"field", ""}, {"code", "card-number"}, {"message", "holds a card number"}}}));
}

TEST(Import, ARejectFileIsImportedAgainWhenItWasCorrected) {
  Scratch scratch;
  const std::string file = (scratch / "rejects.csv").string();
  Scripted holdline;
  holdline.answers(201, saved).answers(422, R"({"detail":"no, \"wrong\""})");
  EXPECT_EQ(imported(holdline, "ref,given\n1,Ada\n2,\"Bob, jr\"\n", {"--reject-file", file}), 3);
  const std::string rejects = platform::contents(file);
  EXPECT_EQ(rejects, "rejected_row,rejected_because,ref,given\r\n2,\"no, \"\"wrong\"\"\",2,\"Bob, jr\"\r\n");

  Scripted again;
  again.answers(422, R"({"detail":"still"})");
  EXPECT_EQ(imported(again, rejects, {"--reject-file", file}), 3);
  EXPECT_EQ(again.requests.at(0).document()["fields"], (json{{"ref", "2"}, {"given", "Bob, jr"}}));
  EXPECT_EQ(platform::contents(file), "rejected_row,rejected_because,ref,given\r\n1,still,2,\"Bob, jr\"\r\n");
}

TEST(Import, ADryRunReadsTheFileAndSendsNothing) {
  Scripted holdline;
  EXPECT_EQ(imported(holdline, "ref\n1\n2,3\n", {"--dry-run"}), 3);
  EXPECT_TRUE(holdline.requests.empty());
  EXPECT_TRUE(holdline.out.str().starts_with("2 rows, 1 readable, 1 rejected\n"));
}

TEST(Import, AHeaderThatCannotBeMeantIsRefusedBeforeAnythingIsSaved) {
  for (const std::string header : {"ref;given", "ref,,x", "ref,ref", "\"ref"}) {
    Scripted holdline;
    EXPECT_EQ(imported(holdline, header + "\n1,2,3\n"), 1) << header;
    EXPECT_TRUE(holdline.requests.empty());
  }
  Scripted empty;
  EXPECT_EQ(imported(empty, ""), 1);
}

TEST(Import, AFileThatIsNotThereIsNamed) {
  Scripted holdline;
  EXPECT_EQ(holdline({"import", "/no/such/file.csv"}), 1);
  EXPECT_NE(holdline.err.str().find("/no/such/file.csv cannot be opened"), std::string::npos);
}

TEST(Import, ProgressIsDrawnAtMostTenTimesASecondAndTakenAway) {
  Scripted holdline;
  holdline.terminal = true;
  std::string text = "ref\n";
  for (int row = 0; row < 30; ++row) {
    text += std::to_string(row) + "\n";
    holdline.answers(503, "{}").answers(201, saved);  // one second passes before a row is asked for again
  }
  EXPECT_EQ(imported(holdline, text), 0);
  const std::string shown = holdline.err.str();
  std::size_t lines = 0;
  for (std::size_t at = shown.find(" % · "); at != shown.npos; at = shown.find(" % · ", at + 1)) ++lines;
  EXPECT_EQ(lines, 29U);
  EXPECT_TRUE(shown.ends_with("\r\x1b[2K"));
}

}  // namespace
}  // namespace holdline::cli
