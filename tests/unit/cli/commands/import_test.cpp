#include "cli/commands/import.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "sync/base/hash.hpp"
#include "sync/schema/schema.hpp"
#include "tests/unit/cli/scripted.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::cli {
namespace {

using nlohmann::json;
using platform::Scratch;

const std::string two_customers =
    "\xef\xbb\xbfref, given ,phone,phone2,email\r\n10,Ada,+49 221 1,,a@b.example\r\n11,\"Bob, jr\",,,\r\n";

const std::string repeated = R"({"schema":"holdline.saved/1","state":"saved","repeated":true})";

// Of all but the first, which asks for the schema.
std::vector<std::string> keys_of(const Scripted& holdline) {
  std::vector<std::string> keys;
  for (const Recorded& request : holdline.requests)
    if (request.method == "POST") keys.push_back(request.key);
  return keys;
}

// Runs `holdline import - options…` over the text, at an agent with the shipped schema. Forgets that it was asked for.
int imported(Scripted& holdline, const std::string& text, const std::vector<std::string>& options = {}) {
  holdline.script.push_front(platform::HttpClientResponse{
      200, {}, json{{"version", 5}, {"text", std::string(sync::default_schema_text())}}.dump()});
  holdline.in.clear();
  holdline.in.str(text);
  std::vector<std::string> arguments = {"import", "-"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const int code = holdline(arguments);
  if (holdline.requests.empty())
    holdline.script.pop_front();
  else if (holdline.requests.front().target == "/schema")
    holdline.requests.erase(holdline.requests.begin());
  return code;
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
      "row 2 (line 3): The row has another number of columns than the header line: 1 where 2 are named. "
      "[wrong-columns]\n"
      "row 3 (line 4): The row has a quote in the wrong place: write \"\" for a quote inside quotes. [malformed]\n");
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
  const json row{{"row", 1},
                 {"line", 2},
                 {"field", ""},
                 {"label", ""},
                 {"code", "card-number"},
                 {"message", "holds a card number"}};
  EXPECT_EQ(summary["rejected"], json::array({row}));
}

TEST(Import, ARejectFileIsImportedAgainWhenItWasCorrected) {
  Scratch scratch;
  const std::string file = (scratch / "rejects.csv").string();
  Scripted holdline;
  holdline.answers(201, saved).answers(422, R"({"detail":"no, \"wrong\""})");
  EXPECT_EQ(imported(holdline, "ref,given\n1,Ada\n2,\"Bob, jr\"\n", {"--reject-file", file}), 3);
  const std::string rejects = platform::contents(file);
  EXPECT_EQ(rejects,
            "rejected_row,rejected_field,rejected_because,ref,given\r\n3,,\"no, \"\"wrong\"\"\",2,\"Bob, jr\"\r\n");

  Scripted again;
  again.answers(422, R"({"detail":"still"})");
  EXPECT_EQ(imported(again, rejects, {"--reject-file", file}), 3);
  EXPECT_EQ(again.requests.at(0).document()["fields"], (json{{"ref", "2"}, {"given", "Bob, jr"}}));
  EXPECT_EQ(platform::contents(file),
            "rejected_row,rejected_field,rejected_because,ref,given\r\n2,,still,2,\"Bob, jr\"\r\n");

  Scripted at_last;
  at_last.answers(201, saved);
  EXPECT_EQ(imported(at_last, "ref,given\n2,Bob\n", {"--reject-file", file}), 0);
  EXPECT_EQ(platform::contents(file), "rejected_row,rejected_field,rejected_because,ref,given\r\n")
      << "those of an earlier import are not left";
}

TEST(Import, ARejectFileNamesFieldsAsFormsDo) {
  Scratch scratch;
  const std::string file = (scratch / "rejects.csv").string();
  Scripted holdline;
  holdline.answers(422, R"({"findings":[{"field":"e164","code":"not-a-phone","message":"is none"}]})");
  EXPECT_EQ(imported(holdline, "ref,phone\n1,none\n", {"--reject-file", file}), 3);
  EXPECT_EQ(
      platform::contents(file),
      "rejected_row,rejected_field,rejected_because,ref,phone\r\n2,Phone number,is none [not-a-phone],1,none\r\n");
}

