// Forms as people fill them in, well and badly: made up, the same for the same seed.
#pragma once

#include <array>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace holdline::doors {

class TypedForms {
 public:
  explicit TypedForms(std::uint64_t seed) : random_(seed) {}

  // Fields of a customer by their names; "phone", "phone2" and "email" are those of its children. `number` keeps
  // references apart.
  nlohmann::json customer(std::size_t number) {
    nlohmann::json form{{"ref", chance(40) ? card_like(number) : "K-" + std::to_string(number)}};
    for (const char* name : {"given", "family", "org"})
      if (chance(2)) form[name] = pick(names);
    if (chance(2)) form["city"] = pick(names);
    if (chance(4)) form["country"] = pick(countries);
    if (chance(3)) form["postcode"] = pick(postcodes);
    if (chance(4)) form["tz"] = pick(zones);
    if (chance(6)) form["notes"] = pick(notes);
    for (const char* name : {"phone", "phone2"})
      if (chance(3)) form[name] = pick(phones);
    if (chance(3)) form["email"] = pick(emails);
    return form;
  }

  nlohmann::json entry() {
    nlohmann::json form{{"kind", chance(10) ? "nothing" : " message "}, {"note", pick(notes)}};
    if (chance(2)) form["phone"] = pick(phones);
    if (chance(2)) form["name"] = pick(names);
    if (chance(20)) form["extension"] = "12";
    if (chance(6)) form["form"] = pick(templates);
    if (chance(6)) form["meter_number"] = pick(names);
    if (chance(6)) form["meter_reading"] = chance(3) ? "-1" : " 4711 ";
    if (chance(20)) form["reference"] = pick(references);
    return form;
  }

  nlohmann::json complaint(std::int64_t now_ms) {
    nlohmann::json form{{"what_happened", pick(notes)}};
    if (!chance(5)) form["name"] = pick(names);
    if (chance(2)) form["phone"] = pick(phones);
    if (chance(3)) form["escalation"] = pick(escalations);
    if (chance(3)) form["escalation_reason"] = pick(notes);
    if (chance(3)) form["acknowledge_by"] = now_ms + hours(-4, 8);
    if (chance(3)) form["answer_by"] = now_ms + hours(-4, 8);
    if (chance(20)) form["reference"] = pick(references);
    return form;
  }

  nlohmann::json callback(std::int64_t now_ms) {
    nlohmann::json form{{"name", pick(names)}, {"reason", "bill"}};
    if (!chance(5)) form["phone"] = pick(phones);
    if (chance(3)) form["reach"] = pick(names);
    if (chance(2)) form["promise_start"] = now_ms + hours(-2, 8);
    if (chance(2)) form["promise_end"] = now_ms + hours(-2, 8);
    if (chance(3)) form["promise_zone"] = pick(zones);
    if (chance(6)) form["promise_end"] = pick(clocks);
    if (chance(8)) form["danger_now"] = pick(dangers);
    return form;
  }

  bool chance(std::uint32_t one_in) { return random_() % one_in == 0; }

 private:
  // A number with the right check digit, another one each time.
  static std::string card_like(std::size_t number) {
    std::string digits = "4" + std::to_string(10'000'000'000'000 + number) + "0";
    int sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      const int digit = digits[digits.size() - 1 - i] - '0';
      sum += i % 2 == 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
    }
    digits.back() = static_cast<char>('0' + (10 - sum % 10) % 10);
    return digits;
  }

  static constexpr std::array names{"Ada",
                                    " Ada ",
                                    "",
                                    "  ",
                                    "O'Brien",
                                    "07700 900123",
                                    "a@b.example",
                                    "田中 太郎",
                                    "u\u0308ber",
                                    "Eve\u200b",
                                    "Smith\tJones",
                                    "a\u0007b",
                                    "4111 1111 1111 1111",
                                    "long",
                                    "longer",
                                    "tamil",
                                    "longer tamil"};
  static constexpr std::array phones{"020 7946 0018",
                                     "07700 900123",
                                     "(0)20 7946 0018",
                                     "0044 20 7946 0018",
                                     "020 7946 0018 ext. 5",
                                     "+44 20 7946 0123-12",
                                     "+44 (020) 7946 0502",
                                     "4917604069006",
                                     "4021",
                                     "7946 0018",
                                     "withheld",
                                     "",
                                     " ",
                                     "4.42079E+11",
                                     "\u202a+44 20 7946 0018\u202c",
                                     "4111 1111 1111 1111",
                                     "+49 30 1234567",
                                     "020 7946 0018, 020 7946 0019"};
  static constexpr std::array emails{"HELLO@Example.COM",
                                     " sp@example.com ",
                                     "anna@müller.example",
                                     "nobody",
                                     "",
                                     "a@b@c",
                                     "4111111111111111@example.com",
                                     "a@xn--a.example"};
  static constexpr std::array countries{"GB", "uk", "Deutschland", "ZZ", "", "g b", "FR"};
  static constexpr std::array postcodes{"SW1Y 4JH", "sw1y4jh", "10115", "D-10115",         "75001",
                                        "1011",     "",        "x",     "ＳＷ１Ｙ　４ＪＨ"};
  static constexpr std::array zones{"Europe/London", "europe/london", "Mars/Base", "", "UTC"};
  static constexpr std::array templates{"plain", "reading", " reading ", "fault", "nothing"};
  static constexpr std::array references{"222-222-222", "K7M-4XR-R2M", "k7m4xrr2m", "none", ""};
  static constexpr std::array escalations{"none", "manager", "outside", "nobody"};
  static constexpr std::array dangers{"no", "gas_smell", "maybe"};
  // One that no clock in London shows, one that it shows twice, and others.
  static constexpr std::array clocks{"2027-03-28T01:30",       "2027-10-31T01:30", "2027-07-01T09:00",
                                     "2027-07-01T09:00+05:30", "2027-07-01",       "tomorrow"};
  static constexpr std::array notes{
      "Called about it.", "", "4917604069006", "two\nlines", "IBAN DE89 3704 0044 0532 0130 00", "a\rb"};

  std::string pick(std::span<const char* const> from) {
    const std::string text = from[random_() % from.size()];
    const auto times = [](std::string_view letter, int count) {
      std::string all;
      for (int i = 0; i < count; ++i) all += letter;
      return all;
    };
    if (text == "long") return std::string(80, 'x');
    if (text == "longer") return std::string(121, 'x');
    if (text == "tamil") return times("மி", 80);
    if (text == "longer tamil") return times("மி", 121);
    return text;
  }
  std::int64_t hours(int from, int to) {
    return (from + static_cast<int>(random_() % static_cast<unsigned>(to - from))) * 3'600'000;
  }

  std::mt19937_64 random_;
};

}  // namespace holdline::doors
