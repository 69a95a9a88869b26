// How commands end, and what they say when they fail.
#include <gtest/gtest.h>

#include "tests/unit/cli/scripted.hpp"

namespace holdline::cli {
namespace {

std::string error_document(const std::string& code, const std::string& message) {
  return R"({"code":")" + code + R"(","detail":")" + message + R"("})";
}

int status_code(const std::string& document) {
  Scripted holdline;
  holdline.answers(200, document);
  return holdline({"status", "--exit-code"});
}

TEST(ExitCode, NobodyListeningIsUnavailableAndNamesTheWayOut) {
  Scripted holdline;
  EXPECT_EQ(holdline({"customer", "search", "x"}), 69);
  EXPECT_EQ(
      holdline.err.str(),
      "holdline: The agent does not answer at /run/holdline/agent.sock — start it with: systemctl start holdlined, "
      "or name its socket with --socket\n");
  EXPECT_EQ(holdline.out.str(), "");
}

TEST(ExitCode, AMisspeltCommandNamesTheNearestAndTheHelpOfItsGroup) {
  const auto said = [](std::vector<std::string> typed) {
    Scripted holdline;
    EXPECT_EQ(holdline(std::move(typed)), 2);
    return holdline.err.str();
  };
  EXPECT_EQ(
      said({"contingency", "declair"}),
      "holdline: declair is no command of contingency. Did you mean declare? — see: holdline contingency --help\n");
  EXPECT_EQ(said({"--socket", "x", "contingncy", "status"}),
            "holdline: contingncy is no command. Did you mean contingency? — see: holdline --help\n");
  EXPECT_EQ(
      said({"drill", "stop"}),
      "holdline: stop is no command of drill. There are: start, status, end, report — see: holdline drill --help\n");
  EXPECT_EQ(said({"practice"}), "holdline: practice needs one of: on, off — see: holdline practice --help\n");
  EXPECT_NE(said({"contingency", "declare", "--raeson", "x"}).find("see: holdline contingency declare --help"),
            std::string::npos);
}

TEST(ExitCode, ASocketOfOthersIsAMatterOfPermission) {
  Scripted holdline;
  holdline.fails("permission");
  EXPECT_EQ(holdline({"status"}), 77);
  EXPECT_NE(holdline.err.str().find("group holdline"), std::string::npos);
}

TEST(ExitCode, NobodySignedInSaysHowToSignIn) {
  Scripted holdline;
  holdline.answers(401, "{}");
  EXPECT_EQ(holdline({"customer", "show", "c-1"}), 77);
  EXPECT_EQ(holdline.err.str(), "holdline: Nobody is signed in — sign in with: holdline login PERSON\n");
}

TEST(ExitCode, WhatTheAgentSaysIsShownWithItsCodeAndFindingsAndWithoutJson) {
  Scripted holdline;
  holdline.answers(422, R"({"code":"invalid","detail":"Not saved.","findings":[)"
                        R"({"field":"phone","code":"phone","message":"is no number\nholdline: fine"}]})");
  EXPECT_EQ(holdline({"callback", "add", "phone=x"}), 1);
  EXPECT_EQ(holdline.err.str(), "holdline: is no number\\nholdline: fine [phone]\n");
}

TEST(ExitCode, AQuestionSaysHowItIsAnswered) {
  Scripted holdline;
  holdline.answers(422, R"({"code":"asked","detail":"One. And 1 other thing.","findings":[)"
                        R"({"field":"given","code":"looks-like-email","message":"One.","weight":"asked"},)"
                        R"({"field":"family","code":"looks-like-phone","message":"Two.","weight":"asked"}]})");
  EXPECT_EQ(holdline({"customer", "add", "given=a@b.example"}), 1);
  EXPECT_EQ(
      holdline.err.str(),
      "holdline: Some fields need another look:\n  One. [looks-like-email]\n  Two. [looks-like-phone]\n  Nothing is "
      "saved yet. If it is meant so, repeat the command with: --accept-hint CODE --because TEXT\n");
}

TEST(ExitCode, AnAnswerNamesItsQuestionsAndTheReason) {
  Scripted alone;
  EXPECT_EQ(alone({"customer", "add", "given=x", "--accept-hint", "looks-like-email"}), 2);
  Scripted holdline;
  holdline.answers(201, R"({"state":"saved","created":[],"notes":[{"message":"Read it back."}]})");
  EXPECT_EQ(holdline({"customer", "add", "given=x", "--accept-hint", "a", "--accept-hint", "b", "--because", "hers"}),
            0);
  EXPECT_EQ(holdline.requests.at(0).document()["accept"], (nlohmann::json{{"hints", {"a", "b"}}, {"because", "hers"}}));
  EXPECT_EQ(holdline.err.str(), "Note: Read it back.\n");
}

TEST(ExitCode, NotNowIsTemporaryAndSaysWhen) {
  Scripted holdline;
  holdline.answers(503, error_document("starting", "The agent is starting"), {{"retry-after", "5"}});
  EXPECT_EQ(holdline({"customer", "search", "x"}), 75);
  EXPECT_EQ(holdline.err.str(), "holdline: The agent is starting (in 5 s) [starting]\n");
}

TEST(ExitCode, StatesOfTheWorkstationHaveCodesWhenAsked) {
  EXPECT_EQ(status_code(R"({"mode":"online","outbox":{"health":"writable","quarantined":"0"},"sync":{"error":null}})"),
            0);
  EXPECT_EQ(status_code(R"({"mode":"online","outbox":{"quarantined":"1"}})"), 10);
  EXPECT_EQ(status_code(R"({"mode":"online","outbox":{"health":"read-only"}})"), 10);
  EXPECT_EQ(status_code(R"({"mode":"online","sync":{"error":{"code":"x"}}})"), 10);
  EXPECT_EQ(status_code(R"({"mode":"recovering"})"), 10);
  EXPECT_EQ(status_code(R"({"mode":"not-enrolled"})"), 10);
  EXPECT_EQ(status_code(R"({"mode":"something-newer"})"), 10);
  EXPECT_EQ(status_code(R"({"mode":"contingency","outbox":{"quarantined":"1"}})"), 11);
  EXPECT_EQ(status_code("[]"), 12);
  Scripted away;
  EXPECT_EQ(away({"status", "--exit-code"}), 12);
  Scripted plain;
  plain.answers(200, R"({"mode":"contingency"})");
  EXPECT_EQ(plain({"status"}), 0);
}

TEST(ExitCode, VerifyTellsEqualDifferentAndNotUnderstoodApart) {
  const auto verified = [](const std::string& document) {
    Scripted holdline;
    holdline.answers(200, document);
    return holdline({"verify"});
  };
  EXPECT_EQ(verified(R"({"equal":true,"digests":[{"equal":true},{"equal":null}]})"), 0);
  EXPECT_EQ(verified(R"({"equal":false,"digests":[{"equal":false}]})"), 3);
  EXPECT_EQ(verified(R"({"equal":true,"digests":[{"equal":false}]})"), 3);
  EXPECT_EQ(verified(R"({"digests":[]})"), 1);
}

TEST(ExitCode, WaitingEndsWhenTheGoalIsReached) {
  Scripted holdline;
  holdline.fails("unreachable")
      .answers(200, R"({"mode":"contingency","enrolled":true,"outbox":{"health":"read-only","waiting":"3"}})")
      .answers(200, R"({"mode":"contingency","enrolled":true,"outbox":{"health":"writable","waiting":"3"}})");
  EXPECT_EQ(holdline({"wait", "ready", "--timeout", "30s"}), 0);
  EXPECT_EQ(holdline.requests.size(), 3U);
  Scripted online;
  online.answers(200, R"({"sync":{"connected":true,"settled":false}})")
      .answers(200, R"({"mode":"contingency","sync":{"connected":true,"settled":true}})");
  EXPECT_EQ(online({"wait", "online"}), 0);
  Scripted drained;
  drained.answers(200, R"({"outbox":{"waiting":"1"}})").answers(200, R"({"outbox":{"waiting":"0"}})");
  EXPECT_EQ(drained({"wait", "drained"}), 0);
}

TEST(ExitCode, WaitingInVainSaysWhatWasMissing) {
  Scripted holdline;
  for (int look = 0; look < 4; ++look) holdline.answers(200, R"({"mode":"contingency"})");
  EXPECT_EQ(holdline({"wait", "online", "--timeout", "3s"}), 75);
  EXPECT_EQ(holdline.err.str(), "holdline: Not online within 3s — see what is missing with: holdline status\n");
  Scripted away;
  EXPECT_EQ(away({"wait", "online", "--timeout", "1s"}), 69);
}

TEST(ExitCode, AWrongCommandLineAsksTheAgentNothing) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"stat"},
      {"status", "--no-such"},
      {"customer"},
      {"customer", "show"},
      {"customer", "show", "a", "b"},
      {"customer", "edit", "c-1"},
      {"customer", "edit", "c-1", "nonsense"},
      {"customer", "edit", "c-1", "phone=+49"},
      {"customer", "edit", "c-1", "city=Bonn", "--base", "org=x"},
      {"entry", "add", "=x"},
      {"entry", "add", "a=1", "a=2"},
      {"entry", "add", "amount:=12,5"},
      {"entry", "add", "kind=note", "--idempotency-key", ""},
      {"entry", "add", "kind=note", "--idempotency-key", "two words"},
      {"entry", "add", "kind=note", "--idempotency-key", std::string(65, 'k')},
      {"entry", "add", "note=K\xf6ln"},
      {"entry", "list", "--idempotency-key", "k"},
      {"wait", "tomorrow"},
      {"wait", "online", "--timeout", "soon"},
      {"outbox", "show", "2"},
      {"outbox", "show", "../x"},
      {"conflicts", "resolve", "k-1", "--take", "both", "--reason", "x"},
      {"conflicts", "resolve", "k-1", "--take", "other"},
      {"login", "ada"},
  };
  for (const auto& arguments : wrong) {
    Scripted holdline;
    EXPECT_EQ(holdline(arguments), 2) << testing::PrintToString(arguments);
    EXPECT_TRUE(holdline.requests.empty()) << testing::PrintToString(arguments);
    EXPECT_TRUE(holdline.err.str().starts_with("holdline: ")) << holdline.err.str();
  }
}

