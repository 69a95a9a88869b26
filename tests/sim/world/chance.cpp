#include "tests/sim/world/chance.hpp"

#include <stdexcept>
#include <utility>

namespace holdline::sim {

Chance::Chance(ChoiceSource& source, std::string track)
    : source_(&source), track_(std::move(track)), state_(0xcbf29ce484222325ull ^ source.made_.seed) {
  for (const char c : track_) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
}

Chance Chance::fork(std::string_view part) const {
  return Chance(*source_, (track_.empty() ? "" : track_ + "/") + std::string(part));
}

// SplitMix64 (Steele, Lea and Flood, 2014).
std::uint64_t Chance::bits() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

std::uint64_t Chance::below(std::uint64_t n) {
  if (n == 0) return 0;
  std::uint64_t choice = bits() % n;
  if (source_->played_ != nullptr) {
    const auto track = source_->played_->tracks.find(track_);
    const bool on_tape = track != source_->played_->tracks.end() && chosen_ < track->second.size();
    choice = on_tape ? track->second[chosen_] % n : 0;
  }
  Choices& made = source_->made_.tracks[track_];
  if (made.size() != chosen_) throw std::logic_error("two copies of one track are in use: " + track_);
  ++chosen_;
  made.push_back(choice);
  return choice;
}

std::int64_t Chance::between(std::int64_t least, std::int64_t most) {
  return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1)));
}

std::uint64_t Chance::salt() { return bits(); }

void SeededEntropy::fill(std::span<std::uint8_t> out) {
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(chance_.salt() >> 32);
}

}  // namespace holdline::sim
