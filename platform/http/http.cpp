#include "platform/http/http.hpp"

#include <algorithm>
#include <atomic>

#include <nlohmann/json.hpp>

#include "platform/text/url.hpp"

namespace holdline::platform {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_utf8(std::string_view s) {
  for (std::size_t i = 0; i < s.size();) {
    const auto lead = static_cast<unsigned char>(s[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : (lead & 0xf0) == 0xe0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || s.size() - i < length) return false;
    std::uint32_t code = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(s[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      code = code << 6 | (next & 0x3fu);
    }
    if ((length == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) ||
        (length == 4 && (code < 0x10000 || code > 0x10ffff)))
      return false;
    i += length;
  }
  return true;
}

// '+' stands for a space in queries only.
std::optional<std::string> percent_decode(std::string_view in, bool plus_is_space) {
  std::string out;
  out.reserve(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    char c = in[i];
    if (c == '%') {
      const int high = i + 2 < in.size() ? hex_digit(in[i + 1]) : -1;
      const int low = high < 0 ? -1 : hex_digit(in[i + 2]);
      if (low < 0) return std::nullopt;
      c = static_cast<char>(high << 4 | low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (is_control(c)) return std::nullopt;
    out.push_back(c);
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

bool is_token_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

// The title of a problem is its code in words, so that the same problem has the same title everywhere.
nlohmann::json problem_json(int status, std::string_view code, std::string_view message) {
  std::string title(code);
  std::ranges::replace(title, '-', ' ');
  if (!title.empty() && title.front() >= 'a' && title.front() <= 'z')
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
  nlohmann::json problem{
      {"type", "urn:holdline:problem:" + std::string(code)}, {"title", title}, {"detail", message}, {"code", code}};
  if (status != 0) problem["status"] = status;
  return problem;
}

HttpResponse problem_response(const nlohmann::json& problem) {
  HttpResponse response;
  response.status = problem.at("status").get<int>();
  response.content_type = problem_type;
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"holdline\"");
  response.body = problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

HttpResponse error_response(int status, std::string_view code, std::string_view message) {
  return problem_response(problem_json(status, code, message));
}

HttpResponse error_response(const Error& error) {
  return error_response(http_status(error), error.code, error.message);
}

int http_status(const Error& error) {
  switch (error.kind) {
    case ErrorKind::ask_person:
      return error.code == "malformed" ? 400 : 422;
    case ErrorKind::start_over:
      return 409;
    case ErrorKind::retry_later:
    case ErrorKind::stop:
      break;
  }
  return 503;
}

void name_instance(HttpResponse& response, std::string_view path) {
  if (response.content_type != problem_type) return;
  auto problem = nlohmann::json::parse(response.body, nullptr, false);
  if (!problem.is_object()) return;
  std::string encoded;
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    encoded += percent_encoded(path.substr(at, end - at));
    if (end < path.size()) encoded += '/';
    at = end + 1;
  }
  problem["instance"] = std::move(encoded);
  response.body = problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<HttpTarget> parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/') return std::nullopt;
  const auto mark = target.find('?');
  auto path = percent_decode(target.substr(0, mark), false);
  if (!path) return std::nullopt;
  HttpTarget out{*std::move(path), {}};
  std::string_view rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    if (field.empty()) continue;
    const auto equals = std::min(field.find('='), field.size());
    auto name = percent_decode(field.substr(0, equals), true);
    auto value = percent_decode(field.substr(std::min(field.size(), equals + 1)), true);
    if (!name || !value) return std::nullopt;
    out.query.insert_or_assign(*std::move(name), *std::move(value));
  }
  return out;
}

bool is_safe_header(std::string_view name, std::string_view value) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token_char) &&
         std::none_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; });
}

std::string_view reason_phrase(int status) {
  static constexpr std::pair<int, std::string_view> phrases[] = {
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {415, "Unsupported Media Type"},
      {422, "Unprocessable Content"},
      {423, "Locked"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {507, "Insufficient Storage"},
  };
  for (const auto& [code, phrase] : phrases)
    if (code == status) return phrase;
  return "Status";
}

struct Respond::State {
  explicit State(Sink s) : sink(std::move(s)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (!used.test_and_set())
      sink(error_response(500, "internal", "The service did not answer this request. Please report it."));
  }
  std::atomic_flag used;
  Sink sink;
};

Respond::Respond(Sink sink) : state_(std::make_shared<State>(std::move(sink))) {}

void Respond::operator()(HttpResponse response) const {
  if (!state_->used.test_and_set()) state_->sink(std::move(response));
}

}  // namespace holdline::platform
