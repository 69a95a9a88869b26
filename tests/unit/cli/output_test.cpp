// What people see, word for word.
#include <gtest/gtest.h>

#include "tests/unit/cli/scripted.hpp"
#include "tests/unit/platform/scratch.hpp"

namespace holdline::cli {
namespace {

using platform::Scratch;

const std::string status_document =
    R"({"schema":"holdline.status/1","version":"0.1.0","enrolled":true,"workstation":{"id":"w-1","name":"desk-1"},)"
    R"("hub":"https://hub.example","person":{"name":"ada","role":"agent"},"mode":"contingency",)"
    R"("sync":{"last_contact":"2026-03-01T11:48:00.000Z","bootstrap":{"done":9,"total":9},)"
    R"("error":{"code":"unreachable","message":"The hub does not answer."}},)"
    R"("replica":{"cn":"17","as_of":"2026-03-01T11:47:00.000Z","records":{"customer":20000}},)"
    R"("outbox":{"health":"writable","waiting":"31","oldest":"2026-03-01T11:00:00.000Z","quarantined":"2"}})";

std::string shown(Scripted& holdline, std::vector<std::string> arguments, const std::string& answer) {
  holdline.answers(200, answer);
  holdline(std::move(arguments));
  return holdline.out.str();
}

TEST(Output, StatusAtATerminalSaysHowLongAgo) {
  Scripted holdline;
  holdline.terminal = true;
  EXPECT_EQ(shown(holdline, {"status"}, status_document),
            "mode                contingency: the hub is away, entries are saved on this PC\n"
            "workstation         desk-1               w-1\n"
            "signed in           ada                  agent\n"
            "hub                 https://hub.example  last contact 12 min ago\n"
            "trouble             unreachable          The hub does not answer.\n"
            "data as of          13 min ago           20000 customer\n"
            "not yet at the hub  31                   oldest 1 h ago\n"
            "needs attention     2                    see: holdline outbox list --attention\n"
            "agent               0.1.0\n");
}

TEST(Output, StatusInAPipeHasTabsAndAbsoluteTimes) {
  Scripted holdline;
  EXPECT_EQ(shown(holdline, {"status"}, status_document),
            "mode\tcontingency: the hub is away, entries are saved on this PC\n"
            "workstation\tdesk-1\tw-1\n"
            "signed in\tada\tagent\n"
            "hub\thttps://hub.example\tlast contact 2026-03-01T11:48:00.000Z\n"
            "trouble\tunreachable\tThe hub does not answer.\n"
            "data as of\t2026-03-01T11:47:00.000Z\t20000 customer\n"
            "not yet at the hub\t31\toldest 2026-03-01T11:00:00.000Z\n"
            "needs attention\t2\tsee: holdline outbox list --attention\n"
            "agent\t0.1.0\n");
}

TEST(Output, StatusInADeclaredOutageSaysWhyAndWhich) {
  Scripted holdline;
  EXPECT_EQ(shown(holdline, {"status"},
                  R"({"mode":"contingency","version":"0.1.0","contingency":{"incident":{"short":"KDPAEM",)"
                  R"("title":"CRM","reason":"it hangs","begins":"2026-03-01T11:00:00.000Z","expected":null}}})"),
            "mode\tcontingency: it hangs\n"
            "incident\tKDPAEM CRM\tsince 2026-03-01T11:00:00.000Z\n"
            "signed in\tnobody\tsign in with: holdline login PERSON\n"
            "agent\t0.1.0\n");
}

TEST(Output, StatusOfARevokedWorkstationDoesNotSayThatEntriesAreSaved) {
  Scripted holdline;
  const std::string told = shown(holdline, {"status"},
                                 R"({"mode":"contingency","sync":{"error":{"code":"device-revoked",)"
                                 R"("message":"This workstation was revoked."}}})");
  EXPECT_EQ(told.find("are saved"), std::string::npos) << told;
  EXPECT_NE(told.find("revoked this workstation"), std::string::npos) << told;
}

TEST(Output, StatusTellsWhatNeitherTheHubNorThisPcHasAnyMore) {
  const auto told = [](const std::string& lost) {
    Scripted holdline;
    return shown(holdline, {"status"}, R"({"mode":"online","outbox":{"lost":")" + lost + "\"}}").find("lost\t") !=
           std::string::npos;
  };
  EXPECT_TRUE(told("17"));
  EXPECT_FALSE(told("0"));
}

TEST(Output, StatusTellsHowFarAClockIsOffWhenThatIsAMinuteOrMore) {
  const auto clock_row = [](const std::string& offset_ms) {
    Scripted holdline;
    const std::string text =
        shown(holdline, {"status"}, R"({"mode":"online","sync":{"clock_offset_ms":)" + offset_ms + "}}");
    const auto at = text.find("clock\t");
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
  };
  const std::string advice = "\tset this PC's clock: its entries bear wrong times";
  EXPECT_EQ(clock_row("59999"), "");
  EXPECT_EQ(clock_row("-59999"), "");
  EXPECT_EQ(clock_row("60000"), "clock\t1 min behind the hub's" + advice);
  EXPECT_EQ(clock_row("-172800000"), "clock\t2 days ahead of the hub's" + advice);
}

TEST(Output, StatusTellsHowMuchOfTheFirstCopyIsThere) {
  const auto row = [](const std::string& bootstrap) {
    Scripted holdline;
    const std::string text =
        shown(holdline, {"status"}, R"({"mode":"recovering","sync":{"bootstrap":)" + bootstrap + "}}");
    const auto at = text.find("first copy\t");
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
  };
  EXPECT_EQ(row(R"({"done":1,"total":7,"bytes_done":"40000","bytes_total":"107000"})"),
            "first copy\tstill loading, 1 of 7 parts\t37 %: can be searched when all of it is here");
  EXPECT_EQ(row(R"({"done":7,"total":7,"bytes_done":"107000","bytes_total":"107000"})"), "");
}

TEST(Output, JsonIsTheDocumentUnchanged) {
  Scripted holdline;
  EXPECT_EQ(shown(holdline, {"status", "--json"}, status_document), status_document + "\n");
}

TEST(Output, ASearchShowsWhoItFoundAndWhy) {
  Scripted holdline;
  holdline.terminal = true;
  EXPECT_EQ(shown(holdline, {"customer", "search", "mu"},
                  R"({"items":[{"id":"c-1","ref":"10","name":"Müller, Ada","city":"Köln","phones":["+49221","+49222"],)"
                  R"("matched":"name","pending":true}],"as_of":"2026-03-01T11:00:00.000Z"})"),
            "ID   REF  NAME         CITY  PHONES          MATCHED  PENDING\n"
            "c-1  10   Müller, Ada  Köln  +49221, +49222  name     saved on this PC\n"
            "as of 1 h ago\n");
}

TEST(Output, ARecordMarksWhatTheHubHasNotSettled) {
  Scripted holdline;
  EXPECT_EQ(
      shown(holdline, {"customer", "show", "c-1"},
            R"({"id":"c-1","scope":"acme","fields":{"city":"Köln","org":null,"vulnerable":true},"pending":["city"],)"
            R"("children":{"phone":[{"id":"p-1","fields":{"e164":"+49221","kind":"home","customer":"c-1"}}]}})"),
      "id\tc-1\nscope\tacme\ncity\tKöln\tsaved on this PC\nvulnerable\ttrue\nphone\tnumber +49221, kind home\n");
}

TEST(Output, AConflictShowsBothValuesSideBySide) {
  Scripted holdline;
  holdline.terminal = true;
  EXPECT_EQ(shown(holdline, {"conflicts", "show", "k-1", "--utc"},
                  R"({"id":"k-1","collection":"customer","record":"c-1","about":{"name":"Ada King"},)"
                  R"("unit":"postal","state":"open","at":)"
                  R"("2026-03-01T11:00:00.000Z","by":{"device":"desk-2","person":"bob"},"fields":[)"
                  R"({"field":"city","label":"Town","base":"Bonn","current":"Köln","other":"Aachen"},)"
                  R"({"field":"street","label":"Street","base":null,"current":"A 1","other":"B\u001b[2J"}]})"),
            "record       customer Ada King (c-1)\n"
            "what         postal\n"
            "state        open\n"
            "other by     bob\n"
            "at           2026-03-01T11:00:00.000Z\n"
            "workstation  desk-2\n"
            "\n"
            "FIELD   BOTH BEGAN FROM  CURRENT  OTHER\n"
            "Town    Bonn             Köln     Aachen\n"
            "Street                   A 1      B\\x1b[2J\n");
}

TEST(Output, AResolvedConflictNamesWhoDidIt) {
  Scripted holdline;
  EXPECT_EQ(shown(holdline, {"conflicts", "show", "k-1", "--utc"},
                  R"({"id":"k-1","collection":"customer","record":"c-1","unit":"health","state":"resolved","at":)"
                  R"("2026-03-01T11:00:00.000Z","by":{"device":"desk-2","name":"bob"},"fields":[],"hidden":true,)"
                  R"("resolution":"asked her","resolved_by":{"person":"p-9","name":"eve"},)"
                  R"("resolved_at":"2026-03-01T12:00:00.000Z"})"),
            "record\tcustomer (c-1)\nwhat\thealth\nstate\tresolved\nother by\tbob\nat\t2026-03-01T11:00:00.000Z\n"
            "workstation\tdesk-2\nresolution\tasked her\nresolved by\teve\nresolved at\t2026-03-01T12:00:00.000Z\n");
}

TEST(Output, TwoRecordsWithOneNumberAreShownWithTheWaysOut) {
  Scripted holdline;
  EXPECT_EQ(shown(holdline, {"conflicts", "show", "k-1"},
                  R"({"id":"k-1","collection":"customer","record":"c-1","about":{"name":"Ada King"},)"
                  R"("duplicate_of":{"id":"c-2","name":"Bob Lee"},"policy":"duplicate","unit":"ref",)"
                  R"("state":"open","by":{"name":"bob","device":"d-2"},"fields":[{"field":"ref","other":"K-7"}]})"),
            "record\tcustomer Ada King (c-1)\nand\tcustomer Bob Lee (c-2)\nwhat\tduplicate: same ref\n"
            "state\topen\nby\tbob\nat\t\nworkstation\td-2\n");
  EXPECT_NE(holdline.err.str().find("holdline customer merge c-1 c-2 --reason"), std::string::npos);
}

TEST(Output, TheOutboxUsesTheWordsOfTheProduct) {
  Scripted holdline;
  EXPECT_EQ(
      shown(holdline, {"outbox", "list"},
            R"({"items":[{"lane":2,"number":"3","event_time":"2026-03-01T11:00:00.000Z","what":"New entry: message",)"
            R"("kind":"create","state":"needs-attention","text":"The scope is not yours."},)"
            R"({"lane":3,"number":"2","event_time":"2026-03-01T10:00:00.000Z","what":"Change of customer: city",)"
            R"("state":"held"},{"lane":3,"number":"1","what":"Change of customer: city","state":"saved"}]})"),
      "ACTION\tWHEN\tWHAT\tSTATE\tWHY\n"
      "2/3\t2026-03-01T11:00:00.000Z\tNew entry: message\tneeds attention\tThe scope is not yours.\n"
      "3/2\t2026-03-01T10:00:00.000Z\tChange of customer: city\theld at the hub\t\n"
      "3/1\t\tChange of customer: city\tsaved on this PC\t\n");
}

TEST(Output, AnEntryIsSavedOnThisPcAndSaysItsNumberAndId) {
  Scripted holdline;
  EXPECT_EQ(shown(holdline, {"entry", "add", "kind=note"}, saved), "Saved on this PC as 2/17\nc-1\n");
  const char* numbered = R"({"state":"saved","action":{"lane":2,"number":"18"},"references":["K7M-4XR-R2M"]})";
  Scripted another;
  EXPECT_EQ(shown(another, {"entry", "add", "kind=note"}, numbered),
            "Saved on this PC as 2/18. Reference K7M-4XR-R2M\n");
}

TEST(Output, AListOfEntriesHasTheirTimesAndTexts) {
  Scripted holdline;
  EXPECT_EQ(
      shown(holdline, {"entry", "list"},
            R"({"items":[{"id":"e-1","fields":{"event_time":"2026-03-01T11:00:00.000Z","kind":"message",)"
            R"("name":"Ada","note":"line\nline","reference":"K7M-4XR-R2M","incident":"kdpaemfx","drill":true}}]})"),
      "ID\tREFERENCE\tWHEN\tKIND\tSTATUS\tNAME\tPHONE\tNOTE\tBY\tAT\tOUTAGE\tATTENTION\n"
      "e-1\tK7M-4XR-R2M\t2026-03-01T11:00:00.000Z\tmessage\t\tAda\t\tline\\nline\t\t\tKDPAEM practice\t\n");
}

TEST(Output, AListThatIsNotAllSaysHowMuchItIsAndHowToGoOn) {
  Scripted holdline;
  shown(holdline, {"conflicts", "list"}, R"({"total":230,"items":[{"id":"k-1"},{"id":"k-2"}],"next":"k-2"})");
  EXPECT_EQ(holdline.err.str(), "These are 2 of 230. Go on with: --after k-2\n");
  holdline.err.str("");
  shown(holdline, {"outbox", "list"}, R"({"total":90,"items":[{"lane":2,"number":"3"}],"next":"2/3"})");
  EXPECT_EQ(holdline.err.str(), "These are 1 of 90. Go on with: --before 2/3\n");
  holdline.err.str("");
  shown(holdline, {"entry", "list"}, R"({"items":[{"id":"e-1"}],"next":"e-1"})");
  EXPECT_EQ(holdline.err.str(), "There are more. Go on with: --before e-1\n");
  holdline.err.str("");
  shown(holdline, {"customer", "search", "mei"}, R"({"items":[{"id":"c-1"}],"total":30,"more":true})");
  EXPECT_TRUE(holdline.err.str().starts_with("These are 1 of 30. Type more of the name or the number"));
  holdline.err.str("");
  shown(holdline, {"conflicts", "list"}, R"({"total":230,"items":[{"id":"k-1"}],"next":null})");
  shown(holdline, {"entry", "list"}, R"({"items":[{"id":"e-1"}],"next":null})");
  shown(holdline, {"customer", "search", "mei"}, R"({"items":[{"id":"c-1"}],"more":false})");
  EXPECT_EQ(holdline.err.str(), "");
}

TEST(Output, AnExportGoesUnchangedToStandardOutputOrToANewPrivateFile) {
  Scratch scratch;
  const std::string file = (scratch / "export").string();
  Scripted holdline;
  EXPECT_EQ(shown(holdline, {"outbox", "export"}, "{\"a\":1}"), "{\"a\":1}");
  holdline.answers(200, "bytes").answers(200, "other");
  EXPECT_EQ(holdline({"outbox", "export", "-o", file}), 0);
  EXPECT_EQ(holdline({"outbox", "export", "-o", file}), 1);
  EXPECT_EQ(platform::contents(file), "bytes");
}

TEST(Output, WatchingShowsEveryChangeOnce) {
  Scripted holdline;
  holdline.pauses = 3;
  const std::string online = R"({"mode":"online"})", away = R"({"mode":"contingency"})";
  holdline.answers(200, online).answers(200, online).answers(200, away).answers(200, away);
  EXPECT_EQ(holdline({"status", "--watch", "--json"}), 0);
  EXPECT_EQ(holdline.out.str(), online + "\n" + away + "\n");
  EXPECT_EQ(holdline.requests.size(), 4U);
}

TEST(Output, WatchingGoesOnWhileTheAgentIsAway) {
  Scripted holdline;
  holdline.pauses = 2;
  holdline.answers(200, R"({"mode":"online"})").fails("unreachable").answers(200, R"({"mode":"online"})");
  holdline({"status", "--watch"});
  EXPECT_NE(holdline.out.str().find("does not answer"), std::string::npos);
  EXPECT_EQ(holdline.requests.size(), 3U);
}

TEST(Output, VersionNeedsNoAgent) {
  Scripted holdline;
  EXPECT_EQ(holdline({"version"}), 0);
  EXPECT_TRUE(holdline.out.str().starts_with("holdline 0."));
  EXPECT_TRUE(holdline.requests.empty());
}

}  // namespace
}  // namespace holdline::cli
