#include "tests/sim/shrink.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace holdline::sim {

namespace {

class Shrinker {
 public:
  Shrinker(Tape tape, const std::function<bool(const Tape&)>& fails, const std::function<bool()>& go_on)
      : fails_(fails), go_on_(go_on) {
    best_.tape = std::move(tape);
  }

  Shrunk run() {
    // The most plentiful and least telling first; what is left of the others then takes fewer tries.
    constexpr auto kinds = std::to_array<std::string_view>({"wire/", "fault ", "work/", ""});
    for (std::size_t before = 0; before != size() && go_on_();) {
      before = size();
      for (const std::string_view kind : kinds) take_out(kind);
      lessen();
    }
    return std::move(best_);
  }

 private:
  using Names = std::vector<std::string>;

  std::size_t size() const { return best_.tape.text().size(); }

  bool keep(Tape tape) {
    ++best_.worlds;
    if (!fails_(tape)) return false;
    best_.tape = std::move(tape);
    return true;
  }

  Names tracks_of(std::string_view kind) const {
    Names names;
    for (const auto& [name, choices] : best_.tape.tracks)
      if (name.find(kind) != std::string::npos && std::ranges::any_of(choices, [](auto c) { return c != 0; }))
        names.push_back(name);
    return names;
  }

  bool keep_without(const Names& names) {
    Tape tape = best_.tape;
    for (const std::string& name : names) tape.tracks.erase(name);
    return keep(std::move(tape));
  }

  void take_out(std::string_view kind) {
    Names names = tracks_of(kind);
    for (std::size_t part = names.size(); part > 0; part = part == 1 ? 0 : (part + 1) / 2) {
      for (std::size_t at = 0; at < names.size() && go_on_();) {
        const auto first = names.begin() + static_cast<std::ptrdiff_t>(at);
        const auto last = first + static_cast<std::ptrdiff_t>(std::min(part, names.size() - at));
        if (keep_without(Names(first, last)))
          names.erase(first, last);
        else
          at += part;
      }
    }
  }

  // Each choice to nothing, or else to its half.
  void lessen() {
    for (const std::string& name : tracks_of("")) {
      for (std::size_t i = 0; i < best_.tape.tracks[name].size(); ++i) {
        const std::uint64_t choice = best_.tape.tracks[name][i];
        for (const std::uint64_t less : {std::uint64_t{0}, choice / 2}) {
          if (choice == 0 || !go_on_()) break;
          Tape tape = best_.tape;
          tape.tracks[name][i] = less;
          if (keep(std::move(tape))) break;
        }
      }
    }
  }

  const std::function<bool(const Tape&)>& fails_;
  const std::function<bool()>& go_on_;
  Shrunk best_;
};

}  // namespace

Shrunk shrink(Tape tape, const std::function<bool(const Tape&)>& fails, const std::function<bool()>& go_on) {
  return Shrinker(std::move(tape), fails, go_on).run();
}

}  // namespace holdline::sim
