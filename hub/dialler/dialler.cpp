#include "hub/dialler/dialler.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <nlohmann/json.hpp>

#include "platform/text/csv.hpp"
#include "platform/text/url.hpp"
#include "sync/base/syntax.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/text/phone.hpp"

namespace holdline::hub {

namespace {

using DialJson = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> dialler_names{"vicidial", "genesys", "connect", "jsonl"};
constexpr std::int64_t dialler_minute_ms = 60'000;
constexpr std::size_t key_tail = 8, vicidial_name_bytes = 30, genesys_cell = 512, connect_batch = 25;

bool all_digits(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// At most so many bytes, and no half of a character.
std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80U) --most;
  text.resize(most);
  return text;
}

std::string json_line(const DialJson& json) {
  return json.dump(-1, ' ', false, DialJson::error_handler_t::replace) + '\n';
}

// --- one add_lead a line ---

void add_part(std::string& line, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  line += (line.empty() ? "" : "&") + std::string(name) + "=" + platform::percent_encoded(value);
}

// Posting a line twice adds no second lead: the list has the number. Its own do-not-call lists and hours count as well.
std::string vicidial_line(const DiallerOptions& options, const DiallerCase& of) {
  const auto parts = sync::phone_parts(of.number).value_or(sync::PhoneParts{});
  const std::size_t last = of.name.rfind(' ');
  const bool two = last != std::string::npos;
  std::string line;
  add_part(line, "source", "holdline");
  add_part(line, "function", "add_lead");
  add_part(line, "phone_code", parts.country_code);
  add_part(line, "phone_number", parts.national);
  add_part(line, "list_id", options.list);
  add_part(line, "vendor_lead_code", of.key);
  add_part(line, "duplicate_check", "DUPLIST");
  add_part(line, "dnc_check", "Y");
  if (!options.campaign.empty()) {
    add_part(line, "campaign_dnc_check", "Y");
    add_part(line, "campaign_id", options.campaign);
  }
  add_part(line, "add_to_hopper", "Y");
  add_part(line, "hopper_local_call_time_check", "Y");
  add_part(line, "first_name", two ? cut(of.name.substr(0, last), vicidial_name_bytes) : "");
  add_part(line, "last_name", cut(two ? of.name.substr(last + 1) : of.name, vicidial_name_bytes));
  add_part(line, "comments", cut(of.reason, 255));
  return line + '\n';
}

// --- a contact list ---

std::string genesys_text(std::span<const DiallerCase> cases) {
  const bool details = std::ranges::any_of(cases, [](const auto& one) { return !one.name.empty(); });
  std::string text = "holdline,phone,time_zone,language,call_until";
  text += details ? ",name,reason\r\n" : "\r\n";
  for (const DiallerCase& of : cases) {
    // A plus sign and digits alone: a number for a spreadsheet, and nothing that it would calculate.
    text += of.key + ',' + of.number;
    const std::string zone = of.zones.size() == 1 ? of.zones.front() : std::string();
    for (const std::string& cell : {zone, of.language, sync::format_time(of.until_ms)})
      text += ',' + platform::csv_safe_field(cell);
    if (details)
      for (const std::string& cell : {of.name, of.reason})
        text += ',' + platform::csv_safe_field(cut(cell, genesys_cell - 2));
    text += "\r\n";
  }
  return text;
}

// --- batches of dial requests ---

DialJson connect_request(const DiallerCase& of) {
  DialJson attributes{{"holdline", of.key}};
  if (!of.language.empty()) attributes["language"] = of.language;
  if (!of.name.empty()) attributes["name"] = of.name;
  if (!of.reason.empty()) attributes["reason"] = of.reason;
  return {{"clientToken", of.key},
          {"phoneNumber", of.number},
          {"expirationTime", sync::format_time(of.until_ms)},
          {"attributes", attributes}};
}

std::string connect_text(const DiallerOptions& options, std::span<const DiallerCase> cases) {
  std::string text;
  while (!cases.empty()) {
    DialJson requests = DialJson::array();
    for (const DiallerCase& of : cases.first(std::min(connect_batch, cases.size())))
      requests.push_back(connect_request(of));
    cases = cases.subspan(requests.size());
    text += json_line({{"id", options.campaign}, {"dialRequests", requests}});
  }
  return text;
}

std::string any_line(const DiallerCase& of) {
  DialJson json{{"schema", "holdline.dial/1"}, {"holdline", of.key},
                {"number", of.number},         {"zones", of.zones},
                {"language", of.language},     {"call_until", sync::format_time(of.until_ms)}};
  if (!of.name.empty()) json["name"] = of.name;
  if (!of.reason.empty()) json["reason"] = of.reason;
  return json_line(json);
}

Error options_error(std::string text) { return {ErrorKind::ask_person, "dialler-options", std::move(text)}; }

}  // namespace

