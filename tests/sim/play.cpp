#include "tests/sim/play.hpp"

namespace holdline::sim {

namespace {

Failure failure_of(const World& world, std::string checker, std::string difference) {
  Failure failure{std::move(checker), std::move(difference), {}};
  for (const std::string& line : world.stage().trace.last()) failure.trace += line + "\n";
  return failure;
}

Played play(const Setting& setting, ChoiceSource& choices, bool verbose) {
  support::choose_log_salts(Chance(choices).fork("salts").salt());
  World world(setting, choices, verbose);
  Played played;
  try {
    world.run();
  } catch (const Violation& violation) {
    played.failure = failure_of(world, violation.checker(), violation.what());
  } catch (const std::exception& error) {
    played.failure = failure_of(world, "no exception escapes", error.what());
  }
  played.counters = world.stage().counters;
  played.counters["events"] += world.stage().timeline.events();
  played.trace_hash = world.stage().trace.hash();
  played.tape = choices.made();
  return played;
}

}  // namespace

Played play_seed(const Setting& setting, std::uint64_t seed, bool verbose) {
  ChoiceSource choices(seed);
  return play(setting, choices, verbose);
}

Played play_tape(const Setting& setting, const Tape& tape, bool verbose) {
  ChoiceSource choices(tape);
  return play(setting, choices, verbose);
}

}  // namespace holdline::sim
