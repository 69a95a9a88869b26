#include "tests/support/generator.hpp"

#include <algorithm>
#include <cstdio>

#include "tests/support/generator_notes.hpp"
#include "tests/support/generator_words.hpp"

namespace holdline::generator {

std::uint64_t Random::next() {
  std::uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

std::uint32_t Random::below(std::uint32_t n) { return static_cast<std::uint32_t>((next() >> 32) * n >> 32); }

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::uint32_t Random::skewed(std::uint32_t n) {
  const double u = unit();
  return std::min(n - 1, static_cast<std::uint32_t>(u * u * n));
}

namespace {

sync::Id uuid7(std::uint64_t ms, Random& random) {
  const std::uint64_t head = random.next(), tail = random.next();
  sync::Id id;
  for (unsigned i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
  for (unsigned i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<std::uint8_t>(tail >> (8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | ((head >> 8) & 0x0f));
  id.bytes[7] = static_cast<std::uint8_t>(head);
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

std::string phone(Random& random) {
  const std::string_view head = random.pick_skewed(words::phone_heads);
  char number[16];
  std::snprintf(number, sizeof number, "%08u", static_cast<unsigned>(random.next() % 100'000'000u));
  const bool swiss = head.starts_with("+41");  // where numbers have a digit less
  return std::string(head) + (swiss ? number + 1 : number);
}

// Both draws of a family name, the ending first.
std::string family_with_skew(Random& random) {
  const std::string_view end = random.pick(words::family_ends);
  return std::string(random.pick_skewed(words::family_starts)).append(end);
}

// The form of a name in a mail address: lower case, umlauts written out, other letters as "e".
std::string mail_form(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (c >= 0x80) {
      const auto low = static_cast<unsigned char>(i + 1 < name.size() ? name[i + 1] : 0);
      ++i;
      if (c != 0xC3) continue;
      if (low == 0xBC || low == 0x9C)
        out += "ue";
      else if (low == 0xB6 || low == 0x96)
        out += "oe";
      else if (low == 0xA4)
        out += "ae";
      else
        out += low == 0x9F ? "ss" : "e";
    } else if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c + 32);
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-') {
      out += static_cast<char>(c);
    }
  }
  return out;
}

std::string email(Random& random, const Customer& c) {
  const std::string_view domain = random.pick_skewed(words::mail_domains);
  const std::string number = std::to_string(random.below(10'000));
  const std::string_view dot = random.below(2) ? "." : "";
  return mail_form(c.given).append(dot).append(mail_form(c.family)).append(number).append("@").append(domain);
}

std::string products(Random& random) {
  std::string out;
  for (std::uint32_t k = 0, count = 1 + random.below(4); k < count; ++k) {
    if (k) out += ",";
    out.append(random.pick_skewed(words::products)).append(":");
    const unsigned day = 1 + random.below(28), month = 1 + random.below(12), year = 18 + random.below(8);
    char date[32];
    std::snprintf(date, sizeof date, "20%02u-%02u-%02u", year, month, day);
    out += date;
  }
  return out;
}

std::string tag(Random& random) {
  const unsigned owner = random.below(1'000), limit = random.below(200) * 50, segment = random.below(5);
  const unsigned number = 10'000'000u + random.below(89'999'999);
  char out[96];
  std::snprintf(out, sizeof out, "K-%08u;seg=%c;limit=%u;owner=ws-%04u", number, static_cast<char>('A' + segment),
                limit, owner);
  return out;
}

}  // namespace

Customer customer(std::uint32_t index, std::uint64_t seed) {
  Random random(seed * 1'000'003ull + index * 7919ull + 1);
  Customer c;
  const std::uint64_t ms = 1'609'459'200'000ull + std::uint64_t{index} * 97'000ull + random.below(97'000);
  c.id = uuid7(ms, random);
  c.given = random.pick_skewed(words::first_names);
  c.family = family_with_skew(random);
  if (random.below(12) == 0) {
    c.family.append("-").append(random.pick(words::family_starts));
    c.family.append(random.pick(words::family_ends));
  }
  c.phone = phone(random);
  if (random.below(3) == 0) c.second_phone = phone(random);
  c.email = email(random, c);
  const std::string house = std::to_string(1 + random.below(240));
  c.street = std::string(random.pick(words::streets)).append(" ").append(house);
  const unsigned postcode = 1'000 + random.below(98'000);
  c.city = random.pick_skewed(words::cities);
  c.country = random.below(10) < 8 ? "DE" : random.below(2) ? "AT" : "CH";
  char written[8];
  if (c.country == "DE")
    std::snprintf(written, sizeof written, "%05u", postcode);
  else
    std::snprintf(written, sizeof written, "%04u", 1'000 + postcode % 9'000);
  c.postcode = written;
  c.products = products(random);
  c.created_ms = static_cast<std::int64_t>(ms);
  c.updated_ms = c.created_ms + random.below(1u << 30);
  c.version = 1 + random.below(20);
  c.tag = tag(random);
  return c;
}

std::vector<Entry> entries(std::size_t count, NoteSet notes, std::uint64_t seed, std::uint32_t station,
                           std::uint32_t pool) {
  const FreeNotes free_notes;
  Random random(seed * 0x51ED2701ull + station);
  std::vector<Entry> out;
  out.reserve(count);
  std::uint64_t ms = 1'763'700'000'000ull;
  for (std::size_t i = 0; i < count; ++i) {
    Entry& e = out.emplace_back();
    ms += 20'000 + random.below(580'000);
    e.at_ms = static_cast<std::int64_t>(ms);
    e.id = uuid7(ms, random);
    e.customer_index = random.below(pool);
    const Customer c = customer(e.customer_index);
    e.customer = c.id;
    e.kind = random.pick_skewed(words::entry_kinds);
    e.status = random.pick_skewed(words::entry_states);
    e.station = station;
    e.person = random.below(6);
    e.phone = random.below(5) ? c.phone : phone(random);
    e.name = c.given + " " + c.family;
    e.note = notes == NoteSet::free ? free_notes.note(random) : grammar_note(random);
    e.amount_cents = random.below(4) ? 0 : random.below(50'000);
  }
  return out;
}

}  // namespace holdline::generator