TEST(ExitCode, HelpNamesEveryCommandAndIsNoFailure) {
  Scripted holdline;
  EXPECT_EQ(holdline({"--help"}), 0);
  for (const Command& command : all_commands()) {
    const std::string word = command.group.empty() ? command.name : command.group;
    EXPECT_NE(holdline.out.str().find("\n  " + word + " "), std::string::npos) << word;
  }
}

TEST(Repetition, ALostAnswerIsAskedForAgainWithTheSameKeyAndBody) {
  Scripted holdline;
  holdline.fails("connection-lost").fails("unreachable").answers(200, saved);
  EXPECT_EQ(holdline({"entry", "add", "kind=note"}), 0);
  ASSERT_EQ(holdline.requests.size(), 3U);
  EXPECT_EQ(holdline.requests[2].key, holdline.requests[0].key);
  EXPECT_EQ(holdline.requests[2].body, holdline.requests[0].body);
}

TEST(Repetition, AnOutcomeThatStaysUnknownNamesTheKeyToRepeatWith) {
  Scripted holdline;
  holdline.fails("timeout");
  EXPECT_EQ(holdline({"entry", "add", "kind=note", "--idempotency-key", "mine"}), 75);
  EXPECT_EQ(holdline.requests.size(), 1U);
  EXPECT_NE(holdline.err.str().find("--idempotency-key mine"), std::string::npos);
}

