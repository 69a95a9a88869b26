#include "contingency/runbook/fill.hpp"

#include <nlohmann/json.hpp>

namespace holdline::contingency {

namespace {

std::string as_json(const std::string& word) {
  const std::string quoted = nlohmann::json(word).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

// One pass from left to right: what was put in is not looked at again.
std::string put_in(const std::string& text, const std::map<std::string, std::string>& words, bool json) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text[at] == '{' ? text.find('}', at) : text.npos;
    const auto word = end == text.npos ? words.end() : words.find(text.substr(at + 1, end - at - 1));
    if (word == words.end()) {
      out += text[at++];
      continue;
    }
    out += json ? as_json(word->second) : word->second;
    at = end + 1;
  }
  return out;
}

}  // namespace

Performance filled(Performance what, const std::map<std::string, std::string>& words) {
  what.body = put_in(what.body, words, true);
  for (std::size_t i = 1; i < what.argv.size(); ++i) what.argv[i] = put_in(what.argv[i], words, false);
  for (std::string& param : what.params) param = put_in(param, words, false);
  for (ReadBack& check : what.check) {
    for (std::string& param : check.params) param = put_in(param, words, false);
    check.expects = put_in(check.expects, words, false);
  }
  return what;
}

}  // namespace holdline::contingency
