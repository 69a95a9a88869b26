#include "cli/progress.hpp"

namespace holdline::cli {

Progress::Progress(Environment& environment) : world_(environment), last_(world_.clock.monotonic()) {}

void Progress::show(const std::string& text) {
  const auto now = world_.clock.monotonic();
  const std::chrono::milliseconds pace = world_.err_is_terminal ? at_terminal : elsewhere;
  if (now - last_ < pace) return;
  last_ = now;
  if (world_.err_is_terminal) {
    world_.err << "\r\x1b[2K" << text << std::flush;
    drawn_ = true;
  } else {
    world_.err << text << std::endl;
  }
}

void Progress::clear() {
  if (drawn_) world_.err << "\r\x1b[2K" << std::flush;
  drawn_ = false;
}

}  // namespace holdline::cli