TEST(Import, ADryRunHasEveryRowCheckedAndSavesNothing) {
  Scripted holdline;
  holdline.answers(200, R"({"findings":[{"field":"given","code":"note","weight":"told"}],"duplicates":[]})");
  holdline.answers(200, R"({"findings":[],"duplicates":[{"id":"c-9","name":"Ada","same":"e164"}]})");
  EXPECT_EQ(imported(holdline, "ref\n1\n\n2\n2,3\n1\n", {"--dry-run"}), 3);
  ASSERT_EQ(holdline.requests.size(), 2U);
  EXPECT_EQ(holdline.requests[0].line(), "POST /customers/check");
  EXPECT_NE(holdline.err.str().find("(line 4): Probably Ada (c-9), who is here already. [same-customer]"),
            std::string::npos);
  EXPECT_NE(holdline.err.str().find("(line 6): The file names this customer in line 2 already. [ref-twice]"),
            std::string::npos);
  EXPECT_NE(holdline.out.str().find("4 rows, 1 good, 3 rejected, 1 blank\n"), std::string::npos);
}

TEST(Import, AFileOfObjectsIsReadByTheSameRules) {
  Scripted holdline;
  holdline.answers(201, saved);
  const std::string text = R"({"ref":10,"given":"Ada","phone":["+44 20 7551 8700","+44 20 7551 8701"],"tags":["a;b"]})"
                           "\n{\"ref\":\"11\",\"given\":{}}\nno object\n";
  EXPECT_EQ(imported(holdline, text), 3);
  ASSERT_EQ(holdline.requests.size(), 1U);
  EXPECT_EQ(holdline.requests[0].document(),
            (json{{"fields", {{"ref", "10"}, {"given", "Ada"}, {"tags", {"a;b"}}}},
                  {"phones", {{{"e164", "+44 20 7551 8700"}}, {{"e164", "+44 20 7551 8701"}}}},
                  {"emails", json::array()}}));
  EXPECT_EQ(holdline.out.str(), "3 rows, 1 saved on this PC, 2 rejected\n");
}

TEST(Import, AHeaderThatCannotBeMeantIsRefusedBeforeAnythingIsSaved) {
  for (const std::string header : {"given", "ref,shoe size,x", "ref,ref", "\"ref"}) {
    Scripted holdline;
    EXPECT_EQ(imported(holdline, header + "\n1,2,3\n"), 1) << header;
    EXPECT_TRUE(holdline.requests.empty());
  }
  Scripted empty;
  EXPECT_EQ(imported(empty, ""), 1);
}

TEST(Export, WhatIsNotTheFileThatWasListedIsNotKept) {
  Scratch scratch;
  const std::string file = (scratch / "out.csv").string();
  const std::vector<std::string> command{"export",    "customers", "-o",       file,
                                         "--purpose", "reporting", "--reason", "May"};
  Scripted holdline;
  holdline.answers(201, R"({"rows":1,"left_out":0,"sha256":"00","content":"ref\r\n"})");
  EXPECT_EQ(holdline(command), 1);
  EXPECT_FALSE(std::filesystem::exists(file));
  const std::string sha256 = sync::to_hex(sync::sha256("ref\r\n").view());
  holdline.answers(
      201,
      json{{"rows", 0}, {"left_out_because", "2 without consent to it"}, {"sha256", sha256}, {"content", "ref\r\n"}}
          .dump());
  EXPECT_EQ(holdline(command), 0);
  EXPECT_EQ(platform::contents(file), "ref\r\n");
  EXPECT_NE(holdline.out.str().find("Left out: 2 without consent"), std::string::npos);
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(holdline.requests[1].document()["purpose"], "reporting");
  EXPECT_EQ(Scripted()({"export", "customers", "-o", file, "--purpose", "reporting"}), 2) << "a reason is asked for";
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
