// Each format against the table that its maker documents (docs/diallers.md): fields, lengths, counts, what is required.
#include "hub/dialler/dialler.hpp"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include <nlohmann/json.hpp>

#include "contingency/callbacks/outcome.hpp"
#include "hub/dialler/outcomes.hpp"
#include "platform/text/csv.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::hub {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t of_export_ms = 1'800'000'000'000;

sync::Id batch() { return *sync::Id::parse("0190a000-0000-7000-8000-00001a2b3c4d"); }

// With what somebody may have typed to be calculated, or longer than any format takes.
std::vector<DiallerCase> cases(std::size_t count) {
  const std::vector<std::string> numbers{"+442079460018", "+390612345678", "+12125550123", "+4930123456"};
  std::vector<DiallerCase> all;
  for (std::size_t n = 0; n < count; ++n)
    all.push_back({.key = dialler_key(n + 1, batch()),
                   .number = numbers[n % numbers.size()],
                   .zones = {"Europe/London"},
                   .language = n % 2 == 0 ? "en" : "",
                   .until_ms = of_export_ms,
                   .name = "=1+1 O'Brien, Siobhán " + std::string(n % 3 == 0 ? 600 : 1, 'x'),
                   .reason = "a \"faulty\" boiler\nand & more " + std::string(n % 5 == 0 ? 700 : 1, 'y')});
  return all;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct Documented {
  std::string pattern;
  bool required;
};

// vicidial.org/docs/NON-AGENT_API.txt, add_lead. A value is what is between = and &, decoded.
TEST(DiallerTest, VicidialLinesHaveTheFieldsAndLengthsOfAddLead) {
  const std::map<std::string, Documented> table{{"source", {".{1,20}", true}},
                                                {"function", {"add_lead", true}},
                                                {"phone_number", {"[0-9]{6,16}", true}},
                                                {"phone_code", {"[0-9]{1,4}", true}},
                                                {"list_id", {"[0-9]{3,12}", true}},
                                                {"vendor_lead_code", {".{1,20}", true}},
                                                {"duplicate_check", {"DUPLIST", true}},
                                                {"dnc_check", {"Y|N|AREACODE", true}},
                                                {"campaign_dnc_check", {"Y|N|AREACODE", true}},
                                                {"campaign_id", {".{2,8}", true}},
                                                {"add_to_hopper", {"Y|N", true}},
                                                {"hopper_local_call_time_check", {"Y|N", true}},
                                                {"first_name", {"[^]{1,30}", false}},
                                                {"last_name", {"[^]{1,30}", false}},
                                                {"comments", {"[^]{1,255}", false}}};
  const DiallerOptions options{"1001", "BACK"};
  ASSERT_TRUE(check_options(DiallerFormat::vicidial, options));
  const auto lines = lines_of(dialler_text(DiallerFormat::vicidial, options, cases(40)));
  ASSERT_EQ(lines.size(), 40u);
  for (const std::string& line : lines) {
    ASSERT_TRUE(std::regex_match(line, std::regex("[A-Za-z0-9_.~%=&-]+"))) << line;
    std::set<std::string> seen;
    std::istringstream parts(line);
    for (std::string part; std::getline(parts, part, '&');) {
      const std::string name = part.substr(0, part.find('='));
      std::string value;
      for (std::size_t at = part.find('=') + 1; at < part.size(); ++at)
        value += part[at] != '%' ? part[at] : static_cast<char>(std::stoi(part.substr(++at, 2), nullptr, 16)),
            at += part[at - 1] == '%';
      ASSERT_TRUE(table.contains(name)) << name;
      EXPECT_TRUE(std::regex_match(value, std::regex(table.at(name).pattern))) << name << " is " << value;
      EXPECT_TRUE(seen.insert(name).second) << name;
    }
    for (const auto& [name, of] : table) EXPECT_TRUE(!of.required || seen.contains(name)) << name;
    EXPECT_EQ(line.find("pass="), std::string::npos);
  }
  EXPECT_NE(lines[1].find("phone_code=39&phone_number=0612345678&"), std::string::npos) << "Italy keeps its zero";
  for (const char* list : {"", "12", "1234567890123", "10a"})
    EXPECT_EQ(check_options(DiallerFormat::vicidial, {list, ""}).error().code, "dialler-options") << list;
  EXPECT_FALSE(check_options(DiallerFormat::vicidial, {"1001", "TOOLONGID"}));
  EXPECT_EQ(misfit(DiallerFormat::vicidial, {.key = "", .number = "+2901234"}), "number-too-short");
}

// help.mypurecloud.com, contact lists: UTF-8, a header, unique names of at most 128 characters, at most 50 columns of
// which ten telephone numbers, cells of at most 512 characters, numbers in E.164, a unique id, no blank row at the end.
TEST(DiallerTest, GenesysTablesKeepTheLimitsOfContactLists) {
  const std::string text = dialler_text(DiallerFormat::genesys, {}, cases(40));
  platform::CsvReader reader(text);
  const auto header = reader.next();
  ASSERT_LE(header->fields.size(), 50u);
  EXPECT_EQ(std::set(header->fields.begin(), header->fields.end()).size(), header->fields.size());
  for (const std::string& name : header->fields) EXPECT_LE(name.size(), 128u);
  EXPECT_EQ(header->fields[0], "holdline");
  EXPECT_EQ(header->fields[1], "phone");
  std::set<std::string> ids;
  while (const auto row = reader.next()) {
    ASSERT_EQ(row->fields.size(), header->fields.size()) << row->wrong;
    EXPECT_FALSE(row->is_blank());
    EXPECT_TRUE(std::regex_match(row->fields[1], std::regex("\\+[1-9][0-9]{6,14}")));
    EXPECT_TRUE(ids.insert(row->fields[0]).second);
    for (std::size_t n = 0; n < row->fields.size(); ++n) {
      EXPECT_LE(row->fields[n].size(), 512u);
      EXPECT_TRUE(n == 1 || !platform::begins_formula(row->fields[n])) << row->fields[n];
    }
  }
  EXPECT_EQ(ids.size(), 40u);
  auto without = cases(1);
  without[0].name = without[0].reason = "";
  EXPECT_EQ(lines_of(dialler_text(DiallerFormat::genesys, {}, without))[0],
            "holdline,phone,time_zone,language,call_until\r");
}

// docs.aws.amazon.com, PutDialRequestBatch and DialRequest: 1 to 25 requests; every one with all four members; a token
// of at most 200 of [a-zA-Z0-9_-.]; a number of at most 20 of [0-9+-]; keys of attributes of [a-zA-Z0-9-_]; 30 to 900
// seconds.
TEST(DiallerTest, ConnectBatchesAreWhatPutDialRequestBatchTakes) {
  const DiallerOptions options{"", "0190a000-0000-7000-8000-000000000001"};
  const auto lines = lines_of(dialler_text(DiallerFormat::connect, options, cases(60)));
  ASSERT_EQ(lines.size(), 3u);
  std::set<std::string> tokens;
  for (const std::string& line : lines) {
    const Json json = Json::parse(line);
    EXPECT_EQ(json.at("id"), options.campaign);
    const Json& requests = json.at("dialRequests");
    EXPECT_TRUE(!requests.empty() && requests.size() <= 25u);
    for (const Json& one : requests) {
      EXPECT_EQ(one.size(), 4u);
      const auto token = one.at("clientToken").get<std::string>();
      EXPECT_TRUE(std::regex_match(token, std::regex("[a-zA-Z0-9_.-]{1,200}")));
      EXPECT_TRUE(tokens.insert(token).second);
      EXPECT_TRUE(std::regex_match(one.at("phoneNumber").get<std::string>(), std::regex("\\+[1-9][0-9]{6,14}")));
      EXPECT_EQ(sync::parse_time(one.at("expirationTime").get<std::string>()), of_export_ms);
      for (const auto& [name, value] : one.at("attributes").items()) {
        EXPECT_TRUE(std::regex_match(name, std::regex("[a-zA-Z0-9_-]+")));
        EXPECT_TRUE(value.is_string());
      }
    }
  }
  EXPECT_EQ(tokens.size(), 60u);
  EXPECT_LT(longest_ms(DiallerFormat::connect), 900'000);
  EXPECT_GT(shortest_ms(DiallerFormat::connect), 30'000);
  EXPECT_FALSE(check_options(DiallerFormat::connect, {}));
  EXPECT_FALSE(check_options(DiallerFormat::connect, {"", "a b"}));
}

TEST(DiallerTest, AnyOtherGetsAnObjectALine) {
  const auto lines = lines_of(dialler_text(DiallerFormat::jsonl, {}, cases(3)));
  ASSERT_EQ(lines.size(), 3u);
  const Json one = Json::parse(lines[1]);
  EXPECT_EQ(one.at("schema"), "holdline.dial/1");
  EXPECT_EQ(one.at("number"), "+390612345678");
  EXPECT_EQ(one.at("call_until"), sync::format_time(of_export_ms));
}

TEST(DiallerTest, AKeyFitsEveryFormatAndIsToldFromOthers) {
  EXPECT_EQ(dialler_key(17, batch()), "HL17-1a2b3c4d");
  EXPECT_LE(dialler_key(999'999'999, batch()).size(), 20u);
  const auto ours = read_dialler_key("HL17-1a2b3c4d");
  ASSERT_TRUE(ours);
  EXPECT_EQ(ours->fence, 17u);
  EXPECT_TRUE(is_of(*ours, batch()));
  EXPECT_FALSE(is_of(*read_dialler_key("HL17-1a2b3c4e"), batch()));
  for (const char* other : {"", "17", "HL", "HL17", "HL-1a2b3c4d", "HL17-1a2b3c4", "HL17-1a2b3c4d5", "hl17-1a2b3c4d"})
    EXPECT_FALSE(read_dialler_key(other)) << other;
}

std::string told(const DiallerReading& reading) {
  std::string text;
  for (const DiallerRow& row : reading.rows)
    text += std::to_string(row.key.fence) + " " + row.disposition + ": " + (row.outcome.empty() ? "?" : row.outcome) +
            (row.at_ms == 0 ? "" : " at " + sync::format_time(row.at_ms)) +
            (row.agent.empty() ? "" : " by " + row.agent) + "\n";
  return text + std::to_string(reading.open) + " open, " + std::to_string(reading.others) + " others, " +
         std::to_string(reading.wrong.size()) + " wrong";
}

TEST(DiallerOutcomesTest, EachMakersTablesAreReadAndNothingIsGuessed) {
  OutcomeReading with{{{"SALE", "resolved"}, {"Call Back Later", "no_answer"}},
                      [](std::int64_t clock_ms) { return std::optional(clock_ms - 3'600'000); }};
  EXPECT_EQ(
      told(*read_outcomes(DiallerFormat::vicidial,
                          "call_date\tphone_number\tstatus\tuser\tvendor_lead_code\n"
                          "2026-12-01 10:00:00\t2079460018\tNA\tVDAD\tHL1-1a2b3c4d\n"
                          "2026-12-01 10:01:00\t2079460018\tSALE\t6666\tHL2-1a2b3c4d\n"
                          "\t2079460018\tNEW\t\tHL3-1a2b3c4d\n"
                          "\t2079460018\tXYZ\t\tHL4-1a2b3c4d\n"
                          "\t2079460018\tNA\t\tCUST-77\n",
                          with)),
      "1 NA: no_answer at 2026-12-01T09:00:00.000Z by VDAD\n2 SALE: resolved at 2026-12-01T09:01:00.000Z by 6666\n"
      "4 XYZ: ?\n1 open, 1 others, 0 wrong");
  EXPECT_EQ(told(*read_outcomes(
                DiallerFormat::genesys,
                "\xef\xbb\xbfinin-outbound-id,holdline,phone,CallRecordLastAttempt-phone,CallRecordLastResult-phone,"
                "CallRecordLastAgentWrapup-phone\r\n"
                "a,HL1-1a2b3c4d,+44,2026-12-01T10:00:00.000Z,ININ-OUTBOUND-BUSY,\r\n"
                "b,HL2-1a2b3c4d,+44,2026-12-01T10:00:00.000Z,ININ-OUTBOUND-TRANSFERRED-TO-QUEUE,Call Back Later\r\n"
                "c,HL3-1a2b3c4d,+44,,,\r\n"
                "d,HL4-1a2b3c4d,+44,,ININ-OUTBOUND-LIVE-VOICE,\r\n",
                with)),
            "1 ININ-OUTBOUND-BUSY: busy at 2026-12-01T10:00:00.000Z\n"
            "2 Call Back Later: no_answer at 2026-12-01T10:00:00.000Z\n4 ININ-OUTBOUND-LIVE-VOICE: ?\n"
            "1 open, 0 others, 0 wrong");
  EXPECT_EQ(
      told(*read_outcomes(
          DiallerFormat::connect,
          R"({"successfulRequests":[{"clientToken":"HL1-1a2b3c4d","id":"x"}],"failedRequests":[{"clientToken":"HL2-1a2b3c4d","failureCode":"RequestThrottled"}]})"
          "\n"
          R"({"Attributes":{"holdline":"HL1-1a2b3c4d"},"AnsweringMachineDetectionStatus":"AMD_UNANSWERED","InitiationTimestamp":"2026-12-01T10:00:00Z"})"
          "\nno json\n"
          R"({"Attributes":{"holdline":"HL3-1a2b3c4d"},"AnsweringMachineDetectionStatus":"HUMAN_ANSWERED","Agent":{"Username":"amy"}})",
          with)),
      "2 RequestThrottled: system_unavailable\n1 AMD_UNANSWERED: no_answer at 2026-12-01T10:00:00.000Z\n"
      "3 HUMAN_ANSWERED: ? by amy\n1 open, 0 others, 1 wrong");
  EXPECT_EQ(told(*read_outcomes(DiallerFormat::jsonl, R"({"holdline":"HL1-1a2b3c4d","outcome":"resolved"})", with)),
            "1 resolved: resolved\n0 open, 0 others, 0 wrong");
  EXPECT_EQ(read_outcomes(DiallerFormat::vicidial, "status\nNA\n", {}).error().code, "columns-missing");
  EXPECT_EQ(read_outcomes(DiallerFormat::genesys, "", {}).error().code, "columns-missing");
  for (const auto& [format, word] :
       {std::pair(DiallerFormat::vicidial, "DNCL"), std::pair(DiallerFormat::genesys, "ININ-OUTBOUND-BUSY"),
        std::pair(DiallerFormat::connect, "SIT_TONE_BUSY")})
    EXPECT_NE(contingency::outcome_named(documented_outcome(format, word)), nullptr) << word;
}

}  // namespace
}  // namespace holdline::hub
