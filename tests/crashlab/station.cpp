#include "tests/crashlab/station.hpp"

#include <array>

namespace holdline::crashlab {

using support::PowerLoss;

void Station::start() {
  if (const auto opened = open(); !opened) lost("it does not open: " + opened.error().code);
}

void Station::must_work(std::size_t steps) {
  if (const auto worked = work(steps); !worked) lost("work is refused: " + worked.error().code);
}

void Station::lose(PowerLoss loss) {
  static constexpr std::array names{"the process dies", "the power goes: nothing unsynced stays",
                                    "the power goes: sectors of 512 tear", "the power goes: sectors of 4096 tear"};
  tell(names[static_cast<std::size_t>(loss)]);
  disk_.cut_power();
  close();
  disk_.restore_power(loss);
  disk_.clear_faults();
}

platform::OpenMode Station::open_mode() const {
  return platform::open_mode_for(platform::set_up_state(!disk_.read(marker).empty(), !disk_.read(path_).empty()));
}

void Station::go_back_to(const support::FaultDisk::Image& then, std::uint64_t seed, Tell tell) {
  close();
  disk_.restore_power(PowerLoss::none);
  disk_.clear_faults();
  disk_.restore(then);
  disk_.reseed(seed);
  tell_ = std::move(tell);
}

}  // namespace holdline::crashlab