std::optional<DiallerFormat> dialler_format(std::string_view name) {
  const auto* found = std::ranges::find(dialler_names, name);
  if (found == dialler_names.end()) return std::nullopt;
  return static_cast<DiallerFormat>(found - dialler_names.begin());
}

std::string_view name_of(DiallerFormat format) { return dialler_names[static_cast<std::size_t>(format)]; }

std::string dialler_key(std::uint64_t fence, const sync::Id& batch) {
  const std::string text = batch.text();
  return "HL" + std::to_string(fence) + "-" + text.substr(text.size() - key_tail);
}

std::optional<DiallerKey> read_dialler_key(std::string_view text) {
  if (!text.starts_with("HL")) return std::nullopt;
  DiallerKey key;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + 2, end, key.fence);
  if (read.ec != std::errc{} || end - read.ptr != 1 + static_cast<std::ptrdiff_t>(key_tail) || *read.ptr != '-')
    return std::nullopt;
  key.tail.assign(read.ptr + 1, end);
  return key;
}

bool is_of(const DiallerKey& key, const sync::Id& batch) { return batch.text().ends_with(key.tail); }

Result<void> check_options(DiallerFormat format, const DiallerOptions& options) {
  const auto in_place = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (format == DiallerFormat::vicidial) {
    if (!all_digits(options.list, 3, 12))
      return tl::unexpected(options_error("VICIdial needs the list to add to: --list, 3 to 12 digits."));
    const bool fits = options.campaign.size() >= 2 && options.campaign.size() <= 8;
    if (!options.campaign.empty() && !(fits && std::ranges::all_of(options.campaign, in_place)))
      return tl::unexpected(options_error("A campaign of VICIdial has 2 to 8 letters and digits."));
  }
  const bool known = !options.campaign.empty() && options.campaign.size() <= 256 &&
                     std::ranges::all_of(options.campaign, [&](char c) { return in_place(c) || c == ':' || c == '/'; });
  if (format == DiallerFormat::connect && !known)
    return tl::unexpected(options_error("Amazon Connect needs the id of its campaign: --campaign."));
  return {};
}

// Connect: 30 to 900 seconds after it is asked. A minute is left for asking, and a minute for its answer.
std::int64_t longest_ms(DiallerFormat format) {
  return (format == DiallerFormat::connect ? 14 : 720) * dialler_minute_ms;
}
std::int64_t shortest_ms(DiallerFormat format) {
  return (format == DiallerFormat::connect ? 2 : 10) * dialler_minute_ms;
}

std::string misfit(DiallerFormat format, const DiallerCase& of) {
  if (!sync::is_e164(of.number)) return "number-malformed";
  if (format != DiallerFormat::vicidial) return {};
  const auto parts = sync::phone_parts(of.number);
  const bool fits = parts && all_digits(parts->country_code, 1, 4) && all_digits(parts->national, 6, 16);
  return fits ? "" : "number-too-short";
}

std::string dialler_text(DiallerFormat format, const DiallerOptions& options, std::span<const DiallerCase> cases) {
  if (format == DiallerFormat::genesys) return genesys_text(cases);
  if (format == DiallerFormat::connect) return connect_text(options, cases);
  std::string text;
  for (const DiallerCase& of : cases)
    text += format == DiallerFormat::vicidial ? vicidial_line(options, of) : any_line(of);
  return text;
}

}  // namespace holdline::hub
