#include "contingency/code/short_code.hpp"

#include <gtest/gtest.h>

#include <set>

#include "contingency/code/alphabet.hpp"
#include "contingency/code/code_entry.hpp"

namespace holdline::contingency {
namespace {

const std::string site_key(32, 'k');
constexpr std::int64_t code_hour_ms = 3'600'000;
constexpr std::int64_t noon_ms = 500'000 * code_hour_ms + 1'000;
const std::vector<std::string> known_scopes{"acme", "acme/leeds", "acme/london"};

std::string made(std::int64_t hour = 500'000, std::uint8_t serial = 0, bool drill = false,
                 const std::string& scope = "acme/london") {
  return *make_code(site_key, {"acme/london", scope, hour, serial, drill});
}
Result<CodeMeaning> read(std::string_view typed, std::int64_t wall_ms = noon_ms, const std::string& with = site_key) {
  return read_code(with, "acme/london", known_scopes, typed, wall_ms);
}

TEST(ShortCode, SaysWhatItWasMadeFor) {
  for (const bool drill : {false, true})
    for (std::uint8_t serial = 0; serial < code_serials; ++serial)
      for (const std::string& scope : known_scopes) {
        const auto meaning = read(made(500'000, serial, drill, scope));
        ASSERT_TRUE(meaning);
        EXPECT_EQ(*meaning, (CodeMeaning{"acme/london", scope, 500'000, serial, drill}));
      }
}

TEST(ShortCode, IsTenCharactersWithoutLookAlikesAndReadsOutWell) {
  const std::string code = made();
  EXPECT_EQ(code.size(), code_characters);
  EXPECT_EQ(code.find_first_not_of(code_alphabet), code.npos);
  for (const char c : std::string("0O1IL2Z5S8BGUV"))
    EXPECT_EQ(code_alphabet.find(c) != code_alphabet.npos, c == 'V') << c << ": one of a pair at most";
  EXPECT_EQ(shown_code(code).size(), 11U);
  EXPECT_EQ(spelled("K7M"), "Kilo Seven Mike");
  EXPECT_TRUE(read(" " + shown_code(code) + " "));
}

TEST(ShortCode, AllowsForClocksThatAreAnHourOff) {
  for (int off = -3; off <= 3; ++off)
    EXPECT_EQ(read(made(), noon_ms + off * code_hour_ms).has_value(), off >= -1 && off <= 1) << off;
}

TEST(ShortCode, NoticesEverySlipOfOneCharacterAndEveryTwoChanged) {
  const std::string code = made();
  for (std::size_t at = 0; at < code.size(); ++at)
    for (const char other : code_alphabet) {
      std::string typed = code;
      typed[at] = other;
      if (typed != code) {
        EXPECT_EQ(read(typed).error().code, "code-mistyped");
      }
    }
  for (std::size_t a = 0; a < code.size() - 1; ++a)
    for (std::size_t b = a + 1; b < code.size() - 1; ++b) {
      std::string typed = code;
      std::swap(typed[a], typed[b]);
      if (typed != code) {
        EXPECT_EQ(read(typed).error().code, "code-mistyped");
      }
    }
}

TEST(ShortCode, OfAnotherSiteOrKeyOrWrittenBadlyIsRefused) {
  EXPECT_EQ(read_code(site_key, "acme/leeds", known_scopes, made(), noon_ms).error().code, "code-unknown");
  EXPECT_EQ(read(made(), noon_ms, std::string(32, 'x')).error().code, "code-unknown");
  EXPECT_EQ(read(made(), noon_ms, "short").error().kind, ErrorKind::stop);
  for (const std::string& typed :
       {std::string(), std::string("ABC"), made() + "A", std::string(5'000, 'A'), std::string("O") + made().substr(1),
        std::string("\xff\xfe"), std::string("K7M\0", 4)})
    EXPECT_EQ(read(typed).error().code, "code-malformed");
  EXPECT_NE(read("O" + made().substr(1)).error().message.find("'O'"), std::string::npos);
  EXPECT_EQ(make_code(site_key, {"s", "s", 1, 16, false}).error().code, "serial-exhausted");
}

TEST(ShortCode, DiffersInEveryPartOfItsMeaning) {
  std::set<std::string> codes;
  std::set<sync::Id> incidents;
  for (std::int64_t hour = 0; hour < 50; ++hour)
    for (std::uint8_t serial = 0; serial < code_serials; ++serial)
      for (const bool drill : {false, true}) {
        EXPECT_TRUE(codes.insert(made(hour, serial, drill)).second);
        EXPECT_TRUE(incidents.insert(CodeMeaning{"s", "s", hour, serial, drill}.incident()).second);
      }
}

TEST(CodeEntryTest, FiveDesksThatTypeOneCodeDeclareOneIncident) {
  std::vector<Incident> declared_at;
  const CodeDesk desk{site_key, "acme/london", known_scopes};
  for (int pc = 0; pc < 5; ++pc) {
    CodeEntry entry;
    const auto action =
        entry.step(desk, Incidents(), shown_code(made()), "agent" + std::to_string(pc), 0, noon_ms + pc * 60'000);
    declared_at.push_back(std::get<action::CodeDeclares>(action).incident);
  }
  Incidents centre;
  for (const Incident& incident : declared_at) EXPECT_TRUE(centre.take(incident).empty());
  ASSERT_EQ(centre.outages().size(), 1U);
  EXPECT_EQ(centre.find(declared_at[0].declared.id)->steps.size(), 5U) << "who typed it is kept";
  EXPECT_EQ(centre.find(declared_at[0].declared.id)->steps[0].by.role, by_code);
}

TEST(CodeEntryTest, TheSameCodeTwiceIsNeverASecondIncident) {
  CodeEntry entry;
  const CodeDesk desk{site_key, "acme/london", known_scopes};
  Incidents known;
  Incident incident = std::get<action::CodeDeclares>(entry.step(desk, known, made(), "amy", 0, noon_ms)).incident;
  known.take(incident);
  EXPECT_EQ(std::get<action::CodeRepeats>(entry.step(desk, known, made(), "ben", 1, noon_ms)).incident,
            incident.declared.id);
  const Ask ask{by_supervisor, "A mistake.", true, false, false};
  known.take(*move(incident, ServiceTrigger::cancel, ask, {}, "sue", noon_ms + 1));
  EXPECT_EQ(std::get<action::CodeRefused>(entry.step(desk, known, made(), "amy", 2, noon_ms)).error.code,
            "incident-ended");
  const auto next = entry.step(desk, known, made(500'000, 1), "amy", 3, noon_ms);
  EXPECT_NE(std::get<action::CodeDeclares>(next).incident.declared.id, incident.declared.id);
}

TEST(CodeEntryTest, GuessesAreThrottledAndSlipsAreNot) {
  const CodeDesk desk{site_key, "acme/london", known_scopes};
  const std::string guess = *make_code(std::string(32, 'x'), {"a", "b", 1, 0, false});
  CodeEntry entry;
  const auto error_of = [&](std::string_view typed, std::int64_t now_ms) {
    return std::get<action::CodeRefused>(entry.step(desk, Incidents(), typed, "amy", now_ms, noon_ms)).error.code;
  };
  std::string slip = made();
  slip[0] = slip[0] == 'A' ? 'C' : 'A';
  for (int i = 0; i < 50; ++i) EXPECT_EQ(error_of(slip, 0), "code-mistyped");
  int looked_at = 0;
  for (std::int64_t now_ms = 0; now_ms < 24 * code_hour_ms; now_ms += 1'000)
    if (error_of(guess, now_ms) == "code-unknown") ++looked_at;
  EXPECT_GE(looked_at, 50);
  EXPECT_LE(looked_at, 110) << "in a day";
  // A restart of the daemon forgives nothing.
  CodeEntry again{Throttle({}, entry.throttle().counts())};
  EXPECT_EQ(
      std::get<action::CodeRefused>(again.step(desk, Incidents(), made(), "amy", 24 * code_hour_ms - 1'000, noon_ms))
          .error.code,
      "code-wait");
}

}  // namespace
}  // namespace holdline::contingency
