#include "tests/sim/tape.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

namespace holdline::sim {

namespace {

std::string_view taken_until(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::size_t Tape::choices() const {
  return std::accumulate(tracks.begin(), tracks.end(), std::size_t{0},
                         [](std::size_t sum, const auto& track) { return sum + track.second.size(); });
}

std::string Tape::text() const {
  std::string text = "seed: " + std::to_string(seed) + "\n";
  for (const auto& [name, choices] : tracks) {
    const auto last = std::find_if(choices.rbegin(), choices.rend(), [](std::uint64_t choice) { return choice != 0; });
    if (last == choices.rend()) continue;
    text += name + ":";
    for (auto choice = choices.begin(); choice != last.base(); ++choice) text += " " + std::to_string(*choice);
    text += "\n";
  }
  return text;
}

Result<Tape> Tape::parse(std::string_view text) {
  Tape tape;
  for (std::size_t line_no = 1; !text.empty(); ++line_no) {
    std::string_view line = taken_until(text, '\n');
    if (line.empty() || line.starts_with('#')) continue;
    const std::string name(taken_until(line, ':'));
    Choices choices;
    while (!line.empty()) {
      const std::string_view word = taken_until(line, ' ');
      if (word.empty()) continue;
      const auto choice = number(word);
      if (!choice)
        return fail(ErrorKind::ask_person, "malformed",
                    "Line " + std::to_string(line_no) +
                        " of the tape has a choice "
                        "that is no number.");
      choices.push_back(*choice);
    }
    if (name == "seed" && choices.size() == 1) {
      tape.seed = choices.front();
    } else if (name.empty() || choices.empty() || !tape.tracks.emplace(name, std::move(choices)).second) {
      return fail(ErrorKind::ask_person, "malformed",
                  "Line " + std::to_string(line_no) + " of the tape is not one track: 'name: number number ...'.");
    }
  }
  return tape;
}

}  // namespace holdline::sim
