#include "cli/errors.hpp"

#include <string_view>

#include <nlohmann/json.hpp>

#include "cli/document.hpp"
#include "cli/text.hpp"

namespace holdline::cli {

using nlohmann::json;
using platform::HttpClientResponse;

namespace {

std::string retry_hint(const HttpClientResponse& answer) {
  const auto after = answer.headers.find("retry-after");
  return after == answer.headers.end() ? "" : " (in " + after->second + " s)";
}

std::string default_text(const HttpClientResponse& answer) {
  if (answer.status == 401) return "Nobody is signed in — sign in with: holdline login PERSON";
  if (answer.status == 403) return "The person who is signed in may not do this — ask somebody with the right";
  if (answer.status == 404) return "There is no such thing — look at the list for what there is";
  return "The agent answered with status " + std::to_string(answer.status) +
         " — its log says why: journalctl -u holdlined";
}

}  // namespace

bool is_success(const HttpClientResponse& answer) { return answer.status >= 200 && answer.status < 300; }

Error error_of(const HttpClientResponse& answer) {
  const json error = json::parse(answer.body, nullptr, false);
  const json& findings = list_of(error, "findings");
  // Each part is escaped by itself: a line break inside one of them must not look like a line of ours. A finding names
  // the field as the form does.
  const auto with_code = [](const json& of) {
    const std::string code = text_of(of, "code");
    return escape(text_of(of, "message")) + (code.empty() ? "" : " [" + escape(code) + "]");
  };
  std::string text = escape(text_of(error, "detail"));
  const bool busy = answer.status == 503 || answer.status == 429;
  if (text.empty()) {
    text = default_text(answer);
  } else if (findings.empty()) {
    if (busy) text += escape(retry_hint(answer));
    if (const std::string code = text_of(error, "code"); !code.empty()) text += " [" + escape(code) + "]";
  } else {
    text = findings.size() == 1 ? "" : "Some fields need another look:";
    for (const json& finding : findings) text += (text.empty() ? "" : "\n") + with_code(finding);
  }
  if (text_of(error, "code") == "asked")
    text += "\nNothing is saved yet. If it is meant so, repeat the command with: --accept-hint CODE --because TEXT";
  if (busy) return {ErrorKind::retry_later, "not-now", text};
  return {ErrorKind::ask_person, answer.status == 401 || answer.status == 403 ? "permission" : "refused", text};
}

Error without_answer(const Error& error, const std::string& socket) {
  if (error.code == "unreachable") {
    return {ErrorKind::retry_later, "unreachable",
            "The agent does not answer at " + socket +
                " — start it with: systemctl start holdlined, or name its socket with --socket"};
  }
  if (error.code == "permission") {
    return {ErrorKind::ask_person, "permission",
            "This login may not use " + socket + " — ask to be put in the group holdline, then log in again"};
  }
  if (error.code == "timeout")
    return {ErrorKind::retry_later, "not-now", "The agent did not answer in time — try again"};
  if (error.code == "connection-lost")
    return {ErrorKind::retry_later, "not-now", "The agent hung up before it had answered — try again"};
  return error;
}

Error unknown_outcome(const std::string& idempotency_key) {
  return {ErrorKind::retry_later, "not-known",
          "The agent hung up or did not answer in time, and it may have saved this — repeat the command with "
          "--idempotency-key " +
              idempotency_key + ": nothing is saved twice"};
}

Error unknown_outcome(const std::string& idempotency_key, const Error& first) {
  return {ErrorKind::retry_later, "not-known",
          "The agent hung up before it answered, and it may have saved this\nNow it says: " + first.message +
              "\nThen repeat the command with --idempotency-key " + idempotency_key + ": nothing is saved twice"};
}

void complain(std::ostream& err, const Error& error) {
  std::string_view rest = error.message;
  std::string_view lead = "holdline: ";
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    err << lead << escape(line) << '\n';
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    lead = "  ";
  }
}

}  // namespace holdline::cli
