// What is typed becomes exactly these requests.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/cli/scripted.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::cli {
namespace {

using nlohmann::json;
using platform::Scratch;

// The one request of a command that succeeds.
Recorded asked_by(std::vector<std::string> arguments, std::string answer = saved) {
  Scripted holdline;
  holdline.answers(200, std::move(answer));
  EXPECT_EQ(holdline(arguments), 0) << holdline.err.str();
  EXPECT_EQ(holdline.requests.size(), 1U);
  return holdline.requests.empty() ? Recorded{} : holdline.requests[0];
}

TEST(Requests, ReadingCommandsAskForTheirTarget) {
  EXPECT_EQ(asked_by({"customer", "search", "mül&ler", "0221"}, "{}").line(), "GET /customers?q=m%C3%BCl%26ler%200221");
  EXPECT_EQ(asked_by({"customer", "search", "x", "--limit", "5"}, "{}").line(), "GET /customers?q=x&limit=5");
  EXPECT_EQ(asked_by({"customer", "search", "status", "show"}, "{}").line(), "GET /customers?q=status%20show");
  EXPECT_EQ(asked_by({"customer", "show", "../x"}, "{}").line(), "GET /customers/..%2Fx");
  EXPECT_EQ(asked_by({"entry", "list", "--before", "e-1"}, "{}").line(), "GET /entries?before=e-1");
  EXPECT_EQ(asked_by({"entry", "show", "e-1"}, "{}").line(), "GET /entries/e-1");
  EXPECT_EQ(asked_by({"callback", "list"}, "{}").line(), "GET /callbacks");
  EXPECT_EQ(asked_by({"callback", "show", "b-1"}, "{}").line(), "GET /callbacks/b-1");
  EXPECT_EQ(asked_by({"outbox", "list", "--limit", "3"}, "{}").line(), "GET /outbox?limit=3");
  EXPECT_EQ(asked_by({"outbox", "show", "2/17"}, "{}").line(), "GET /outbox/2/17");
  EXPECT_EQ(asked_by({"outbox", "export"}, "{}").line(), "GET /outbox/export");
  EXPECT_EQ(asked_by({"conflicts", "list"}, "{}").line(), "GET /conflicts?state=open");
  EXPECT_EQ(asked_by({"conflicts", "list", "--all"}, "{}").line(), "GET /conflicts?state=all");
  EXPECT_EQ(asked_by({"conflicts", "show", "k-1"}, "{}").line(), "GET /conflicts/k-1");
  EXPECT_EQ(asked_by({"verify"}, R"({"equal":true})").line(), "GET /verify");
  EXPECT_EQ(asked_by({"status"}, R"({"mode":"online"})").key, "");
}

TEST(Requests, WhatIsToBeDoneBetterNamesItsOutageWhole) {
  const auto improved = [](const std::string& code) {
    Scripted holdline;
    holdline.answers(200, R"({"incidents":[{"id":"wtpxmqac","short":"WTPXMQ"},{"id":"kdpaemfx","short":"KDPAEM"}]})");
    holdline.answers(201, saved);
    const int ended = holdline({"report", "improve", code, "--finding", "slept", "--what", "wake", "--owner", "rita"});
    return ended == 0 ? holdline.requests.at(1).document().dump() : holdline.err.str();
  };
  EXPECT_EQ(improved("KDPAEM"), R"({"fields":{"finding":"slept","incident":"kdpaemfx","owner":"rita","what":"wake"}})");
  EXPECT_NE(improved("zzz").find("There are: WTPXMQ KDPAEM."), std::string::npos);
}

TEST(Requests, DecisionsAboutOutagesSayWhyAndAreShownAfterwards) {
  const auto decided = [](std::vector<std::string> words) {
    Scripted holdline;
    holdline.answers(200, saved);
    holdline.answers(200, R"({"service":"contingency","gate":{}})");
    words.insert(words.begin(), "contingency");
    EXPECT_EQ(holdline(words), 0) << holdline.err.str();
    return holdline.requests.at(0).line() + " " + holdline.requests.at(0).document().dump();
  };
  EXPECT_EQ(decided({"declare", "--reason", "CRM hangs", "--scope", "acme/london", "--drill"}),
            R"(POST /contingency/declare {"drill":true,"reason":"CRM hangs","scopes":["acme/london"]})");
  EXPECT_EQ(decided({"recover", "--reason", "IT said so", "--override", "--incident", "kdpa"}),
            R"(POST /contingency/recover {"incident":"kdpa","override":true,"reason":"IT said so"})");
  EXPECT_EQ(decided({"enter", "K7M3F-9QXTQ"}), R"(POST /contingency/codes/enter {"code":"K7M3F-9QXTQ"})");
  EXPECT_EQ(decided({"except", "desks-silent", "--reason", "asked"}),
            R"(POST /contingency/except {"point":"desks-silent","reason":"asked"})");
  EXPECT_EQ(asked_by({"drill", "start", "--reason", "March", "--title", "quarterly"}).document(),
            (json{{"drill", true}, {"reason", "March"}, {"title", "quarterly"}}));
  EXPECT_EQ(asked_by({"entry", "list", "--practice"}, "{}").line(), "GET /entries?practice=only");
  Scripted holdline;
  EXPECT_EQ(holdline({"contingency", "close"}), 2) << "without a reason nothing is asked";
  EXPECT_TRUE(holdline.requests.empty());
}

TEST(Requests, WritingCommandsDrawAKeyOrTakeThePersonsOwn) {
  EXPECT_EQ(asked_by({"entry", "add", "kind=note"}).key, "01010101-0101-4101-8101-010101010101");
  EXPECT_EQ(asked_by({"entry", "add", "kind=note", "--idempotency-key", "mine"}).key, "mine");
}

TEST(Requests, EntriesSendTextsRawJsonFilesAndNulls) {
  Scratch scratch;
  platform::write_contents(scratch / "note", "two\nlines\n");
  const Recorded request =
      asked_by({"entry", "add", "--scope", "acme/koeln", "kind=message", "amount:=1250", R"(follow_ups:=["a","b"])",
                "name=a=b", "phone=", "note=@" + (scratch / "note").string()});
  EXPECT_EQ(request.line(), "POST /entries");
  EXPECT_EQ(request.document(), (json{{"scope", "acme/koeln"},
                                      {"fields",
                                       {{"kind", "message"},
                                        {"amount", 1250},
                                        {"follow_ups", {"a", "b"}},
                                        {"name", "a=b"},
                                        {"phone", nullptr},
                                        {"note", "two\nlines"}}}}));
}

TEST(Requests, CallbacksGoToTheirOwnTarget) {
  const Recorded request = asked_by({"callback", "add", "name=Ada", "phone=+49221123456", "reason=bill"});
  EXPECT_EQ(request.line(), "POST /callbacks");
  EXPECT_EQ(request.document(), (json{{"fields", {{"name", "Ada"}, {"phone", "+49221123456"}, {"reason", "bill"}}}}));
}

TEST(Requests, ANewCustomerCarriesPhonesAndEmailsAsChildren) {
  const Recorded request = asked_by(
      {"customer", "add", "given=Ada", "phone=+49 (221) 12-34.56", "phone2=+4922199", "email=a@b.example", "org="});
  EXPECT_EQ(request.line(), "POST /customers");
  EXPECT_EQ(request.document(), (json{{"fields", {{"given", "Ada"}}},
                                      {"phones", {{{"e164", "+49 (221) 12-34.56"}}, {{"e164", "+4922199"}}}},
                                      {"emails", {{{"addr", "a@b.example"}}}}}));
}

TEST(Requests, AnEditReadsTheRecordAndUsesWhatItShowsAsBase) {
  Scripted holdline;
  holdline.answers(200, R"({"id":"c-1","fields":{"city":"Bonn","tags":["a"]}})").answers(200, saved);
  EXPECT_EQ(holdline({"customer", "edit", "c-1", "city=Köln", "tags:=[]", "title=Dr"}), 0);
  ASSERT_EQ(holdline.requests.size(), 2U);
  EXPECT_EQ(holdline.requests[0].line(), "GET /customers/c-1");
  EXPECT_EQ(holdline.requests[1].line(), "PATCH /customers/c-1");
  EXPECT_EQ(holdline.requests[1].document(), (json{{"changes",
                                                    {{"city", {{"base", "Bonn"}, {"value", "Köln"}}},
                                                     {"tags", {{"base", {"a"}}, {"value", json::array()}}},
                                                     {"title", {{"base", nullptr}, {"value", "Dr"}}}}}}));
}

TEST(Requests, AnEditWithItsBasesReadsNothing) {
  const Recorded request =
      asked_by({"customer", "edit", "c-1", "--base", "city=Bonn", "city=Köln", "--base", "tier=", "tier=gold"});
  EXPECT_EQ(
      request.document(),
      (json{{"changes",
             {{"city", {{"base", "Bonn"}, {"value", "Köln"}}}, {"tier", {{"base", nullptr}, {"value", "gold"}}}}}}));
}

TEST(Requests, ResolvingSendsChoiceAndReason) {
  const Recorded request =
      asked_by({"conflicts", "resolve", "k-1", "--take", "other", "--reason", "[asked, by phone]"});
  EXPECT_EQ(request.line(), "POST /conflicts/k-1/resolve");
  EXPECT_EQ(request.document(), (json{{"choice", "other"}, {"reason", "[asked, by phone]"}}));
}

TEST(Requests, DecidingAlikeResolvesWhatTheRuleIsAboutAndNamesWhatCannotBe) {
  const auto conflict = [](const char* id, const char* unit, json deletion) {
    return json{{"id", id}, {"collection", "customer"}, {"unit", unit}, {"about_deletion", deletion}};
  };
  const json page{{"items", {conflict("k-1", "city", nullptr), conflict("k-2", "family", nullptr)}}, {"next", "k-2"}};
  const json rest{{"items", {conflict("k-3", "city", nullptr), conflict("k-4", "city", true)}}, {"next", nullptr}};
  Scripted holdline;
  holdline.answers(200, page.dump());
  holdline.answers(200, rest.dump());
  holdline.answers(409, R"({"code":"resolved-already","detail":"Somebody has resolved this conflict already."})");
  holdline.answers(200, saved);
  EXPECT_EQ(holdline({"conflicts", "resolve-all", "--about", "city", "--take", "other", "--reason", "moved"}), 3);
  ASSERT_EQ(holdline.requests.size(), 4U);
  EXPECT_EQ(holdline.requests[1].line(), "GET /conflicts?state=open&after=k-2");
  EXPECT_EQ(holdline.requests[2].line(), "POST /conflicts/k-1/resolve");
  EXPECT_EQ(holdline.requests[3].line(), "POST /conflicts/k-3/resolve");
  EXPECT_EQ(holdline.out.str(), "1 conflict decided, saved on this PC.\n");
  EXPECT_NE(holdline.err.str().find("k-1: Somebody"), std::string::npos);
}

TEST(Requests, EnrolmentLogoutAndSyncPostTheirDocuments) {
  EXPECT_EQ(asked_by({"enroll", "CODE-1"}, "{}").body, R"({"code":"CODE-1"})");
  EXPECT_EQ(asked_by({"logout"}, "{}").line(), "POST /logout");
  EXPECT_EQ(asked_by({"sync"}, "{}").line(), "POST /sync");
}

TEST(Requests, LoginAsksForThePasswordAndSaysForWhom) {
  Scripted holdline;
  holdline.password = "open sesame";
  holdline.answers(200, R"({"person":{"name":"ada","role":"agent"}})");
  EXPECT_EQ(holdline({"login", "ada"}), 0);
  EXPECT_EQ(holdline.asked, "Password of ada: ");
  EXPECT_EQ(holdline.requests.at(0).document(), (json{{"person", "ada"}, {"password", "open sesame"}}));
  EXPECT_EQ(holdline.out.str(), "Signed in as ada (agent)\n");
}

TEST(Requests, LoginReadsThePasswordFromAFileWithoutItsLineBreak) {
  Scripted holdline;
  holdline.in.str("open sesame\r\n");
  holdline.answers(200, "{}");
  EXPECT_EQ(holdline({"login", "ada", "--password-file", "-"}), 0);
  EXPECT_EQ(holdline.requests.at(0).document()["password"], "open sesame");
}

TEST(Requests, TheSocketIsTheNamedOneOrTheDefault) {
  Scripted holdline;
  holdline({"status"});
  EXPECT_EQ(holdline.socket, "/run/holdline/agent.sock");
  holdline({"status", "--socket", "/somewhere/else"});
  EXPECT_EQ(holdline.socket, "/somewhere/else");
  holdline({"--socket", "/before", "status"});
  EXPECT_EQ(holdline.socket, "/before");
}

}  // namespace
}  // namespace holdline::cli
