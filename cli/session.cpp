#include "cli/session.hpp"

#include <array>
#include <fstream>
#include <string_view>

#include <nlohmann/json.hpp>

#include "cli/errors.hpp"
#include "cli/text.hpp"
#include "platform/text/url.hpp"
#include "sync/base/id.hpp"
#include "sync/base/timestamp.hpp"

namespace holdline::cli {

using platform::HttpClientRequest;
using platform::HttpClientResponse;

namespace {

// How often a write whose answer was lost is sent again, and how long an agent that restarts is given.
constexpr int repetitions = 5;
constexpr std::chrono::milliseconds before_repetition{500};

// An answer that tells nothing about what became of an earlier request with the same key: who restarted meanwhile knows
// no sign-in any more, and asks for one before it looks at keys.
bool leaves_open(const HttpClientResponse& answer) {
  return answer.status == 401 || answer.status == 429 || answer.status >= 500;
}

}  // namespace

std::string Arguments::get(const std::string& name) const {
  const auto& values = all(name);
  return values.empty() ? std::string() : values.front();
}

const std::vector<std::string>& Arguments::all(const std::string& name) const {
  static const std::vector<std::string> none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

nlohmann::json Answer::document() const { return nlohmann::json::parse(text, nullptr, false); }

Session::Session(Environment& environment, Arguments arguments)
    : world_(environment),
      arguments_(std::move(arguments)),
      socket_(arguments_.has("--socket") ? arguments_.get("--socket") : world_.default_socket),
      api_(world_.connect(socket_)),
      token_file_(world_.tokens, socket_),
      token_(token_file_.read()) {}

Result<HttpClientResponse> Session::send(HttpClientRequest request) {
  if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
  auto answer = api_->send(std::move(request));
  refused_with_ = answer && !is_success(*answer) ? answer->body : std::string();
  return answer;
}

Result<void> Session::keep_token(const std::string& token) {
  token_ = token;
  return token_file_.keep(token);
}

void Session::drop_token() {
  token_.clear();
  token_file_.drop();
}

namespace {
constexpr std::size_t largest_answer = std::size_t{1} << 30;
}

Result<Answer> Session::get(const std::string& target, std::chrono::milliseconds timeout, std::size_t max_bytes) {
  HttpClientRequest request;
  request.url = target;
  request.timeout = timeout;
  request.max_response_bytes = max_bytes;
  auto answer = send(std::move(request));
  if (!answer) return tl::unexpected<Error>(without_answer(answer.error(), socket_));
  if (!is_success(*answer)) return tl::unexpected<Error>(error_of(*answer));
  return Answer{std::move(answer->body)};
}

Result<Answer> Session::write(const std::string& method, const std::string& target, const nlohmann::json& body) {
  return write_once(method, target, body, false);
}

Result<Answer> Session::write_large(const std::string& method, const std::string& target, const nlohmann::json& body) {
  return write_once(method, target, body, true);
}

Result<Answer> Session::write_once(const std::string& method, const std::string& target, const nlohmann::json& body,
                                   bool large) {
  const std::string given = arguments_.get("--idempotency-key");
  const std::string key = given.empty() ? world_.entropy.id().text() : given;
  HOLDLINE_ASSIGN(HttpClientResponse answer, write_with_key(method, target, body, key, large));
  if (is_success(answer)) return Answer{std::move(answer.body)};
  const Error error = error_of(answer);
  return tl::unexpected<Error>(maybe_saved_ && leaves_open(answer) ? unknown_outcome(key, error) : error);
}

Result<HttpClientResponse> Session::write_with_key(const std::string& method, const std::string& target,
                                                   const nlohmann::json& body, const std::string& key, bool large) {
  maybe_saved_ = false;
  nlohmann::json answered = body;
  if (arguments_.has("--accept-hint"))
    for (const std::string& hint : arguments_.all("--accept-hint")) answered["accept"]["hints"].push_back(hint);
  if (arguments_.has("--real")) answered["real"] = true;
  if (arguments_.has("--because")) answered["accept"]["because"] = arguments_.get("--because");
  for (int attempt = 0;; ++attempt) {
    HttpClientRequest request;
    request.method = method;
    request.url = target;
    request.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", key}};
    request.body = answered.dump();
    request.timeout = large ? std::chrono::milliseconds(long_work) : std::chrono::milliseconds(usual);
    if (large) request.max_response_bytes = largest_answer;
    auto answer = send(std::move(request));
    if (answer) return answer;
    const std::string& code = answer.error().code;
    maybe_saved_ = maybe_saved_ || code == "connection-lost" || code == "timeout";
    if (!maybe_saved_) return tl::unexpected<Error>(without_answer(answer.error(), socket_));
    const bool again = code == "connection-lost" || code == "unreachable";
    if (!again || attempt == repetitions || !world_.pause(before_repetition))
      return tl::unexpected<Error>(unknown_outcome(key));
  }
}

bool Session::printed_json(const Answer& answer) {
  if (json()) world_.out << answer.text << (answer.text.ends_with('\n') ? "" : "\n");
  return json();
}

std::string Session::time(const nlohmann::json& value) const {
  if (!value.is_string()) return {};
  const auto& text = value.get_ref<const std::string&>();
  const auto ms = sync::parse_time(text);
  if (!ms || !world_.out_is_terminal || arguments_.has("--utc")) return text;
  return relative_time(*ms, world_.clock.now().wall_ms);
}

std::string target(std::string_view path, const std::vector<std::pair<std::string, std::string>>& query) {
  std::string result(path);
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    result.append(1, separator).append(name).append("=").append(platform::percent_encoded(value));
    separator = '&';
  }
  return result;
}

Result<std::string> read_input(Environment& environment, const std::string& path, std::size_t max_bytes) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file)
      return fail(ErrorKind::ask_person, "refused", path + " cannot be opened — check its name and permissions");
  }
  std::istream& in = path == "-" ? environment.in : file;
  std::string content;
  std::array<char, 65536> block;
  do {
    in.read(block.data(), block.size());
    content.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (content.size() > max_bytes) {
      return fail(ErrorKind::ask_person, "refused",
                  path + " is larger than " + std::to_string(max_bytes) + " bytes — split it");
    }
  } while (in);
  if (in.bad() || !in.eof()) return fail(ErrorKind::ask_person, "refused", path + " cannot be read — is it a file?");
  return content;
}

}  // namespace holdline::cli