// An agent that restarted asks for a sign-in before it looks at keys. Whoever signs in and types anew saves twice.
TEST(Repetition, AfterALostAnswerARefusalThatTellsNothingNamesTheKeyToRepeatWith) {
  for (const int status : {401, 429, 503}) {
    Scripted holdline;
    holdline.fails("connection-lost").answers(status, R"({"code":"x","detail":"Sign in first."})");
    EXPECT_EQ(holdline({"entry", "add", "kind=note", "--idempotency-key", "mine"}), 75);
    EXPECT_NE(holdline.err.str().find("Sign in first."), std::string::npos) << holdline.err.str();
    EXPECT_NE(holdline.err.str().find("--idempotency-key mine"), std::string::npos) << holdline.err.str();
  }
}

TEST(Repetition, AfterALostAnswerARefusalOfTheEntryIsTheOutcome) {
  Scripted holdline;
  holdline.fails("connection-lost").answers(422, R"({"code":"invalid","detail":"No such kind."})");
  EXPECT_NE(holdline({"entry", "add", "kind=x", "--idempotency-key", "mine"}), 75);
  EXPECT_EQ(holdline.err.str().find("--idempotency-key"), std::string::npos) << holdline.err.str();
}

TEST(Repetition, WhatWasNeverSentIsNotRepeated) {
  Scripted holdline;
  EXPECT_EQ(holdline({"entry", "add", "kind=note"}), 69);
  EXPECT_EQ(holdline.requests.size(), 1U);
}

}  // namespace
}  // namespace holdline::cli
